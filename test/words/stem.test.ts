// A stemmer that fails would take down the article and the query alike: each query asks every language's.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { stem, stemmed } from '../../src/words/stem.ts'

const alphabets = [
  'abcdefghijklmnopqrstuvwxyzäöüßéèçñãõåøæœ',
  'абвгдезийклмнопрстуфхцчшщъыьэюяіїє',
  'аеиоцзсктвнй',
  'αβγδεηικλμνοπρστυωάέήίόύώς',
  'ابتثدرسشعفقكلمنهويةأإ',
  'কতনরলসািীে',
  'कतनमरलसािीेोंँ',
]
const word = fc.oneof(
  ...alphabets.map((letters) => fc.string({ unit: fc.constantFrom(...letters.split('')), minLength: 1, maxLength: 14 })),
  fc.string({ unit: 'grapheme', maxLength: 14 }),
)

it('is made of any word in any language', () => {
  fc.assert(
    fc.property(word, (some) => {
      for (const language of stemmed) expect(stem(some, language)).toBeTypeOf('string')
    }),
    { numRuns: 2_000 },
  )
})

it.each([
  ['президента', 'президент'],
  ['президентът', 'президент'],
  ['градовете', 'град'],
  ['числа', 'числ'],
  ['вестници', 'вестник'],
  ['човек', 'човек'],
  ['площи', 'площ'],
  ['дни', 'дни'],
])('of Bulgarian: %s', (some, expected) => {
  expect(stem(some, 'bg')).toBe(expected)
})
