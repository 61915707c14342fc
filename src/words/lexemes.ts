import { Converter } from 'opencc-js/t2cn'
import { asNoun, nounsWithin, withoutParticle, withoutProclitics } from './affixes.ts'
import { partsOfCompound } from './compounds.ts'
import { fold, lower } from './fold.ts'
import { stem, stemmed } from './stem.ts'
import { stopIn } from './stop-words.ts'
import { partsOfUnspaced, withoutOkurigana } from './unspaced.ts'

/** What a word is in a language. */
export type WordIn = {
  /** What it is found by, and what it finds, the main one first; none for what is no word. */
  lexemes: readonly string[]
  /** What it is found by besides, but does not find: of a compound its parts. */
  parts: readonly string[]
  /** Says nothing of what a text is about. */
  isStop: boolean
}

/** A Chinese word in simplified characters: 台湾 of 台灣. Readers of either find what is written in the other. */
const simplify = Converter({ from: 't', to: 'cn' })

/** Where a long word may be broken; and the mark of a Hebrew abbreviation, which many leave out. */
const unseen = /\u00ad|(?<=\p{sc=Hebrew})["״]/gu

/** In UTF-16 code units: PostgreSQL takes lexemes of up to 2,046 bytes. */
const longest = 100
/** Words of all languages; past it, all are forgotten. Longer ones than `longestCached` do not come again. */
const mostCached = 100_000
const longestCached = 40
const caches = new Map<string | null, Map<string, WordIn>>()
let cached = 0

/**
 * What a word is found by in a language: its stem without accents; the stem of the word as it is typed without them, where that is another.
 * @param language ISO 639-1
 */
export function wordIn(word: string, language: string | null): WordIn {
  if (word.length > longestCached) return analysed(word, language)
  let cache = caches.get(language)
  if (cache === undefined) caches.set(language, (cache = new Map()))
  const known = cache.get(word)
  if (known) return known
  if (++cached > mostCached) {
    caches.clear()
    caches.set(language, (cache = new Map()))
    cached = 1
  }
  const copy = copyOf(word)
  const made = analysed(copy, language)
  cache.set(copy, made)
  return made
}

/** A part of a string keeps the whole of it in memory: what is kept is a copy. */
const copyOf = (part: string) => Buffer.from(part, 'utf16le').toString('utf16le')

function analysed(typed: string, language: string | null): WordIn {
  // Some characters are several in the one spelling: what is long enough before need not be after.
  const word = lower(typed.slice(0, longest)).replace(unseen, '').slice(0, longest).toWellFormed()
  const lexemes = storable(lexemesOf(word, language))
  const parts = storable(partsOf(word, language).flatMap((part) => lexemesOf(part, language)))
  return { lexemes, parts: parts.filter((part) => !lexemes.includes(part)), isStop: language !== null && stopIn(word).includes(language) }
}

/** Lexemes that PostgreSQL takes: none that is empty, or blank at an end, or too long. */
function storable(lexemes: readonly string[]): string[] {
  const made = new Set<string>()
  for (const lexeme of lexemes) made.add(lexeme.slice(0, longest).toWellFormed().trim())
  made.delete('')
  return [...made]
}

const elided = /^(?:\p{L}|qu|jusqu|lorsqu|puisqu|(?:d|n|s)?(?:a|e|u)ll|quell|un)['’](?=\p{L}{2})/u
const elides = new Set(['fr', 'it', 'ca', 'oc'])
/** Languages that put an apostrophe between a name and its endings. */
const endsNames = new Set(['tr', 'az'])

/** The languages whose words are found by other lexemes than those of a language that nothing is known of. */
export const particular: readonly string[] = [...new Set([...stemmed, ...elides, ...endsNames, 'zh', 'fa'])]

const initials = /^\p{L}(?:\.\p{L})+$/u
const grouped = /^\p{N}{1,3}(?:[.,٬'’\s]\p{N}{3})+$/u
const amount = /^\p{N}{1,3}(?:[,٬'’\s]\p{N}{3})+[.٫]\p{N}+$/u
const symbol = /[+#]|^\./
const dotted = /\p{L}\.|\.\p{L}/u
const letterAndWord = /^\p{L}-/u
/** O'Brien, об'єднання: those who leave the apostrophe out write one word. */
const joinedByApostrophe = /^\p{L}{1,2}['’]\p{L}{3}|['’][єюяї]/u
const umlauts = /[äöüåø]/
const umlautsOf = /[äöüåø]/g
const spelt: Record<string, string> = { ä: 'ae', ö: 'oe', ü: 'ue', å: 'aa', ø: 'oe' }

/** @param word in lower case */
function lexemesOf(word: string, language: string | null): string[] {
  if (initials.test(word)) return [fold(word.replaceAll('.', ''))]
  if (grouped.test(word)) return [fold(word.replace(/\P{N}/gu, ''))]
  if (amount.test(word)) return [fold(word.replace(/[^\p{N}.٫]/gu, ''))]
  if (symbol.test(word) || dotted.test(word)) return [fold(word)]
  const typed = letterAndWord.test(word) ? word.replace('-', '') : word
  const bare = bareOf(language === 'zh' ? simplify(typed) : typed, language)
  const forms = formsOf(bare)
  const noun = asNoun(bare, language)
  if (noun !== bare) forms.push(noun)
  const made = new Set<string>()
  for (const form of forms) made.add(fold(stem(form, language)))
  return [...made]
}

function bareOf(word: string, language: string | null): string {
  if (!/['’]/.test(word)) return word
  if (language !== null && endsNames.has(language)) return word.replace(/(?<=.)['’].*$/u, '')
  return (language !== null && elides.has(language) ? word.replace(elided, '') : word).replace(/['’]s?$/, '').replaceAll('’', "'")
}

/** A word and the other ways to type it. */
function formsOf(bare: string): string[] {
  const forms = [bare, fold(bare)]
  if (joinedByApostrophe.test(bare)) forms.push(fold(bare.replaceAll("'", '')))
  if (umlauts.test(bare)) forms.push(fold(bare.replace(umlautsOf, (letter) => spelt[letter]!)))
  const noun = withoutParticle(bare)
  if (noun !== bare) forms.push(noun)
  const verb = withoutOkurigana(bare)
  if (verb !== bare) forms.push(verb)
  return forms
}

const plain = /^[\0-\x7f]*$/ // eslint-disable-line no-control-regex -- the whole of ASCII

/** The words that one holds, in lower case. */
function partsOf(word: string, language: string | null): string[] {
  if (symbol.test(word)) return word.startsWith('.') ? [word.slice(1)] : []
  if (dotted.test(word)) return initials.test(word) ? [] : word.split('.').filter((part) => part.length > 1)
  if (letterAndWord.test(word)) return [word.slice(2)]
  const compound = language === null ? [] : partsOfCompound(word, language)
  if (plain.test(word)) return compound
  return [...compound, ...partsOfUnspaced(word), ...nounsWithin(withoutParticle(word)), ...withoutProclitics(word, language)]
}
