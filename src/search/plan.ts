import { lexemesFor, type Query, type Term } from '../words/query.ts'
import type { Collection } from './collection.ts'

/** A lexeme that counts, and how much. In articles of its languages alone (ISO 639-1); null: in all. */
export type ScoredTerm = {
  lexeme: string
  languages: string[] | null
  weight: number
  /** Articles that have it, and that have it in their title, as far as they are counted. */
  articles: number
  titles: number
}

/**
 * All that a search's order depends on beside the articles themselves. It goes with each cursor: further pages count as the first did,
 * whatever is added meanwhile.
 */
export type Plan = {
  articles: number
  averageLength: number
  newestBatch: number
  terms: ScoredTerm[]
  /** What the best articles have in common (expand.ts); null where it was not asked for yet. */
  expansion: ScoredTerm[] | null
}

/** Words that say nothing in these languages are left out, unless there is nothing else. */
export function wordsThatCount({ words, phrases }: Query, languages: readonly string[]): Term[] {
  const all = [...words, ...phrases.flat()]
  const saying = all.filter(({ stopIn }) => !stopIn.some((language) => languages.includes(language)))
  return saying.length > 0 ? saying : all
}

/** The lexemes that find a word in an archive, each with the languages in which it does; null for what finds it in all. */
export function lexemesOf(term: Term, languages: readonly string[]): Map<string, string[] | null> {
  const found = new Map<string, string[] | null>(lexemesFor(term, null).map((lexeme) => [lexeme, null]))
  for (const language of languages) {
    for (const lexeme of lexemesFor(term, language)) {
      const known = found.get(lexeme)
      if (known !== null) found.set(lexeme, [...(known ?? []), language])
    }
  }
  return found
}

/** How much a word says that so many of the articles have (Robertson & Spärck Jones 1976, as BM25 takes it; never below 0). */
export const rarity = (having: number, articles: number) => Math.log(1 + (Math.max(articles, having) - having + 0.5) / (having + 0.5))

/**
 * The terms of words. A word that is asked for twice counts twice; one of several lexemes is as rare as the most frequent of them.
 */
export function termsOf(words: readonly Term[], { articles, frequencies, languages, further }: Collection): ScoredTerm[] {
  const terms = new Map<string, ScoredTerm>()
  for (const word of words) {
    const lexemes = lexemesOf(word, [...languages, ...further])
    for (const [lexeme, spoken] of lexemes) {
      if (!frequencies.has(lexeme) && spoken?.every((language) => further.includes(language))) lexemes.delete(lexeme)
    }
    const having = Math.max(...[...lexemes.keys()].map((lexeme) => frequencies.get(lexeme) ?? 0))
    for (const [lexeme, spoken] of lexemes) {
      const key = `${lexeme} ${spoken?.join() ?? ''}`
      const weight = (terms.get(key)?.weight ?? 0) + rarity(having, articles)
      terms.set(key, { lexeme, languages: spoken, weight, articles: frequencies.get(lexeme) ?? 0, titles: frequencies.get(`=${lexeme}`) ?? 0 })
    }
  }
  return [...terms.values()]
}
