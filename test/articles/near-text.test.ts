import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gramsOf, jaccard, keysOf, nearlySame } from '../../src/articles/near-text.ts'

const words = (from: number, count: number) => Array.from({ length: count }, (_, i) => `word${from + i}`).join(' ')

describe('gramsOf', () => {
  it.each([
    ['fewer than four words', 'one two three', 0],
    ['four words', 'one two three four', 1],
    ['the same four twice', 'a b c d. a b c d', 4],
  ])('of %s', (_name, text, count) => {
    expect(gramsOf(text).size).toBe(count)
  })

  it('parts the words of Japanese, which no spaces do', () => {
    const [one, two] = ['首相はきょう国会で所信表明演説を行いました', '首相はきょう国会で所信表明演説を聞きました'].map((text) => gramsOf(text))
    expect(jaccard(one!, two!)).toBeGreaterThan(0.3)
    expect(jaccard(one!, two!)).toBeLessThan(1)
  })

  it('folds case, punctuation and white space', () => {
    expect(gramsOf('Ein  “Wort”,\nnoch — EINS: und Schluß!')).toEqual(gramsOf('ein wort noch eins und schluß'))
  })
})

it.each([
  ['the same', 0, 300, 0, 300, 1],
  ['a tail that is new', 0, 300, 0, 330, 297 / 327],
  ['two halves', 0, 200, 100, 200, 97 / 297],
  ['nothing', 0, 100, 500, 100, 0],
])('jaccard of texts that share %s', (_name, fromA, countA, fromB, countB, index) => {
  expect(jaccard(gramsOf(words(fromA, countA)), gramsOf(words(fromB, countB)))).toBeCloseTo(index, 6)
})

it('of pairs that are nearly the same, nearly all share a key; of others nearly none do', () => {
  let [near, nearFound, far, farFound] = [0, 0, 0, 0]
  fc.assert(
    fc.property(fc.nat(1e6), fc.integer({ min: 0, max: 84 }), (seed, changed) => {
      const a = Array.from({ length: 250 }, (_, i) => `w${(seed * 31 + i * 7919) % 100_003}`)
      const b = a.map((word, i) => (i % 3 === 0 && i / 3 < changed ? `x${i}` : word))
      const [gramsA, gramsB] = [gramsOf(a.join(' ')), gramsOf(b.join(' '))]
      const index = jaccard(gramsA, gramsB)
      const found = keysOf(gramsA).some((key) => keysOf(gramsB).includes(key))
      if (index >= nearlySame) {
        near++
        nearFound += Number(found)
      } else if (index < 0.1) {
        far++
        farFound += Number(found)
      }
    }),
    { numRuns: 2_000, seed: 1 },
  )
  expect(near).toBeGreaterThan(100)
  expect(nearFound / near).toBeGreaterThan(0.99)
  expect(far).toBeGreaterThan(50)
  expect(farFound / far).toBeLessThan(0.05)
})
