import { baseLanguage } from '../words/language.ts'
import { wordIn } from '../words/lexemes.ts'
import { lexemesFor, type Term } from '../words/query.ts'
import { wordsOf, type Word } from '../words/segment.ts'

/** In UTF-16 code units: of a passage, and of the text in which the best one is looked for. */
const passageLength = 240
export const lookedThrough = 100_000
/** How far an end of a passage may move to stand between two words. */
const slack = 40
/** What one more of the same word counts of the first, and of the lighter of two words that they stand side by side. */
const repeated = 0.1
const sideBySide = 0.5
/** Sums that differ by less are the same one, rounded. */
const leastMore = 1e-6

/** What is asked for: lexemes with their weights, and phrases. */
export type Asked = { weights: ReadonlyMap<string, number>; phrases: readonly (readonly Term[])[] }

/** A word or a phrase of the text. `key` tells which of those that are asked for. */
type Match = Pick<Word, 'start' | 'end'> & { weight: number; key: string }

/** As in words/analysis.ts: two words with a hyphen between them are found as one too. */
const hyphen = /[-‐‑]/

/**
 * The passage of a text with the most of the rarest words that are asked for, and with their phrases before all, some 240 characters, as HTML:
 * matches marked with <mark>, all else escaped. Where nothing matches, that of the title; where nothing of it does either, the text's beginning, or
 * the title where there is no text.
 */
export function highlight(text: string, language: string | null, asked: Asked, title = ''): string {
  const looked = text.slice(0, lookedThrough).replace(/[\ud800-\udbff]$/, '')
  const matches = matchesIn(looked, language, asked)
  if (matches.length > 0) return marked(looked, matches)
  const inTitle = matchesIn(title, language, asked)
  return inTitle.length > 0 || looked.trim() === '' ? marked(title || looked, inTitle) : marked(looked, matches)
}

function marked(text: string, matches: readonly Match[]): string {
  const { start, end } = passageAt(text, bestOf(matches))
  let html = start > 0 ? '… ' : ''
  let at = start
  for (const match of matches) {
    if (match.start < at || match.end > end) continue
    html += `${escape(text.slice(at, match.start))}<mark>${escape(text.slice(match.start, match.end))}</mark>`
    at = match.end
  }
  return `${html}${escape(text.slice(at, end))}${end < text.length ? ' …' : ''}`
}

/** By all that an article is found by: its words, compounds by their parts, and two words with a hyphen as one. A phrase comes before its words. */
function matchesIn(text: string, language: string | null, { weights, phrases }: Asked): Match[] {
  const base = baseLanguage(language)
  const matches: Match[] = []
  const add = ({ start, end }: Pick<Word, 'start' | 'end'>, lexemes: readonly string[]) => {
    const key = lexemes.find((one) => weights.has(one))
    if (key !== undefined) matches.push({ start, end, key, weight: weights.get(key)! })
  }
  const words = [...wordsOf(text)]
  const lexemes = words.map(({ text: word }) => {
    const { lexemes: own, parts } = wordIn(word, base)
    return [...own, ...wordIn(word, null).lexemes, ...parts]
  })
  const wanted = phrases.map((terms) => terms.map((term) => new Set(lexemesFor(term, base))))
  const most = [...weights.values()].reduce((sum, weight) => sum + weight, 1)
  const isJoined = (i: number) => i > 0 && words[i]?.start === words[i - 1]!.end + 1 && hyphen.test(text[words[i - 1]!.end]!)
  for (const [i, word] of words.entries()) {
    let longest: Match | undefined
    for (const [n, phrase] of wanted.entries()) {
      if (!phrase.every((some, k) => lexemes[i + k]?.some((one) => some.has(one)))) continue
      const { end } = words[i + phrase.length - 1]!
      if (end > (longest?.end ?? 0) && end - word.start <= passageLength - slack) longest = { start: word.start, end, key: `"${n}`, weight: most }
    }
    if (longest) matches.push(longest)
    add(word, lexemes[i]!)
    if (!isJoined(i) || isJoined(i - 1) || isJoined(i + 1)) continue
    const first = words[i - 1]!
    if ((matches.at(-1)?.end ?? 0) <= first.start) add({ start: first.start, end: word.end }, wordIn(first.text + word.text, base).lexemes)
  }
  return matches
}

/**
 * The first of the runs of matches that fit into a passage whose different words, phrases and neighbours weigh most. The sum goes along from run to
 * run: a text of nothing but matches takes no longer than its length.
 */
function bestOf(matches: readonly Match[]): { start: number; end: number } | undefined {
  const neighbours = matches.map((match, i) => {
    const before = matches[i - 1]
    if (!before || before.key === match.key || match.start - before.end !== 1) return undefined
    return { key: `${before.key} ${match.key}`, weight: sideBySide * Math.min(before.weight, match.weight), again: 0 }
  })
  let best: { start: number; end: number; weight: number } | undefined
  let from = 0
  let reach = 0
  let weight = 0
  const counts = new Map<string, number>()
  const count = (one: { key: string; weight: number; again?: number } | undefined, by: 1 | -1) => {
    if (!one) return
    const others = (counts.get(one.key) ?? 0) - (by === 1 ? 0 : 1)
    counts.set(one.key, others + (by === 1 ? 1 : 0))
    weight += by * one.weight * (others === 0 ? 1 : (one.again ?? repeated))
  }
  for (const [i, match] of matches.entries()) {
    reach = Math.max(reach, match.end) // a phrase ends after its words
    for (; from < i && reach - matches[from]!.start > passageLength - slack; from++) {
      count(matches[from], -1)
      if (from + 1 < i) count(neighbours[from + 1], -1)
    }
    count(match, 1)
    if (i > from) count(neighbours[i], 1)
    if (!best || weight > best.weight + leastMore) best = { start: matches[from]!.start, end: reach, weight }
  }
  return best
}

/** A passage about a run of matches, from the beginning of a word to the end of one. */
function passageAt(text: string, run: { start: number; end: number } | undefined): { start: number; end: number } {
  if (text.length <= passageLength + slack) return { start: 0, end: text.length }
  const middle = run ? (run.start + run.end) / 2 : 0
  const from = Math.round(Math.max(0, Math.min(middle - passageLength / 2, text.length - passageLength)))
  const start = from === 0 ? 0 : boundary(text, from, 1, run?.start ?? from)
  const to = Math.min(text.length, Math.max(start + passageLength, run?.end ?? 0))
  return { start, end: to === text.length ? to : boundary(text, to, -1, run?.end ?? to - slack) }
}

/** The nearest place between words in a direction, up to a limit; within a long word, between two characters. */
function boundary(text: string, from: number, step: 1 | -1, limit: number): number {
  for (let at = from; Math.abs(at - from) < slack && (step === 1 ? at <= limit : at >= limit); at += step) {
    if (/\s/.test(step === 1 ? text[at - 1]! : text[at]!)) return at
  }
  return /[\udc00-\udfff]/.test(text[from]!) ? from - 1 : from
}

const escaped: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escape = (text: string) => text.replace(/[&<>"']/g, (character) => escaped[character]!)
