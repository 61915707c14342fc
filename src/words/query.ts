import { inLanguage, quoted } from './analysis.ts'
import { lower } from './fold.ts'
import { particular, wordIn } from './lexemes.ts'
import { wordsOf } from './segment.ts'
import { stopIn } from './stop-words.ts'

/** A word that a person asks for. */
export type Term = {
  /** As it was typed. */
  word: string
  /** The languages (ISO 639-1) in which it is a stop word; none for an abbreviation in capitals. */
  stopIn: readonly string[]
}

/**
 * What a person asks for. A phrase's words stand one after the other; `without` holds words and phrases. `names` are runs of the words, each of one
 * character, which were typed together: segmenters take names apart, and 李强 is not in every article with a 李 and a 强.
 */
export type Query = { words: Term[]; names: Term[][]; phrases: Term[][]; without: Term[][] }

/** US and U.S., which are not us. */
const abbreviation = /^(?:\p{Lu}{2,5}|\p{L}(?:\.\p{L})+)$/u

/** A character that may be of a name, and how many such are one: more are a sentence. */
const ofName = /^[\p{sc=Han}\p{sc=Katakana}]$/u
const longestName = 4

/** A word, or a phrase; the mark of a Hebrew abbreviation ends none. */
const part = /(?<=^|\s)(-?)(?:["“”„«»]((?:[^"“”„«»]|(?<=\p{sc=Hebrew})"(?=\p{sc=Hebrew}))*)(?:["“”„«»]|$)|(\S+))/gu

/** Reads what a person types: words, "a phrase", -without. Any string is a query; one of more words than `most` ends there. */
export function parseQuery(text: string, most = 64): Query {
  const query: Query = { words: [], names: [], phrases: [], without: [] }
  let left = most
  const termsOf = (some: string, names: Term[][]): Term[] => {
    const terms: Term[] = []
    let name: Term[] = []
    let nameEnd = -1
    for (const { text: word, start, end } of wordsOf(some)) {
      if (wordIn(word, null).lexemes.length === 0) continue
      if (left-- <= 0) break
      const term = { word, stopIn: abbreviation.test(word) ? [] : stopIn(lower(word)) }
      terms.push(term)
      if (!ofName.test(word)) continue
      if (start !== nameEnd) names.push((name = []))
      name.push(term)
      nameEnd = end
    }
    return terms
  }
  for (const [, minus, phrase, word] of text.replace(/(?<=[^\s-])(?=["“„«])(?!(?<=\p{sc=Hebrew})"\p{sc=Hebrew})/gu, ' ').matchAll(part)) {
    const names: Term[][] = []
    const terms = termsOf(phrase ?? word ?? '', names)
    if (terms.length === 0) continue
    if (minus === '-') query.without.push(terms)
    else if (phrase !== undefined && terms.length > 1) query.phrases.push(terms)
    else {
      query.words.push(...terms)
      query.names.push(...names.filter(({ length }) => length > 1 && length <= longestName))
    }
  }
  return query
}

/** What finds a word in an article of a language: its lexemes there, and the word as it was typed. */
export function lexemesFor({ word }: Term, language: string | null): string[] {
  return [...new Set([...wordIn(word, language).lexemes, ...wordIn(word, null).lexemes])]
}

/** A stop word of an article's language need not be in it, unless nothing but such words is asked for. */
const isLenient = ({ words, phrases }: Query) => phrases.length > 0 || words.some((term) => term.stopIn.length === 0)

const anyOf = (lexemes: Iterable<string>) => `(${[...lexemes].map(quoted).join('|')})`

/** In articles of any language as it was typed; in those of a language with a stemmer, by its stems there. */
function phraseOf(terms: Term[]): string {
  const inAny = terms.map((term) => anyOf(lexemesFor(term, null))).join(' <-> ')
  const byLanguage = new Map<string, string[]>()
  for (const language of particular) {
    const here = terms.map((term) => anyOf(lexemesFor(term, language))).join(' <-> ')
    if (here !== inAny) byLanguage.set(here, [...(byLanguage.get(here) ?? []), language])
  }
  return `(${[`(${inAny})`, ...[...byLanguage].map(([here, languages]) => `(${here}) & ${anyOf(languages.map(inLanguage))}`)].join(' | ')})`
}

/**
 * As PostgreSQL reads a tsquery: articles that have every word and phrase, and nothing of `without`. It says the same of an article
 * whatever else is there.
 * @returns undefined where nothing is asked for
 */
export function tsqueryOf(query: Query): string | undefined {
  const lenient = isLenient(query)
  const parts = [
    ...query.words.map((term) => (lenient && term.stopIn.length > 0 ? `(${phraseOf([term])} | ${anyOf(term.stopIn.map(inLanguage))})` : phraseOf([term]))),
    ...[...query.names, ...query.phrases].map(phraseOf),
    ...query.without.map((terms) => `!${phraseOf(terms)}`),
  ]
  return parts.length === 0 ? undefined : parts.join(' & ')
}
