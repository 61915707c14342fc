import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cursorWriter, readCursor } from '../../src/search/cursor.ts'
import type { Plan, ScoredTerm } from '../../src/search/plan.ts'
import { analyse } from '../../src/words/analysis.ts'

const place = { score: 1.5, publishedAt: '2026-01-01T00:00:00.000Z', id: '0197a4c0-0000-7000-8000-000000000000' }
const term = (lexeme: string): ScoredTerm => ({ lexeme, languages: null, weight: 1, articles: 1, titles: 0 })
const plan = (terms: ScoredTerm[], expansion: ScoredTerm[]): Plan => ({ articles: 40, averageLength: 10, newestBatch: 0, terms, expansion })

describe('a cursor brings back', () => {
  const returns = (written: Plan) => expect(readCursor('s', cursorWriter('s', written)(place))).toEqual({ place, plan: written })

  it('whatever lexemes an article may have', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('C++ ', 'C# ', '.NET ', 'T-Online.de ', '5 12', '(1)', '\ud800', '\0', '\\', "l'eau ", '㍿', 'ﷺ ', 'İ'.repeat(100)),
    )
    const language = fc.constantFrom(null, 'en', 'de', 'fr', 'tr', 'ja', 'ar')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), language, (parts, spoken) => {
        const { positions } = analyse({ title: '', content: parts.join(''), language: spoken })
        const lexemes = [...positions].flatMap(([lexeme, places]) => (places.length > 0 ? [term(lexeme)] : []))
        returns(plan(lexemes, lexemes))
      }),
      { numRuns: 500 },
    )
  })

  it('what the plan says of them', () => {
    returns(plan([{ lexeme: 'c++', languages: ['de', 'en'], weight: 0.25, articles: 3, titles: 2 }], [term("o'brien"), term('5 12')]))
  })
})
