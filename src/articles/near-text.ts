import { unspacedWords } from '../words/segment.ts'

/** Distinct hashes of a text's word 4-grams. */
export type Grams = ReadonlySet<number>

/** A text that has fewer words is too short to be told for a copy. */
export const leastWords = 50
/** From this Jaccard index on, two texts are nearly the same. */
export const nearlySame = 0.8

const gram = 4
const bands = 8
const rows = 3
/** Odd, one for each hash function; fixed, since what they make is stored. */
const multipliers = Array.from({ length: bands * rows }, (_, i) => Math.imul(i + 1, 0x9e3779b1) | 1)

/** The word 4-grams of a text: runs of letters, digits and marks in lower case, or Intl.Segmenter's words in scripts without spaces. */
export function gramsOf(text: string): Grams {
  const grams = new Set<number>()
  const last: number[] = []
  for (const word of wordsOf(text.toLowerCase())) {
    last.push(hashOf(word))
    if (last.length < gram) continue
    let hash = 0
    for (const part of last) hash = mix(Math.imul(hash, 31) + part)
    grams.add(hash)
    last.shift()
  }
  return grams
}

function* wordsOf(text: string): Iterable<string> {
  for (const [run] of text.matchAll(/[\p{L}\p{N}\p{M}_]+/gu)) {
    const segments = unspacedWords(run)
    if (segments) yield* segments
    else yield run
  }
}

/** FNV-1a over UTF-16 code units. */
function hashOf(word: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193)
  return hash
}

/** The finaliser of MurmurHash3: every bit of the outcome depends on every bit of the input. */
function mix(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/**
 * Keys, as 32-bit integers, of which two sets have one in common with probability 1 - (1 - j³)⁸ at a Jaccard index of j: .997
 * at .8, .2 at .3, 8 in a million at .01. MinHash with locality-sensitive banding (Broder 1997; Leskovec, Rajaraman, Ullman,
 * Mining of Massive Datasets, 3.4).
 */
export function keysOf(grams: Grams): number[] {
  if (grams.size === 0) return []
  const least = new Uint32Array(multipliers.length).fill(0xffffffff)
  for (const hash of grams) {
    for (let i = 0; i < multipliers.length; i++) {
      const value = Math.imul(hash, multipliers[i]!) >>> 0
      if (value < least[i]!) least[i] = value
    }
  }
  return Array.from({ length: bands }, (_, band) => {
    let key = band
    for (let row = 0; row < rows; row++) key = mix(Math.imul(key, 31) + least[band * rows + row]!)
    return key | 0
  })
}

/** The Jaccard index, 0 to 1. */
export function jaccard(a: Grams, b: Grams): number {
  const [small, large] = a.size < b.size ? [a, b] : [b, a]
  let common = 0
  for (const hash of small) if (large.has(hash)) common++
  const union = a.size + b.size - common
  return union === 0 ? 0 : common / union
}
