// npx tsx bench/summaries.ts FOLDER: how well sentences are chosen. FOLDER has article/TOPIC/NAME and summary/TOPIC/NAME, a sentence a line, an
// article's title first. Each method chooses as many sentences as the reference has, and then three; F1 by the sentences that are the same,
// averaged over the articles, and over every other one of them.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { centralSentences, summarise } from '../src/summaries/extract.ts'
import { detectLanguage } from '../src/words/language.ts'
import { wordIn } from '../src/words/lexemes.ts'
import { wordsOf } from '../src/words/segment.ts'

type Piece = { sentences: string[]; language: string | null; reference: Set<number> }
type Method = (piece: Piece, count: number) => number[]

const folder = process.argv[2]
if (!folder) throw new Error('usage: npx tsx bench/summaries.ts FOLDER')

const linesOf = (path: string) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)

const pieces: Piece[] = []
for (const topic of readdirSync(join(folder, 'article')).toSorted()) {
  for (const name of readdirSync(join(folder, 'article', topic)).toSorted()) {
    const [title = '', ...sentences] = linesOf(join(folder, 'article', topic, name))
    const chosen = new Set(linesOf(join(folder, 'summary', topic, name)))
    const reference = new Set([...sentences.keys()].filter((at) => chosen.has(sentences[at]!)))
    pieces.push({ sentences, language: detectLanguage(title, sentences.join(' ')), reference })
  }
}

const lead: Method = ({ sentences }, count) => [...sentences.keys()].slice(0, count)

/** Mihalcea and Tarau 2004: overlap of words over the logarithms of the lengths, PageRank with d = .85; without stop words, stemmed. */
const textRank: Method = ({ sentences, language }, count) => {
  const words = sentences.map((sentence) => {
    const known = [...wordsOf(sentence)].map(({ text }) => wordIn(text, language))
    return new Set(known.flatMap(({ lexemes, isStop }) => (isStop ? [] : lexemes.slice(0, 1))))
  })
  const weight = words.map((a, i) =>
    words.map((b, j) => {
      const lengths = Math.log(a.size) + Math.log(b.size)
      return i === j || !(lengths > 0) ? 0 : [...a].filter((word) => b.has(word)).length / lengths
    }),
  )
  const out = weight.map((row) => row.reduce((sum, value) => sum + value, 0))
  let rank = sentences.map(() => 1)
  for (let round = 0; round < 50; round++) {
    rank = rank.map((_, i) => 0.15 + 0.85 * rank.reduce((sum, other, j) => sum + (out[j]! > 0 ? (other * weight[j]![i]!) / out[j]! : 0), 0))
  }
  return [...sentences.keys()].toSorted((a, b) => rank[b]! - rank[a]!).slice(0, count)
}

const ours: Method = ({ sentences, language }, count) => centralSentences(sentences, language, count)

function f1({ reference }: Piece, chosen: number[]): number {
  const hits = chosen.filter((at) => reference.has(at)).length
  return chosen.length + reference.size === 0 ? 1 : (2 * hits) / (chosen.length + reference.size)
}
const mean = (values: number[]) => (values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(3)

console.log(`${pieces.length} articles, ${pieces.reduce((sum, { sentences }) => sum + sentences.length, 0)} sentences`)
for (const [asked, count] of [
  ['as many as the reference', undefined],
  ['three sentences', 3],
] as const) {
  console.log(`${asked.padEnd(26)}  all   even  odd`)
  for (const [name, method] of Object.entries({ 'lead sentences': lead, TextRank: textRank, newswire: ours })) {
    const scores = pieces.map((piece) => f1(piece, method(piece, count ?? piece.reference.size)))
    const halves = [0, 1].map((half) => mean(scores.filter((_, at) => at % 2 === half)))
    console.log(`  ${name.padEnd(24)}  ${mean(scores)} ${halves.join(' ')}`)
  }
}
const startedAt = performance.now()
const rounds = 10
for (let round = 0; round < rounds; round++) for (const { sentences, language } of pieces) summarise({ content: sentences.join('\n\n'), language })
console.log(`${((performance.now() - startedAt) / pieces.length / rounds).toFixed(2)} ms an article, splitting it too`)
