import { fold, lower } from './fold.ts'
import { stem, stemmed } from './stem.ts'
import { stopIn } from './stop-words.ts'

/** What a word is in a language. */
export type WordIn = {
  /** What it is found by, the main one first; none for what is no word. */
  lexemes: readonly string[]
  /** Says nothing of what a text is about. */
  isStop: boolean
}

/** In UTF-16 code units: PostgreSQL takes lexemes of up to 2,046 bytes. */
const longest = 100
/** Words of all languages; past it, all are forgotten. */
const mostCached = 100_000
const caches = new Map<string | null, Map<string, WordIn>>()
let cached = 0

/**
 * What a word is found by in a language: its stem without accents; the stem of the word as it is typed without them, where that is another.
 * @param language ISO 639-1
 */
export function wordIn(word: string, language: string | null): WordIn {
  let cache = caches.get(language)
  if (cache === undefined) caches.set(language, (cache = new Map()))
  const known = cache.get(word)
  if (known) return known
  const small = lower(word.slice(0, longest)).toWellFormed()
  const made = { lexemes: lexemesOf(small, language), isStop: language !== null && stopIn(small).includes(language) }
  if (++cached > mostCached) {
    caches.clear()
    cached = 0
  }
  cache.set(word, made)
  return made
}

const elided = /^(?:\p{L}|qu|jusqu|lorsqu|puisqu|(?:d|n|s)?(?:a|e|u)ll|quell|un)['’](?=\p{L}{2})/u
const elides = new Set(['fr', 'it', 'ca', 'oc'])

/** The languages whose words are found by other lexemes than those of a language that nothing is known of. */
export const particular: readonly string[] = [...new Set([...stemmed, ...elides])]

function lexemesOf(word: string, language: string | null): string[] {
  const bare = (language !== null && elides.has(language) ? word.replace(elided, '') : word).replace(/['’]s?$/, '').replaceAll('’', "'")
  const made = [fold(stem(bare, language)), fold(stem(fold(bare), language))]
  if (language === 'de' && /[äöü]/.test(bare))
    made.push(
      fold(
        stem(
          bare.replace(/[äöü]/g, (umlaut) => `${fold(umlaut)}e`),
          language,
        ),
      ),
    )
  return [...new Set(made)].filter((lexeme) => lexeme !== '')
}
