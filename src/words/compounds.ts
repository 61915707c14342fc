import { dictionary as dutch } from '@zxcvbn-ts/language-nl-be'
import { dictionary as finnish } from '@zxcvbn-ts/language-fi'
import { dictionary as german } from '@zxcvbn-ts/language-de'
import { stopIn } from './stop-words.ts'

/** Of a language that writes compounds as one word: its commonest words, and what may stand between two parts (German's Bund-es-tag-s-wahl). */
type Language = { words: string[][]; links: string[] }

const languages: Record<string, Language> = {
  de: { words: [german.commonWords!, german.wikipedia!], links: ['', 's', 'n', 'es', 'en', 'er'] },
  nl: { words: [dutch.commonWords!, dutch.wikipedia!], links: ['', 's', 'e', 'en'] },
  fi: { words: [finnish.commonWords!, finnish.wikipedia!], links: ['', 'n'] },
}

const shortest = 4
const longest = 60
/** Endings that are words as well: amerika-nische is no niche. */
const endings = new Set(
  'los lose losen loser loses nisch nische nischen nischer nisches ische ischen lich liche lichen licher lung lungen rung rungen ender enden ende keit heit schaft ation ationen ionen igen iger sche schen scher tische tischen tischer'.split(
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
 * What a compound is made of, and the parts of those: Bundes and Verfassungsgericht, Verfassung and Gericht. Taken apart by a list of
 * common words, into as few as cover the whole (as in Hollink et al., Monolingual document retrieval for European languages, 2004).
 * @param word in lower case
 */
export function partsOfCompound(word: string, language: string): string[] {
  if (word.length < 2 * shortest || word.length > longest) return []
  const words = wordsIn(language)
  if (!words) return []
  const parts = split(word, words, languages[language]!.links)
  return [...new Set(parts.flatMap((part) => [part, ...partsOfCompound(part, language)]))]
}

/** @returns the fewest words that a word is made of, each without its link; none where it is no compound. Of equal ways, that of the longest head. */
function split(word: string, words: Set<string>, links: string[]): string[] {
  type Way = { parts: number; end: number; part: string }
  const ways: (Way | undefined)[] = []
  for (let start = word.length - shortest; start >= 0; start--) {
    for (let end = start + shortest; end <= word.length; end++) {
      if (start === 0 && end === word.length) continue
      const rest = ways[end]
      if (end < word.length && !rest) continue
      const parts = 1 + (rest?.parts ?? 0)
      if (parts > (ways[start]?.parts ?? Infinity)) continue
      const part = partOf(word.slice(start, end), end === word.length ? [''] : links, words)
      if (part !== undefined && (parts < (ways[start]?.parts ?? Infinity) || end < ways[start]!.end)) ways[start] = { parts, end, part }
    }
  }
  const made: string[] = []
  for (let way = ways[0]; way; way = ways[way.end]) made.push(way.part)
  return made
}

function partOf(span: string, links: string[], words: Set<string>): string | undefined {
  for (const link of links) {
    const bare = span.slice(0, span.length - link.length)
    if (span.endsWith(link) && bare.length >= shortest && words.has(bare)) return bare
  }
  return undefined
}
