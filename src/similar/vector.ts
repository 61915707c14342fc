import type { Term } from './terms.ts'

/** The heaviest terms of an article, heaviest first. */
export type Vector = {
  /** 32-bit hashes of lexemes. */
  terms: Int32Array
  /** By how often a term stands in the article: 1 + ln count, by the length of them all. 0 to 1; the sum of their squares is 1, but for rounding. */
  weights: Float64Array
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
/** As it is stored: who compares a stored subject sees the same. */
const rounded = (part: number) => Math.round(part * scale) / scale
const rarityOf = (articles: number, having: number) => rounded(Math.min(mostRarity, Math.log(1 + articles / having)) / mostRarity) * mostRarity
/** A word by itself ties two articles where it is as rare: in one of a hundred. What is rare is not known of fewer articles. */
const rareAlone = rarityOf(100, 1)
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
      const rarity = rarityOf(frequencies.articles, frequency)
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
    vector: { terms: Int32Array.from(weighed, ({ term }) => term), weights: Float64Array.from(weighed, ({ often }) => rounded(often / length)) },
    rarities: weighed.map(({ rarity }) => rarity),
    words: weighed.map(({ word }) => word),
    keys: [...rare, ...common].slice(0, mostKeys).map(({ term, lexeme, weight }) => ({ term, lexeme, weight })),
  }
}

/** FNV-1a over UTF-16 code units, as a signed integer. */
function hashOf(lexeme: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < lexeme.length; i++) hash = Math.imul(hash ^ lexeme.charCodeAt(i), 0x01000193)
  return hash
}

/** Compares a subject with many: 0 to 1, s / (1 + s) of the sum s over the terms that two share of weight × weight × rarity; 0 where that is one common word. */
export function comparing({ vector, rarities }: Pick<Subject, 'vector' | 'rarities'>): (other: Vector) => number {
  const own = new Map<number, number>()
  const rare = new Set<number>()
  for (const [i, term] of vector.terms.entries()) {
    own.set(term, vector.weights[i]! * rarities[i]!)
    if (rarities[i]! >= rareAlone) rare.add(term)
  }
  return (other) => {
    const shared = other.terms.filter((term) => own.has(term))
    if (shared.length === 1 && !rare.has(shared[0]!)) return 0
    const sum = sumOver(own, other)
    return sum / (1 + sum)
  }
}

/** The cosine of two vectors, 0 to 1, whatever is rare: how much of their words is the same. */
export const cosine = (a: Vector, b: Vector): number => sumOver(weightsOf(a), b)

function sumOver(own: ReadonlyMap<number, number>, { terms, weights }: Vector): number {
  let sum = 0
  for (let i = 0; i < terms.length; i++) {
    const weight = own.get(terms[i]!)
    if (weight !== undefined) sum += weight * weights[i]!
  }
  return sum
}

function weightsOf({ terms, weights }: Vector): Map<number, number> {
  const own = new Map<number, number>()
  for (const [i, term] of terms.entries()) own.set(term, weights[i]!)
  return own
}

/** The words that tie a subject to another, as they stand in it, those that count most first; at most 8. */
export function tiesOf({ vector, rarities, words }: Omit<Subject, 'id' | 'keys'>, other: Vector): string[] {
  const others = weightsOf(other)
  const shared = words.flatMap((word, i) => {
    const weight = others.get(vector.terms[i]!)
    return weight === undefined ? [] : [{ word, weight: weight * vector.weights[i]! * rarities[i]! }]
  })
  return shared
    .sort((x, y) => y.weight - x.weight)
    .slice(0, mostTies)
    .map(({ word }) => word)
}

/** A vector and its rarities as they are stored, in base64: what a driver makes of bytes costs more. */
export function pack({ vector: { terms, weights }, rarities }: Pick<Subject, 'vector' | 'rarities'>): string {
  const bytes = Buffer.alloc(terms.length * packed)
  for (const [i, term] of terms.entries()) {
    bytes.writeInt32LE(term, i * packed)
    bytes.writeUInt16LE(Math.round(weights[i]! * scale), i * packed + 4)
    bytes.writeUInt16LE(Math.round((rarities[i]! / mostRarity) * scale), i * packed + 6)
  }
  return bytes.toString('base64')
}

/** The vector of what {@link pack} made. */
export function unpack(stored: string): Vector {
  const bytes = Buffer.from(stored, 'base64')
  const count = Math.floor(bytes.length / packed)
  const terms = new Int32Array(count)
  const weights = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    terms[i] = bytes.readInt32LE(i * packed)
    weights[i] = bytes.readUInt16LE(i * packed + 4) / scale
  }
  return { terms, weights }
}

/** The rarities of what {@link pack} made. */
export function unpackRarities(stored: string): number[] {
  const bytes = Buffer.from(stored, 'base64')
  return Array.from({ length: Math.floor(bytes.length / packed) }, (_, i) => (bytes.readUInt16LE(i * packed + 6) / scale) * mostRarity)
}
