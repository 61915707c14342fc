import { lower } from '../words/fold.ts'
import { baseLanguage } from '../words/language.ts'
import { wordIn } from '../words/lexemes.ts'
import { wordsOf } from '../words/segment.ts'
import { stopIn } from '../words/stop-words.ts'
import type { Text } from '../words/analysis.ts'

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

/** The terms of an article: the main lexemes of its words without stop words, those of any language where its own is not known. */
export function termsOf({ title, content, language }: Text): Term[] {
  const base = baseLanguage(language)
  const terms = new Map<string, Term>()
  let left = mostWords
  for (const text of [content.slice(0, mostCharacters), title]) {
    for (const { text: word } of wordsOf(text)) {
      if (left-- <= 0) break
      const { lexemes, isStop } = wordIn(word, base)
      const [lexeme] = lexemes
      if (lexeme === undefined || isStop || (base === null && stopIn(lower(word)).length > 0)) continue
      const term = terms.get(lexeme)
      if (term) term.count++
      else terms.set(lexeme, { lexeme, count: 1, word })
    }
    left = Math.max(left, 0) + 100 // those of the title
  }
  return [...terms.values()]
}
