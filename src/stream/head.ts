import type { Prisma } from '../db/connect.ts'
import { readHead, type Head } from './log.ts'

/** Reads the stream's head, as it is at the call or later. */
export type HeadReader = () => Promise<Head>

/** One read at a time: those who ask while one is under way are all answered by the next, which begins after they asked. */
export function createHeadReader(prisma: Prisma): HeadReader {
  let current: Promise<unknown> = Promise.resolve()
  let next: Promise<Head> | undefined
  return () => {
    if (next) return next
    const after = current.catch(() => undefined) // whose failure is its own callers'
    current = next = after.then(() => {
      next = undefined
      return readHead(prisma)
    })
    return next
  }
}
