import { expect, it } from 'vitest'
import { isTeaser } from '../../src/articles/teaser.ts'
import { countWords } from '../../src/articles/text.ts'

const words = (count: number) => Array.from({ length: count }, (_, i) => `word${i}`).join(' ')

it.each([
  [true, 'nothing', ''],
  [true, 'a few words', words(79)],
  [false, 'as many words as an article', words(80)],
  [true, 'an ellipsis', `${words(120)} …`],
  [true, 'three dots in brackets', `${words(120)} [...]`],
  [true, 'the ellipsis of WordPress', `${words(120)} […]`],
  [true, 'a link to the rest', `${words(120)} Continue reading Northport rebuilt →`],
  [true, 'the same in German', `${words(120)} Weiterlesen`],
  [true, 'the same in Japanese', `${words(120)} 続きを読む`],
  [false, 'an ellipsis amid the text', `${words(60)} … ${words(60)}`],
  [false, 'a long text that trails off', `${words(400)} …`],
])('%s for %s', (teaser, _name, content) => {
  expect(isTeaser({ content, wordCount: countWords(content), enclosures: null })).toBe(teaser)
})

it.each([
  [false, 'audio/mpeg'],
  [false, 'video/mp4'],
  [true, 'image/jpeg'],
  [true, null],
])('%s beside an enclosure of %s', (teaser, mediaType) => {
  expect(isTeaser({ content: 'Notes', wordCount: 1, enclosures: [{ url: 'https://example.com/1', mediaType, byteLength: null }] })).toBe(teaser)
})
