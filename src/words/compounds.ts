import { dictionary as dutch } from '@zxcvbn-ts/language-nl-be'
import { dictionary as finnish } from '@zxcvbn-ts/language-fi'
import { dictionary as german } from '@zxcvbn-ts/language-de'
import { stopIn } from './stop-words.ts'

/** Of a language that writes compounds as one word: its commonest words, and what may stand between two parts (German's Bund-es-tag-s-wahl). */
type Language = {
  words: string[][]
  links: string[]
  /** Words shorter than others, which a compound may begin or end with: Ölpreis, Finanzamt. */
  first?: ReadonlySet<string>
  last?: ReadonlySet<string>
}
const none: ReadonlySet<string> = new Set()

const languages: Record<string, Language> = {
  de: {
    words: [german.commonWords!, german.wikipedia!],
    links: ['', 's', 'n', 'es', 'en', 'er'],
    first: new Set(['öl', 'gas', 'bau', 'rad', 'süd', 'ost']),
    last: new Set(['amt', 'rat', 'bau']),
  },
  nl: { words: [dutch.commonWords!, dutch.wikipedia!], links: ['', 's', 'e', 'en'] },
  fi: { words: [finnish.commonWords!, finnish.wikipedia!], links: ['', 'n'] },
}

const shortest = 4
const longest = 60
/** Endings that are words as well: amerika-nische is no niche. */
const endings = new Set(
  'los lose losen loser loses nisch nische nischen nischer nisches ische ischen lich liche lichen licher lung lungen rung rungen ender enden ende keit heit schaft ation ationen ionen igen iger sche schen scher tische tischen tischer trat'.split(
    ' ',
  ),
)

const known = new Map<string, Set<string>>()

/** The words that a compound of the language may be made of. Of the lists' prepositions and the like none: unter-nehmen is no taking. */
function wordsIn(language: string): Set<string> | undefined {
  let words = known.get(language)
  if (words) return words
  const lists = languages[language]
  if (!lists) return undefined
  const isPart = (word: string) => word.length >= shortest && /^\p{Ll}+$/u.test(word) && !endings.has(word) && !stopIn(word).includes(language)
  known.set(language, (words = new Set(lists.words.flat().filter(isPart))))
  return words
}

/**
 * What a compound is made of, the parts of those, and each with what comes after it: Bundes and Verfassungsgericht, Verfassung and Gericht; of
 * Mehrwertsteuererhöhung Steuererhöhung too. Taken apart by a list of common words, into as few as cover the whole (as in Hollink et al.,
 * Monolingual document retrieval for European languages, 2004).
 * @param word in lower case
 */
export function partsOfCompound(word: string, language: string): string[] {
  if (word.length < 2 + shortest || word.length > longest) return []
  const words = wordsIn(language)
  if (!words) return []
  const parts = split(word, words, languages[language]!)
  const found = new Set<string>()
  for (const [i, { part, start }] of parts.entries()) {
    const inner = partsOfCompound(part, language)
    for (const one of [part, ...inner]) found.add(one)
    const next = parts[i + 1]
    const last = parts.length > 2 ? part : split(part, words, languages[language]!).at(-1)?.part
    if (next && last) found.add(word.slice(start + part.length - last.length, next.start + next.part.length))
  }
  found.delete(word)
  return [...found]
}

type Part = { part: string; start: number }

/** @returns the fewest words that a word is made of, each without its link; none where it is no compound. Of equal ways, that of the longest head. */
function split(word: string, words: Set<string>, { links, first = none, last = none }: Language): Part[] {
  type Way = { parts: number; end: number; part: string }
  const ways: (Way | undefined)[] = []
  for (let start = word.length - (last.size > 0 ? 3 : shortest); start >= 0; start--) {
    for (let end = start + (start === 0 && first.size > 0 ? 2 : shortest - 1); end <= word.length; end++) {
      if (start === 0 && end === word.length) continue
      const rest = ways[end]
      if (end < word.length && !rest) continue
      const parts = 1 + (rest?.parts ?? 0)
      if (parts > (ways[start]?.parts ?? Infinity)) continue
      const span = word.slice(start, end)
      const short = (start === 0 && first.has(span)) || (end === word.length && last.has(span))
      const part = short ? span : partOf(span, end === word.length ? [''] : links, words)
      if (part !== undefined && (parts < (ways[start]?.parts ?? Infinity) || end < ways[start]!.end)) ways[start] = { parts, end, part }
    }
  }
  const made: Part[] = []
  for (let at = 0, way = ways[0]; way; at = way.end, way = ways[at]) made.push({ part: way.part, start: at })
  return made
}

function partOf(span: string, links: string[], words: Set<string>): string | undefined {
  for (const link of links) {
    const bare = span.slice(0, span.length - link.length)
    if (span.endsWith(link) && bare.length >= shortest && words.has(bare)) return bare
  }
  return undefined
}
