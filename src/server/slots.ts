/** A number of places, for sockets and event streams alike. */
export type Slots = { take: () => boolean; free: () => void; taken: () => number }

export function createSlots(most: number): Slots {
  let taken = 0
  return {
    take: () => taken < most && ++taken > 0,
    free: () => void taken--,
    taken: () => taken,
  }
}
