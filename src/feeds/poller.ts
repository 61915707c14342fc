import type { Logger } from 'pino'
import type { Prisma } from '../db/connect.ts'
import { claimDue, type ClaimedFeed } from './claim.ts'

/** How often to look for feeds that are due, while there are free hands. */
const tickMs = 1_000

/**
 * Looks for feeds that are due and hands each to `pass`, at most `concurrency` at the same time; none whose host is busy, so
 * that a slow host holds one hand and no more.
 * @returns stops looking; passes under way are the caller's to wait for
 */
export function startPoller(
  { prisma, logger, clock }: { prisma: Prisma; logger: Logger; clock: () => Date },
  { concurrency, busyOrigins }: { concurrency: number; busyOrigins: () => string[] },
  pass: (feed: ClaimedFeed) => Promise<unknown>,
): () => Promise<void> {
  let running = 0
  let ticking: Promise<void> | undefined
  let stopped = false
  const claim = async () => {
    try {
      const wanted = concurrency - running
      const feeds = await claimDue(prisma, wanted, busyOrigins(), clock())
      // Where all hands were filled, more may be due: the next one that is free looks at once.
      const more = feeds.length === wanted
      for (const feed of feeds) {
        running++
        void pass(feed)
          .catch((error: unknown) => logger.error({ err: error, feedId: feed.id }, 'a feed could not be refreshed'))
          .finally(() => {
            running--
            if (more) look()
          })
      }
    } catch (error) {
      logger.error({ err: error }, 'could not look for feeds that are due')
    }
  }
  const look = () => {
    if (!stopped && running < concurrency) ticking ??= claim().finally(() => (ticking = undefined))
  }
  const timer = setInterval(look, tickMs)
  return async () => {
    stopped = true
    clearInterval(timer)
    await ticking
  }
}
