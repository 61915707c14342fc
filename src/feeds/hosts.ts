import { ClientError } from '../errors.ts'
import { waitIn } from './queue.ts'

/** More wait for a host, or for room in memory, than can have their turn in reasonable time. */
export class HostBusy extends ClientError {
  constructor(message = 'Too many requests wait for this host: try again in some minutes.') {
    super('RATE_LIMITED', message)
  }
}

/** Who is asked, one request at a time. A host and port are told by the origin of a URL, e.g. https://example.com:8443. */
export type Hosts = {
  /**
   * Waits for this origin's turn.
   * @param led whether a redirect of another origin led here
   * @returns gives it back
   * @throws HostBusy; the signal's reason once it has aborted
   */
  enter: (origin: string, signal: AbortSignal, led?: boolean) => Promise<() => void>
  /** Origins that are being asked, or were a moment ago. */
  busy: () => string[]
}

/** With 20 s for each, the last of them has its turn before its claim on the feed runs out. */
const mostWaiting = 10
/** Who is led here from elsewhere was chosen without regard to this host: many of them must not wait for it together while others could be asked. */
const mostLedWaiting = 2

/** @param spacingMs from the end of one request to the start of the next */
export function createHosts(spacingMs: number): Hosts {
  /** For each origin in use, who waits for it. */
  const waiting = new Map<string, Set<() => void>>()

  const pass = (origin: string) => {
    const [next] = waiting.get(origin) ?? []
    if (next) next()
    else waiting.delete(origin)
  }
  const turn = (origin: string) => {
    let left = false
    return () => {
      if (left) return
      left = true
      if (spacingMs === 0) pass(origin)
      else setTimeout(pass, spacingMs, origin).unref()
    }
  }

  return {
    enter: async (origin, signal, led = false) => {
      signal.throwIfAborted()
      const queue = waiting.get(origin)
      if (!queue) {
        waiting.set(origin, new Set())
        return turn(origin)
      }
      if (queue.size >= (led ? mostLedWaiting : mostWaiting)) throw new HostBusy()
      await waitIn(queue, signal)
      return turn(origin)
    },
    busy: () => [...waiting.keys()],
  }
}
