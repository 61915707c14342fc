import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countWords, plainLineFromHtml, plainLineFromText, readingTimeMinutes } from '../../src/articles/text.ts'

describe('countWords', () => {
  it.each([
    ['', 0],
    ['one', 1],
    ['Hello, world!', 2],
    ['a – b — c', 3],
    ['- * ... “”', 0],
    ['3.5 % of €2bn', 3],
    ["don't re-elect", 2],
    ['first\n\nsecond\tthird\u00a0fourth', 4],
    ['東京で地震がありました。', [...new Intl.Segmenter('en', { granularity: 'word' }).segment('東京で地震がありました。')].filter((s) => s.isWordLike).length],
    ['NHKのニュース today', [...new Intl.Segmenter('en', { granularity: 'word' }).segment('NHKのニュース')].filter((s) => s.isWordLike).length + 1],
    ['서울에서 지진이', 2],
  ])('%j: %i', (text, count) => {
    expect(countWords(text)).toBe(count)
  })

  it('adds up over white space', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => countWords(`${a} ${b}`) === countWords(a) + countWords(b)))
  })
})

describe('readingTimeMinutes', () => {
  it.each([
    ['nothing', '', 1],
    ['265 words', 'word '.repeat(265), 1],
    ['266 words', 'word '.repeat(266), 2],
    ['500 Japanese characters', '日'.repeat(500), 1],
    ['501 Japanese characters', '日'.repeat(501), 2],
    ['1,000 Korean characters', '한국 '.repeat(500), 2],
    ['both', 'word '.repeat(265) + '日'.repeat(500), 2],
  ])('%s', (_what, text, minutes) => {
    expect(readingTimeMinutes(text, countWords(text))).toBe(minutes)
  })
})

it.each([
  ['  two\n lines ', 'two lines'],
  ['nul\u0000 and \u0007bell', 'nul and bell'],
  ['lone \ud800 surrogate', 'lone \ufffd surrogate'],
  ['Q&amp;A <b>', 'Q&amp;A <b>'],
])('plainLineFromText(%j)', (text, line) => {
  expect(plainLineFromText(text)).toBe(line)
})

it.each([
  ['Q&amp;A <b>bold</b>', 'Q&A bold'],
  ['one<br/>two', 'one two'],
  ['1 < 2', '1 < 2'],
  ['&#x1F600; &eacute;', '😀 é'],
])('plainLineFromHtml(%j)', (html, line) => {
  expect(plainLineFromHtml(html)).toBe(line)
})
