import type { Term } from './terms.ts'

/** A direction in the space of terms: the heaviest terms of an article, heaviest first. */
export type Vector = {
  /** 32-bit hashes of lexemes. */
  terms: number[]
  /** 0 to 1; the sum of their squares is 1, but for rounding. */
  weights: number[]
  /** The terms as they stand in the article. */
  words: string[]
}

/** In how many articles lexemes are, of how many articles. One that is not there is in one. */
export type Frequencies = { articles: number; of: (lexeme: string) => number }

const mostTerms = 100
/** By which articles that are like one are looked for. */
const mostKeys = 24
/** Terms that are in more articles find too many. */
const mostFound = 2_000
/** Of the words that tie two articles. */
const mostTies = 8
const scale = 65_535
/** Four bytes of the term, two of its weight. */
const packed = 6

/**
 * The vector of an article, of length 1: (1 + ln count) × √ln(1 + articles / frequency). In the product of two, which is their cosine, the
 * inverse document frequency so counts once, as in SMART's lnc.ltc (Salton, Buckley 1988) and BM25. Rare terms come first among equals of `keys`.
 */
export function vectorOf(terms: readonly Term[], frequencies: Frequencies): { vector: Vector; keys: number[] } {
  const weighed = terms
    .map(({ lexeme, count, word }) => {
      const frequency = Math.max(1, frequencies.of(lexeme))
      return { term: hashOf(lexeme), word, weight: (1 + Math.log(count)) * Math.sqrt(Math.log(1 + frequencies.articles / frequency)), frequency }
    })
    .sort((a, b) => b.weight - a.weight || a.term - b.term)
    .slice(0, mostTerms)
  const length = Math.hypot(...weighed.map(({ weight }) => weight))
  const rare = weighed.filter(({ frequency }) => frequency <= mostFound)
  const common = weighed.filter(({ frequency }) => frequency > mostFound)
  return {
    vector: {
      terms: weighed.map(({ term }) => term),
      weights: weighed.map(({ weight }) => Math.round((weight / length) * scale) / scale),
      words: weighed.map(({ word }) => word),
    },
    keys: [...new Set([...rare, ...common].slice(0, mostKeys).map(({ term }) => term))],
  }
}

/** FNV-1a over UTF-16 code units, as a signed integer. */
function hashOf(lexeme: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < lexeme.length; i++) hash = Math.imul(hash ^ lexeme.charCodeAt(i), 0x01000193)
  return hash
}

/** Compares one vector with many: their cosines, 0 to 1. */
export function comparing({ terms, weights }: Pick<Vector, 'terms' | 'weights'>): (other: Pick<Vector, 'terms' | 'weights'>) => number {
  const own = new Map(terms.map((term, i) => [term, weights[i]!]))
  return (other) => {
    let sum = 0
    for (let i = 0; i < other.terms.length; i++) {
      const weight = own.get(other.terms[i]!)
      if (weight !== undefined) sum += weight * other.weights[i]!
    }
    return Math.min(1, sum)
  }
}

/** The words that tie two articles, as they stand in the first, those that count most first; at most 8. */
export function tiesOf(a: Vector, b: Pick<Vector, 'terms' | 'weights'>): string[] {
  const others = new Map(b.terms.map((term, i) => [term, b.weights[i]!]))
  const shared = a.terms.flatMap((term, i) => (others.has(term) ? [{ word: a.words[i]!, weight: a.weights[i]! * others.get(term)! }] : []))
  return shared
    .sort((x, y) => y.weight - x.weight)
    .slice(0, mostTies)
    .map(({ word }) => word)
}

/** Terms and weights as they are stored. */
export function pack({ terms, weights }: Vector): Buffer {
  const bytes = Buffer.alloc(terms.length * packed)
  for (let i = 0; i < terms.length; i++) {
    bytes.writeInt32LE(terms[i]!, i * packed)
    bytes.writeUInt16LE(Math.round(weights[i]! * scale), i * packed + 4)
  }
  return bytes
}

/** What {@link pack} made. */
export function unpack(stored: Uint8Array): Pick<Vector, 'terms' | 'weights'> {
  const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength)
  const count = Math.floor(stored.byteLength / packed)
  return {
    terms: Array.from({ length: count }, (_, i) => view.getInt32(i * packed, true)),
    weights: Array.from({ length: count }, (_, i) => view.getUint16(i * packed + 4, true) / scale),
  }
}
