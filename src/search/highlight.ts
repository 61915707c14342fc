import { baseLanguage } from '../words/language.ts'
import { wordIn } from '../words/lexemes.ts'
import { wordsOf, type Word } from '../words/segment.ts'

/** In UTF-16 code units: of a passage, and of the text in which the best one is looked for. */
const passageLength = 240
export const lookedThrough = 100_000
/** How far an end of a passage may move to stand between two words. */
const slack = 40
/** What one more of the same word counts of the first. */
const repeated = 0.1

type Match = Pick<Word, 'start' | 'end'> & { weight: number; lexeme: string }

/** As in words/analysis.ts: two words with a hyphen between them are found as one too. */
const hyphen = /[-‐‑]/

/**
 * The passage of a text with the most of the rarest words that are asked for, some 240 characters, as HTML: matches marked with <mark>, all else
 * escaped. Where nothing matches, that of the title; where nothing of it does either, the text's beginning, or the title where there is no text.
 * @param weights of the lexemes that are asked for
 */
export function highlight(text: string, language: string | null, weights: ReadonlyMap<string, number>, title = ''): string {
  const looked = text.slice(0, lookedThrough)
  const matches = matchesIn(looked, language, weights)
  if (matches.length > 0) return marked(looked, matches)
  const inTitle = matchesIn(title, language, weights)
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

/** By all that an article is found by: its words, compounds by their parts, and two words with a hyphen as one. */
function matchesIn(text: string, language: string | null, weights: ReadonlyMap<string, number>): Match[] {
  const base = baseLanguage(language)
  const matches: Match[] = []
  const add = ({ start, end }: Pick<Word, 'start' | 'end'>, lexemes: readonly string[]) => {
    const lexeme = lexemes.find((one) => weights.has(one))
    if (lexeme !== undefined) matches.push({ start, end, lexeme, weight: weights.get(lexeme)! })
  }
  const words = [...wordsOf(text)]
  const isJoined = (i: number) => i > 0 && words[i]?.start === words[i - 1]!.end + 1 && hyphen.test(text[words[i - 1]!.end]!)
  for (const [i, word] of words.entries()) {
    const { lexemes, parts } = wordIn(word.text, base)
    add(word, [...lexemes, ...wordIn(word.text, null).lexemes, ...parts])
    if (!isJoined(i) || isJoined(i - 1) || isJoined(i + 1)) continue
    const first = words[i - 1]!
    if ((matches.at(-1)?.end ?? 0) <= first.start) add({ start: first.start, end: word.end }, wordIn(first.text + word.text, base).lexemes)
  }
  return matches
}

/** The first of the runs of matches that fit into a passage whose different words weigh most. */
function bestOf(matches: readonly Match[]): { start: number; end: number } | undefined {
  let best: { start: number; end: number; weight: number } | undefined
  const counts = new Map<string, number>()
  let from = 0
  for (const [i, { end, lexeme }] of matches.entries()) {
    counts.set(lexeme, (counts.get(lexeme) ?? 0) + 1)
    for (let first = matches[from]!; from < i && end - first.start > passageLength - slack; first = matches[++from]!) {
      const left = counts.get(first.lexeme)! - 1
      if (left === 0) counts.delete(first.lexeme)
      else counts.set(first.lexeme, left)
    }
    let weight = 0
    const seen = new Set<string>()
    for (let k = from; k <= i; k++) {
      const match = matches[k]!
      weight += seen.has(match.lexeme) ? match.weight * repeated : match.weight
      seen.add(match.lexeme)
    }
    if (!best || weight > best.weight + 1e-9) best = { start: matches[from]!.start, end, weight }
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
