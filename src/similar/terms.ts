import { baseLanguage } from '../words/language.ts'
import { wordIn } from '../words/lexemes.ts'
import { wordsOf } from '../words/segment.ts'
import type { Text } from '../words/analysis.ts'
import { isFunctionWord } from './function-words.ts'

/** A lexeme of an article that tells what it is about. */
export type Term = {
  lexeme: string
  /** How often it stands there. */
  count: number
  /** As it stands there first: in the text, or else in the title. */
  word: string
}

/** A text's beginning tells what it is about: as many words of it are looked at. */
const mostWords = 5_000
/** In as many characters of it; whoever reads a text for its terms alone reads no more. */
export const mostCharacters = 60_000

/** The terms of an article: the main lexemes of its words without function words, those of any language where its own is not known. */
export function termsOf({ title, content, language }: Text): Term[] {
  const base = baseLanguage(language)
  const terms = new Map<string, Term>()
  let left = mostWords
  for (const text of [content.slice(0, mostCharacters), title]) {
    for (const { text: word } of wordsOf(text)) {
      if (left-- <= 0) break
      const [lexeme] = wordIn(word, base).lexemes
      if (lexeme === undefined || isFunctionWord(word, base)) continue
      const term = terms.get(lexeme)
      if (term) term.count++
      else terms.set(lexeme, { lexeme, count: 1, word })
    }
    left = Math.max(left, 0) + 100 // those of the title
  }
  return [...terms.values()]
}
