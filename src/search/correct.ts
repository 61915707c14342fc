import type { Prisma as Client } from '../db/connect.ts'
import { fold, lower } from '../words/fold.ts'
import type { Term } from '../words/query.ts'
import { stem } from '../words/stem.ts'
import { lexemesOf, rarity, type ScoredTerm } from './plan.ts'
import type { Collection } from './collection.ts'

const leastLength = 4
const mostLength = 30
/** Words from this length on may be two edits away. */
const longLength = 7
const mostWords = 5
/** A lexeme two edits away begins with as many letters of the word; so many of the most frequent are looked at, of so many. */
const prefixLength = 3
const mostLookedAt = 1_000
const mostWithPrefix = 50_000
/** Languages of a query in which words are stemmed that are one edit away: some hundreds for each word. */
const mostLanguages = 2
/** What a corrected word weighs of one that was typed so, by its edits. */
const weights = [0, 0.5, 0.3]

/**
 * How likely another letter is, of one left out, one too many, or two that have changed places. That it is seldomer is known (Pollock and Zamora
 * 1984); the number is what corrected most of some eighty typos of news words rightly.
 */
const anotherLetter = 0.1

/** A misspelt word: its lexemes, and those of the words that are one edit away from how it was typed, each with how likely that edit is. */
type Misspelt = { lexemes: string[]; neighbours: ReadonlyMap<string, number> }

/**
 * Terms for words that no article has: of the nearest lexemes of the archive the most frequent, one for each word. An edit is a letter
 * more, less, or another, or two that have changed places; up to two in long words. Words are compared as they were typed (landin: landing, whose
 * stem is land), and else by their stems: both in the languages of the query, since a foreign stemmer takes names for others (nvidia: evidence).
 * One statement, and none where every word is known. At most five words are corrected.
 */
export async function correct(
  prisma: Client,
  words: readonly Term[],
  { articles, frequencies, languages }: Collection,
  ofQuery: readonly string[],
): Promise<ScoredTerm[]> {
  const misspelt = words
    .map((word) => ({ word, lexemes: [...lexemesOf(word, languages).keys()] }))
    .filter(({ lexemes }) => !lexemes.some((lexeme) => frequencies.has(lexeme)))
    .map(({ word }) => ({ word, lexemes: [...lexemesOf(word, ofQuery).keys()].filter(isCorrectable) }))
    .filter(({ lexemes }) => lexemes.length > 0)
    .slice(0, mostWords)
    .map(({ word, lexemes }): Misspelt => ({ lexemes, neighbours: neighboursOf(lower(word.word), ofQuery) }))
  if (misspelt.length === 0) return []
  const rows = await readNear(prisma, misspelt)
  return misspelt.flatMap((word) => {
    const best = nearest(word, rows)
    return best === undefined
      ? []
      : [
          {
            lexeme: best.lexeme,
            languages: null,
            weight: weights[best.edits]! * rarity(best.articles, articles),
            articles: best.articles,
            titles: best.articles,
          },
        ]
  })
}

const isCorrectable = (word: string) => word.length >= leastLength && word.length <= mostLength && /^\p{L}+$/u.test(word)

function neighboursOf(word: string, languages: readonly string[]): Map<string, number> {
  const neighbours = new Map<string, number>()
  if (!isCorrectable(word)) return neighbours
  for (const one of oneEditAway(word)) {
    const likely = likelihood(word, one)
    for (const language of languages.slice(0, mostLanguages)) {
      const lexeme = fold(stem(one, language))
      if (lexeme.length >= leastLength) neighbours.set(lexeme, Math.max(likely, neighbours.get(lexeme) ?? 0))
    }
  }
  return neighbours
}

/** How likely one word is typed for another that is an edit away. */
function likelihood(a: string, b: string): number {
  if (a.length !== b.length) return 1
  let differ = 0
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) differ++
  return differ === 1 ? anotherLetter : 1
}

