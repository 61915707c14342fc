import { HostBusy } from './hosts.ts'
import { waitIn } from './queue.ts'

/** What every body may have without asking, in bytes. */
export const smallBytes = 1024 * 1024

/** A place for one large body: taken where it is needed, once, and given back when nothing of it is left in memory. */
export type Place = {
  /** @throws HostBusy when too many wait for one; the signal's reason once it has aborted */
  take: (signal: AbortSignal) => Promise<void>
  leave: () => void
}

/**
 * Bounds the memory of what is fetched at the same time: all may be small, and few may be large.
 * @param most that are large: each is a second of the processor's time and some 50 MiB before all of it is stored
 * @param mostWaiting more than these are put off: with 20 s for each, the last one has its place before its claim runs out
 */
export function createLargeBodies(most = 4, mostWaiting = 16): { place: () => Place } {
  let taken = 0
  const queue = new Set<() => void>()
  return {
    place: () => {
      let has = false
      return {
        take: async (signal) => {
          if (has) return
          if (taken < most) taken++
          else if (queue.size >= mostWaiting) throw new HostBusy('Too many large feeds are being read: try again in a minute.')
          else await waitIn(queue, signal)
          has = true
        },
        leave: () => {
          if (!has) return
          has = false
          const [next] = queue
          if (next) next()
          else taken--
        },
      }
    },
  }
}
