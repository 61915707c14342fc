/** Random choices that a seed repeats. */
export type Random = {
  /** A whole number from `from` to `to`, both included. */
  int: (from: number, to: number) => number
  chance: (probability: number) => boolean
  pick: <T>(members: readonly T[]) => T
}

/**
 * Choices of one actor. Each has its own, named row of them: what the others do meanwhile, which no seed repeats, does not change them.
 * Mulberry32 (Tommy Ettinger, 2017), begun with an FNV-1a hash of the name.
 */
export function randomOf(seed: number, name: string): Random {
  let state = seed ^ 0x811c9dc5
  for (let i = 0; i < name.length; i++) state = Math.imul(state ^ name.charCodeAt(i), 0x01000193)
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (from: number, to: number) => from + Math.floor(next() * (to - from + 1))
  return { int, chance: (probability) => next() < probability, pick: (members) => members[int(0, members.length - 1)]! }
}