type Known = { lexeme: string; articles: number }

function readNear(prisma: Client, misspelt: readonly Misspelt[]): Promise<Known[]> {
  const lexemes = [...new Set(misspelt.flatMap((word) => word.lexemes))]
  const near = new Set(lexemes.flatMap(oneEditAway))
  for (const { neighbours } of misspelt) for (const lexeme of neighbours.keys()) near.add(lexeme)
  const long = lexemes.filter((lexeme) => lexeme.length >= longLength)
  return prisma.$queryRaw<Known[]>`
    SELECT lexeme, articles FROM lexeme WHERE lexeme = ANY(${[...near]}::text[])
    UNION
    SELECT f.lexeme, f.articles FROM unnest(${long}::text[]) w(lexeme) CROSS JOIN LATERAL (
      SELECT * FROM (
        SELECT l.lexeme, l.articles FROM lexeme l
        WHERE l.lexeme >= left(w.lexeme, ${prefixLength}) AND l.lexeme < left(w.lexeme, ${prefixLength}) || ${'\u{10ffff}'} LIMIT ${mostWithPrefix}) l
      WHERE abs(char_length(l.lexeme) - char_length(w.lexeme)) <= 2 ORDER BY l.articles DESC, l.lexeme LIMIT ${mostLookedAt}) f`
}

/** The nearest to a word as it was typed, then to any of its lexemes; of those as near, the one of most articles, by how likely the edit is. */
export function nearest({ lexemes, neighbours }: Misspelt, known: readonly Known[]): (Known & { edits: number }) | undefined {
  const most = Math.max(...lexemes.map((lexeme) => (lexeme.length >= longLength ? 2 : 1)))
  const candidates = known.flatMap((one) => {
    const typed = neighbours.get(one.lexeme)
    if (typed !== undefined) return [{ ...one, edits: 1, far: 1, score: one.articles * typed }]
    const edits = Math.min(...lexemes.map((lexeme) => (Math.abs(lexeme.length - one.lexeme.length) > 2 ? 3 : distance(lexeme, one.lexeme))))
    if (edits > most) return []
    const likely = edits === 1 && lexemes.every((lexeme) => distance(lexeme, one.lexeme) > 1 || likelihood(lexeme, one.lexeme) < 1) ? anotherLetter : 1
    return [{ ...one, edits, far: edits + 0.5, score: one.articles * likely }]
  })
  const [best] = candidates.sort((a, b) => a.far - b.far || b.score - a.score || (a.lexeme < b.lexeme ? -1 : 1))
  return best && { lexeme: best.lexeme, articles: best.articles, edits: best.edits }
}

/** Edits from one word to another: optimal string alignment (Damerau 1964), in UTF-16 code units. */
export function distance(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      row[j] = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j]!, before[j - 2]! + 1)
    }
    before = last
    last = row
  }
  return last[b.length]!
}

const alphabets = [/\p{sc=Latin}/u, /\p{sc=Cyrillic}/u, /\p{sc=Greek}/u].map(
  (script, i) => [script, 'abcdefghijklmnopqrstuvwxyz абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґ αβγδεζηθικλμνξοπρστυφχψωσς'.split(' ')[i]!] as const,
)

/** Every word that is one edit away: some 50 for each letter. */
export function oneEditAway(word: string): string[] {
  const letters = (alphabets.find(([script]) => script.test(word))?.[1] ?? word).split('')
  const away: string[] = []
  for (let i = 0; i <= word.length; i++) {
    const [head, tail] = [word.slice(0, i), word.slice(i)]
    for (const letter of letters) away.push(head + letter + tail)
    if (tail === '') continue
    away.push(head + tail.slice(1))
    for (const letter of letters) away.push(head + letter + tail.slice(1))
    if (tail.length > 1) away.push(head + tail[1]! + tail[0]! + tail.slice(2))
  }
  return [...new Set(away.map((one) => one.toWellFormed()))]
}
