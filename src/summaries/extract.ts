import { baseLanguage } from '../words/language.ts'
import { wordIn } from '../words/lexemes.ts'
import { wordsOf } from '../words/segment.ts'
import { isEnded, sentencesOf } from './sentences.ts'

/** What a summary is made of. */
export type Text = { content: string; language: string | null }

/** A summary has as many sentences. */
const wanted = 3
/** The first so many sentences of a text are weighed. */
const considered = 80
/** UTF-16 code units: a longer sentence is taken where there are too few others; all of a summary; what is no sentence is cut there. */
const longest = { sentence: 400, summary: 1_000 }
/** A sentence of fewer words tells nothing by itself. */
const fewest = 4
/** Of two sentences that are as alike (cosine), one is taken. */
const alike = 0.7
/** Two that have as much in common as each other have it up to this: then the earlier one is taken. */
const rounding = 1e-9

/**
 * A summary: up to three whole sentences of the text, in its order; all of a text that has no more.
 * @returns null where there is no text
 */
export function summarise({ content, language }: Text): string | null {
  const base = baseLanguage(language)
  const sentences = sentencesOf(content, base, considered)
  if (sentences.length === 0) return null
  const all = join(sentences)
  if (sentences.length <= wanted && all.length <= longest.summary) return all
  const chosen = centralSentences(sentences, base, wanted, longest.summary)
  return join(chosen.map((at) => sentences[at]!))
}

/**
 * The sentences that have most in common with all others: degree centrality by the cosine of their words (LexRank: Erkan and Radev 2004,
 * without its threshold), stop words and numbers left out. A word counts as it stands and by its stem. Those that are whole, neither very long
 * nor very short, come before others, and one that says nearly the same as one that is taken comes last.
 * @param language ISO 639-1
 * @param most how many are wanted
 * @param characters that all of them may have, spaces left out; the first one may have more
 * @returns places in `sentences`, rising
 */
export function centralSentences(sentences: readonly string[], language: string | null, most: number, characters = Infinity): number[] {
  const words = sentences.map((sentence) => contentWords(sentence, language))
  const similarity = cosines(words)
  const degree = similarity.map((row) => row.reduce((sum, value) => sum + value, 0))
  const isFit = sentences.map((sentence, at) => isEnded(sentence) && sentence.length <= longest.sentence && words[at]!.length >= fewest)
  const rest = new Set(sentences.keys())
  const chosen: number[] = []
  let left = characters
  while (chosen.length < most && rest.size > 0) {
    let best = -1
    let bestRank = -Infinity
    for (const at of rest) {
      const repeats = chosen.some((other) => similarity[at]![other]! > alike)
      const rank = degree[at]! + (isFit[at] ? 2 * sentences.length : 0) - (repeats ? sentences.length : 0)
      if (rank > bestRank + rounding) [best, bestRank] = [at, rank]
    }
    rest.delete(best)
    const { length } = sentences[best]!
    if (chosen.length > 0 && length > left) continue
    left -= length
    chosen.push(best)
  }
  return chosen.sort((a, b) => a - b)
}

/** The words of a sentence, each once, as they stand and by their stems. */
function contentWords(sentence: string, language: string | null): string[] {
  const found = new Set<string>()
  for (const { text } of wordsOf(sentence)) {
    const { lexemes, isStop } = wordIn(text, language)
    if (isStop || lexemes.length === 0 || !/\p{L}/u.test(text)) continue
    found.add(`=${text.toLowerCase()}`)
    found.add(lexemes[0]!)
  }
  return [...found]
}

/** How alike each two are, by the words that they share; 0 of one and itself. */
function cosines(sentences: readonly string[][]): Float64Array[] {
  const rows = sentences.map(() => new Float64Array(sentences.length))
  const holders = new Map<string, number[]>()
  for (const [at, words] of sentences.entries()) {
    for (const word of words) {
      let others = holders.get(word)
      if (!others) holders.set(word, (others = []))
      for (const other of others) rows[at]![other]!++
      others.push(at)
    }
  }
  for (const [at, row] of rows.entries()) {
    for (let other = 0; other < at; other++) {
      const shared = row[other]!
      if (shared > 0) row[other] = rows[other]![at] = shared / Math.sqrt(sentences[at]!.length * sentences[other]!.length)
    }
  }
  return rows
}

/** Scripts that write no space between two sentences end them with a mark of their own. */
function join(sentences: readonly string[]): string {
  let text = ''
  for (const sentence of sentences) text += (text === '' || /[。．！？｡」』）】〉》〕]$/u.test(text) ? '' : ' ') + sentence
  return text.length <= longest.summary ? text : cut(text)
}

/** What has no end of a sentence within reach, cut between two words. */
function cut(text: string): string {
  const start = text
    .slice(0, longest.summary - 1)
    .toWellFormed()
    .replace(/\ufffd$/, '')
  return `${start.replace(/\s+\S*$/, '')}…`
}
