import { baseLanguage } from './language.ts'
import { wordIn } from './lexemes.ts'
import { wordsOf, type Word } from './segment.ts'

/** What is analysed of an article. */
export type Text = { title: string; content: string; language: string | null }

/**
 * What an article is found by. Lexemes of its words; besides, marked ones that no word has: `=word` for one of the title's, `@en` for
 * its language.
 */
export type Analysis = {
  /** Where each lexeme stands, rising from 1, title first; none for what is marked. What comes after 16,381 words stands at 16,383. */
  positions: Map<string, number[]>
  /** ISO 639-1. */
  language: string | null
  /** Words that are no stop words in its language. */
  length: number
}

/** Raised with each change of what articles are found by: those of another version are indexed again. */
export const analysisVersion = 2

/** PostgreSQL's limits for a tsvector: positions, positions a lexeme, and its size. */
const lastPosition = 16_383
const mostPositions = 255
const mostBytes = 900_000
/** A longer text is found by its beginning: what it takes to analyse it is bounded. */
const mostWords = 100_000
/** A phrase does not run from the title into the text. */
const gap = 10
/** Where all stands that comes after the last position but one; nothing stands beside it, and so it is in no phrase. */
const later = lastPosition

/** Two words with a hyphen between them are found as one word too: Wi-Fi as wifi. */
const hyphen = /[-‐‑]/

export const inTitle = (lexeme: string) => `=${lexeme}`
export const inLanguage = (language: string) => `@${language}`

/** The lexemes of an article, in its language. A text of more than 100,000 words, or whose lexemes take more than 900 kB, is found by its beginning. */
export function analyse({ title, content, language }: Text): Analysis {
  const base = baseLanguage(language)
  const positions = new Map<string, number[]>()
  let bytes = 0
  let length = 0
  let at = 0
  const add = (lexeme: string, position: number | undefined) => {
    let places = positions.get(lexeme)
    if (places === undefined) {
      bytes += 12 + 3 * lexeme.length
      positions.set(lexeme, (places = []))
    }
    if (position === undefined || places.length >= mostPositions || places.at(-1) === position) return
    bytes += 2
    places.push(position)
  }
  if (base !== null) add(inLanguage(base), undefined)
  const take = (text: string, marked: boolean) => {
    const place = (lexemes: readonly string[]) => {
      for (const lexeme of lexemes) {
        add(lexeme, at > lastPosition - 2 ? later : at)
        if (marked) add(inTitle(lexeme), undefined)
      }
    }
    let before: Word | undefined
    let hyphens = 0
    let joined = ''
    const placeJoined = () => {
      if (joined !== '') place(wordIn(joined, base).lexemes)
      joined = ''
    }
    for (const word of wordsOf(text)) {
      if (bytes > mostBytes || at > mostWords) return
      if (before !== undefined && word.start === before.end + 1 && hyphen.test(text[before.end]!)) {
        hyphens++
        joined = hyphens === 1 ? before.text + word.text : ''
      } else {
        hyphens = 0
        if (joined !== '') placeJoined()
      }
      at++
      const { lexemes, parts, isStop } = wordIn(word.text, base)
      if (!isStop) length++
      place(lexemes)
      if (parts.length > 0) place(parts)
      before = word
    }
    placeJoined()
  }
  take(title, true)
  at += gap
  take(content, false)
  return { positions, language: base, length }
}

/** An analysis as PostgreSQL reads a tsvector. */
export function tsvectorText({ positions }: Analysis): string {
  let text = ''
  for (const [lexeme, places] of positions) text += places.length === 0 ? `${quoted(lexeme)} ` : `${quoted(lexeme)}:${places.join(',')} `
  return text
}

const special = /['\\]/
export const quoted = (lexeme: string) => (special.test(lexeme) ? `'${lexeme.replaceAll('\\', '\\\\').replaceAll("'", "''")}'` : `'${lexeme}'`)
