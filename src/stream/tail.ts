import type { Database } from '../db/connect.ts'
import { LogPruned, readAfter, readHead, type LoggedEvent } from './log.ts'
import type { Wake } from './wake.ts'

/** Events that are read from the table at once. */
const pageSize = 500

/**
 * The one reader of the log's end for a process. It reads while somebody follows it, and keeps the newest events in a ring
 * for all of them.
 */
export type Tail = {
  /**
   * The events after a position, oldest first, at most `limit`; none when there are no more yet. From the ring where that reaches
   * back so far, else from the table.
   * @throws LogPruned
   */
  read: (after: bigint, limit: number) => Promise<LoggedEvent[]>
  /** Calls back when there may be more. @returns stops it */
  follow: (onMore: () => void) => () => void
  /** The newest position that was read; undefined while nobody follows. */
  position: () => bigint | undefined
  close: () => Promise<void>
}

/** @param ringSize events that are kept in memory */
export function createTail(
  database: Pick<Database, 'prisma' | 'pool'>,
  wake: Wake,
  { ringSize, onError }: { ringSize: number; onError: (error: unknown) => void },
): Tail {
  const followers = new Set<() => void>()
  /** What is before `first` has been let go; it is cut from the array now and then, not each time. */
  let ring: LoggedEvent[] = []
  let first = 0
  let position: bigint | undefined
  let stopListening: (() => void) | undefined
  let reading: Promise<void> | undefined
  /** A hint that came while it read; the newest position of it, where that is known. */
  let missed: bigint | 'unknown' | undefined

  const keep = (page: LoggedEvent[]) => {
    ring.push(...page)
    position = ring.at(-1)!.position
    first = Math.max(first, ring.length - ringSize)
    if (first > ringSize) {
      ring = ring.slice(first)
      first = 0
    }
  }
  const forget = () => {
    ring = []
    first = 0
    position = undefined
  }
  const readOn = async () => {
    try {
      if (position === undefined) {
        position = (await readHead(database.prisma)).position
        tell() // what came between somebody's last read and this
      }
      for (let page; !page || page.length === pageSize;) {
        page = await readAfter(database, position!, pageSize)
        if (!stopListening || page.length === 0) return
        keep(page)
        tell()
      }
    } catch (error) {
      if (error instanceof LogPruned)
        forget() // it could not read for longer than the log is kept
      else onError(error) // the next sweep tries again
    }
  }
  const tell = () => {
    for (const onMore of followers) onMore()
  }
  const isNews = (newest: bigint | undefined) => newest === undefined || position === undefined || newest > position
  const onHint = (newest?: bigint) => {
    if (reading) {
      // Most often the read that is under way finds it.
      missed = newest === undefined || missed === 'unknown' ? 'unknown' : newest
      return
    }
    if (!isNews(newest)) return
    reading = readOn().finally(() => {
      reading = undefined
      const hint = missed
      missed = undefined
      if (!stopListening) forget()
      else if (hint !== undefined) onHint(hint === 'unknown' ? undefined : hint)
    })
  }

  return {
    read: async (after, limit) => {
      const oldest = ring[first]
      if (position !== undefined && after >= position) return []
      if (oldest === undefined || after < oldest.position - 1n) return readAfter(database, after, Math.min(limit, pageSize))
      const from = first + Number(after - oldest.position) + 1
      return ring.slice(from, from + limit)
    },
    follow: (onMore) => {
      followers.add(onMore)
      if (!stopListening) {
        stopListening = wake.listen(onHint)
        onHint()
      }
      return () => {
        followers.delete(onMore)
        if (followers.size > 0) return
        stopListening?.()
        stopListening = undefined
        if (!reading) forget()
      }
    },
    position: () => position,
    close: async () => {
      stopListening?.()
      stopListening = undefined
      await reading
    },
  }
}
