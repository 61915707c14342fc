import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { termsOf } from '../../src/similar/terms.ts'
import { comparing, pack, subjectOf, tiesOf, unpack, unpackRarities, type Frequencies, type Subject } from '../../src/similar/vector.ts'

const text = (content: string, title = '', language: string | null = 'en') => ({ title, content, language })

describe('the terms of an article', () => {
  it.each([
    [
      'words by their stems, as they stand first in the text',
      text('Profits rose, and the profit rose.', 'PROFIT'),
      { profit: [3, 'Profits'], rose: [2, 'rose'] },
    ],
    ['no stop words of its language', text('the und the', 'Und', 'en'), { und: [2, 'und'] }],
    ['no stop words of any language, where its own is not known', text('the und harbour', '', null), { harbour: [1, 'harbour'] }],
    ['of a language without spaces', text('東京で火事', '', 'ja'), { 東京: [1, '東京'], 火事: [1, '火事'] }],
    ['nothing of nothing', text('', ''), {}],
  ])('are %s', (_, given, expected) => {
    expect(Object.fromEntries(termsOf(given).map(({ lexeme, count, word }) => [lexeme, [count, word]]))).toEqual(expected)
  })

  it('are those of the beginning of a text, and of its title', () => {
    const terms = termsOf(text(Array.from({ length: 9_000 }, (_, n) => `w${n}`).join(' '), 'Harbour'))
    expect(terms).toHaveLength(5_001)
    expect(terms.at(-1)!.lexeme).toBe('harbour')
    expect(termsOf(text(`${'ferry '.repeat(10_000)} pier`)).map(({ lexeme }) => lexeme)).toEqual(['ferri'])
    expect(termsOf(text(`${' '.repeat(60_000)} pier`, 'Harbour')).map(({ lexeme }) => lexeme)).toEqual(['harbour'])
  })
})

const frequencies = (known: Record<string, number>, articles = 1_000): Frequencies => ({ articles, of: (lexeme) => known[lexeme] ?? 1 })
const subject = (content: string, known: Record<string, number> = {}, id = 'a') => subjectOf(id, termsOf(text(content, '', 'xx')), frequencies(known))
const score = (a: Subject, b: Subject) => comparing(a)(b.vector)

describe('the likeness of two articles', () => {
  it.each([
    ['two with a rare word in common', 'harbour fire today', 'harbour strike week', 'ship strike today', { today: 500 }],
    ['two with more words in common', 'harbour fire ship crew', 'harbour fire ship captain', 'harbour strike week month', {}],
    ['the shorter of two that have the same in common', 'harbour fire', 'harbour ship', 'harbour ship crew captain strike week', {}],
    ['where a word that both have stands more often', 'harbour harbour fire', 'harbour harbour ship', 'harbour ship ship', {}],
  ])('is greater for %s', (_, one, near, far, known) => {
    expect(score(subject(one, known), subject(near, known))).toBeGreaterThan(score(subject(one, known), subject(far, known)))
  })

  it('is 0 for nothing in common, and for nothing at all', () => {
    expect(score(subject('harbour'), subject('strike'))).toBe(0)
    expect(score(subject(''), subject('strike'))).toBe(0)
    expect(score(subject(''), subject(''))).toBe(0)
  })

  const words = fc.array(fc.constantFrom('harbour', 'fire', 'ship', 'crew', 'strike', 'week', 'captain'), { maxLength: 30 }).map((some) => some.join(' '))
  it('is from 0 to 1, the same from both sides, and no less with itself; stored and read it is the same', () => {
    fc.assert(
      fc.property(words, words, fc.dictionary(fc.constantFrom('harbour', 'fire', 'ship'), fc.integer({ min: 1, max: 1_000 })), (a, b, known) => {
        const [one, other] = [subject(a, known), subject(b, known)]
        const both = score(one, other)
        expect(both).toBeGreaterThanOrEqual(0)
        expect(both).toBeLessThan(1)
        expect(score(other, one)).toBeCloseTo(both, 9)
        const stored = pack(one)
        const [vector, rarities] = [unpack(stored), unpackRarities(stored)]
        expect(vector).toEqual(one.vector)
        expect(comparing({ vector, rarities })(other.vector)).toBe(both)
      }),
      { examples: [['harbour', 'harbour', { harbour: 10 }]] },
    )
  })
})

describe('what articles are found by', () => {
  it('are the heaviest terms, at most 24, those that too many have last', () => {
    const many = subject(`${'said '.repeat(9)} ${Array.from({ length: 40 }, (_, n) => `w${n}`).join(' ')}`, { said: 5_000 })
    expect(many.keys).toHaveLength(24)
    expect(many.keys.map(({ lexeme }) => lexeme)).not.toContain('said')
    expect(subject('said harbour', { said: 5_000 }).keys.map(({ lexeme }) => lexeme)).toEqual(['harbour', 'said'])
  })

  it('and their vectors have at most 128', () => {
    expect(subject(Array.from({ length: 400 }, (_, n) => `w${n}`).join(' ')).vector.terms).toHaveLength(128)
  })
})

it('says the words that tie two, heaviest first, at most eight', () => {
  const known = { fire: 400, harbour: 3 }
  expect(tiesOf(subject('fire at the Harbour again', known), subject('harbour fire', known).vector)).toEqual(['Harbour', 'fire'])
  const long = Array.from({ length: 30 }, (_, n) => `w${n}`).join(' ')
  expect(tiesOf(subject(long), subject(long).vector)).toHaveLength(8)
  expect(tiesOf(subject('harbour'), subject('ship').vector)).toEqual([])
})
