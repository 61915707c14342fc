import type { Term } from './terms.ts'

/** The heaviest terms of an article, heaviest first. */
export type Vector = {
  /** 32-bit hashes of lexemes. */
  terms: readonly number[]
  /** By how often a term stands in the article: 1 + ln count, by the length of them all. 0 to 1; the sum of their squares is 1, but for rounding. */
  weights: readonly number[]
}

/** An article that others like it are looked for. */
export type Subject = {
  id: string
  vector: Vector
  /** How rare each term is: ln(1 + articles / frequency), at most 16. */
  rarities: readonly number[]
  /** The terms as they stand in the article. */
  words: readonly string[]
  /** Terms by which articles that are like it are looked for, heaviest first, and their lexemes. */
  keys: readonly { term: number; lexeme: string; weight: number }[]
}

/** In how many articles lexemes are, of how many articles. One that is not there is in one. */
export type Frequencies = { articles: number; of: (lexeme: string) => number }

const mostTerms = 128
/** By which articles that are like one are looked for. */
const mostKeys = 24
/** Terms that are in more articles find too many. */
const mostFound = 2_000
/** Of the words that tie two articles. */
const mostTies = 8
/** What 16 bits hold of a number from 0 to 1. */
const scale = 65_535
const mostRarity = 16
/** Four bytes of the term, two of its weight, two of how rare it is. */
const packed = 8

/**
 * What an article is about: its terms by (1 + ln count) × √rarity. The vector itself knows nothing of other articles, so that it does not get
 * old: how rare a term is counts where two are compared, once, as in SMART's lnc.ltc (Salton, Buckley 1988).
 */
export function subjectOf(id: string, terms: readonly Term[], frequencies: Frequencies): Subject {
  const weighed = terms
    .map(({ lexeme, count, word }) => {
      const frequency = Math.max(1, frequencies.of(lexeme))
      const rarity = Math.min(mostRarity, Math.log(1 + frequencies.articles / frequency))
      const often = 1 + Math.log(count)
      return { term: hashOf(lexeme), lexeme, word, often, rarity, frequency, weight: often * Math.sqrt(rarity) }
    })
    .sort((a, b) => b.weight - a.weight || a.term - b.term)
    .slice(0, mostTerms)
  const length = Math.hypot(...weighed.map(({ often }) => often))
  const rare = weighed.filter(({ frequency }) => frequency <= mostFound)
  const common = weighed.filter(({ frequency }) => frequency > mostFound)
  return {
    id,
    vector: { terms: weighed.map(({ term }) => term), weights: weighed.map(({ often }) => rounded(often / length)) },
    rarities: weighed.map(({ rarity }) => rarity),
    words: weighed.map(({ word }) => word),
    keys: [...rare, ...common].slice(0, mostKeys).map(({ term, lexeme, weight }) => ({ term, lexeme, weight })),
  }
}

const rounded = (part: number) => Math.round(part * scale) / scale

/** FNV-1a over UTF-16 code units, as a signed integer. */
function hashOf(lexeme: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < lexeme.length; i++) hash = Math.imul(hash ^ lexeme.charCodeAt(i), 0x01000193)
  return hash
}

/** Compares a subject with many: 0 to 1, s / (1 + s) of the sum s over the terms that two share of weight × weight × rarity. */
export function comparing({ vector, rarities }: Pick<Subject, 'vector' | 'rarities'>): (other: Vector) => number {
  const own = new Map(vector.terms.map((term, i) => [term, vector.weights[i]! * rarities[i]!]))
  return ({ terms, weights }) => {
    let sum = 0
    for (let i = 0; i < terms.length; i++) {
      const weight = own.get(terms[i]!)
      if (weight !== undefined) sum += weight * weights[i]!
    }
    return sum / (1 + sum)
  }
}

/** The cosine of two vectors, 0 to 1, whatever is rare: how much of their words is the same. */
export function cosine(a: Vector, b: Vector): number {
  const own = new Map(a.terms.map((term, i) => [term, a.weights[i]!]))
  return b.terms.reduce((sum, term, i) => sum + (own.get(term) ?? 0) * b.weights[i]!, 0)
}

/** The words that tie a subject to another, as they stand in it, those that count most first; at most 8. */
export function tiesOf({ vector, rarities, words }: Omit<Subject, 'id' | 'keys'>, other: Vector): string[] {
  const others = new Map(other.terms.map((term, i) => [term, other.weights[i]!]))
  const shared = vector.terms.flatMap((term, i) => {
    const weight = others.get(term)
    return weight === undefined ? [] : [{ word: words[i]!, weight: weight * vector.weights[i]! * rarities[i]! }]
  })
  return shared
    .sort((x, y) => y.weight - x.weight)
    .slice(0, mostTies)
    .map(({ word }) => word)
}

/** A vector and its rarities as they are stored. */
export function pack({ vector: { terms, weights }, rarities }: Pick<Subject, 'vector' | 'rarities'>): Buffer {
  const bytes = Buffer.alloc(terms.length * packed)
  for (let i = 0; i < terms.length; i++) {
    bytes.writeInt32LE(terms[i]!, i * packed)
    bytes.writeUInt16LE(Math.round(weights[i]! * scale), i * packed + 4)
    bytes.writeUInt16LE(Math.round((rarities[i]! / mostRarity) * scale), i * packed + 6)
  }
  return bytes
}

/** What {@link pack} made. */
export function unpack(stored: Uint8Array): { vector: Vector; rarities: number[] } {
  const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength)
  const places = Array.from({ length: Math.floor(stored.byteLength / packed) }, (_, i) => i * packed)
  return {
    vector: { terms: places.map((at) => view.getInt32(at, true)), weights: places.map((at) => view.getUint16(at + 4, true) / scale) },
    rarities: places.map((at) => (view.getUint16(at + 6, true) / scale) * mostRarity),
  }
}
