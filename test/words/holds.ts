import type { Analysis } from '../../src/words/analysis.ts'
import { lexemesFor, type Query, type Term } from '../../src/words/query.ts'

/**
 * Whether an article has every word and phrase of a query, and nothing of `without`: what tsqueryOf asks the database, said in JavaScript. A
 * stop word of the article's language need not be in it, unless nothing but such words is asked for.
 */
export function holds({ words, names, phrases, without }: Query, { positions, language }: Analysis): boolean {
  const skips = phrases.length > 0 || words.some((term) => term.stopIn.length === 0)
  const hasPhrase = (terms: Term[]) => {
    const [first, ...rest] = terms.map((term) => lexemesFor(term, language))
    if (rest.length === 0) return first!.some((lexeme) => positions.has(lexeme))
    const places = [first!, ...rest].map((lexemes) => new Set(lexemes.flatMap((lexeme) => positions.get(lexeme) ?? [])))
    return [...places[0]!].some((at) => places.every((set, i) => set.has(at + i)))
  }
  const hasWord = (term: Term) => hasPhrase([term]) || (skips && language !== null && term.stopIn.includes(language))
  return words.every(hasWord) && names.every(hasPhrase) && phrases.every(hasPhrase) && !without.some(hasPhrase)
}
