import type { Prisma } from '../db/connect.ts'
import { readAfter, type LoggedEvent } from './log.ts'
import type { Wake } from './wake.ts'

/** Rows of the log that a follower reads at once. */
const pageSize = 100

/**
 * Every event after a position for which `wants` holds, in order, for ever: first what is in the log, then what comes.
 * Replay and live are one loop, so there is no seam between them in which an event could be lost or come twice.
 * Ends when the signal aborts or the iterator is returned, even while it waits.
 */
export function follow(
  { prisma, wake }: { prisma: Prisma; wake: Wake },
  after: bigint,
  wants: (event: LoggedEvent) => boolean | Promise<boolean>,
  signal?: AbortSignal,
): AsyncIterableIterator<LoggedEvent> {
  const ended = new AbortController()
  const stop = () => ended.abort()
  signal?.addEventListener('abort', stop)
  if (signal?.aborted) stop()

  async function* events(): AsyncGenerator<LoggedEvent, void> {
    let position = after
    try {
      while (!ended.signal.aborted) {
        const woken = new AbortController()
        ended.signal.addEventListener('abort', () => woken.abort(), { once: true, signal: woken.signal })
        const appended = wake.next(woken.signal) // before the read: what commits in between is not missed
        try {
          const page = await readAfter(prisma, position, pageSize)
          for (const event of page) {
            if (ended.signal.aborted) return
            position = event.position
            if (await wants(event)) yield event
          }
          if (page.length === 0) await appended
        } finally {
          woken.abort()
        }
      }
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }

  const iterator = events()
  return {
    next: () => iterator.next(),
    // A generator that waits would only notice once it is woken.
    return: async () => {
      stop()
      signal?.removeEventListener('abort', stop)
      return await iterator.return()
    },
    throw: (error) => {
      stop()
      return iterator.throw(error)
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
