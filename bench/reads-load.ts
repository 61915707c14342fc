// Callers of the benchmark of reads, and what they read.
import { randomOf } from '../test/chaos/random.ts'

/** What many callers, each with one call at a time, brought about in some time. */
export type Load = { perSecond: number; p50: number; p99: number }

/**
 * Calls again and again, as many at the same time.
 * @param call of the n-th call in all; it counts once it has resolved
 */
export async function load(callers: number, seconds: number, call: (n: number) => Promise<unknown>): Promise<Load> {
  const took: number[] = []
  let n = 0
  const from = performance.now()
  const until = from + seconds * 1_000
  await Promise.all(
    Array.from({ length: callers }, async () => {
      for (let begun = performance.now(); begun < until;) {
        await call(n++)
        const now = performance.now()
        took.push(now - begun)
        begun = now
      }
    }),
  )
  const elapsed = (performance.now() - from) / 1_000
  const sorted = Float64Array.from(took).sort()
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!
  return { perSecond: took.length / elapsed, p50: at(0.5), p99: at(0.99) }
}

/** Numbers below `count`, the first ones most often: the n-th in proportion to 1 / n (Zipf). Always the same row. */
export function zipf(count: number): (n: number) => number {
  const sums: number[] = []
  for (let rank = 1, sum = 0; rank <= count; rank++) sums.push((sum += 1 / rank))
  const random = randomOf(1, 'reads')
  const fine = 2 ** 30
  const drawn = Array.from({ length: 500_000 }, () => {
    const target = (random.int(0, fine) / fine) * sums.at(-1)!
    let [low, high] = [0, count - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (sums[middle]! < target) low = middle + 1
      else high = middle
    }
    return low
  })
  return (n) => drawn[n % drawn.length]!
}
