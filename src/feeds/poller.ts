import type { Logger } from 'pino'
import type { Prisma } from '../db/connect.ts'
import { claimDue, type ClaimedFeed } from './claim.ts'

/** How often to look for feeds that are due, while there are free hands. */
const tickMs = 1_000

/**
 * Looks for feeds that are due and hands each to `pass`, at most `concurrency` at the same time.
 * @returns stops looking; passes under way are the caller's to wait for
 */
export function startPoller(
  { prisma, logger, clock }: { prisma: Prisma; logger: Logger; clock: () => Date },
  concurrency: number,
  pass: (feed: ClaimedFeed) => Promise<unknown>,
): () => Promise<void> {
  let running = 0
  let ticking: Promise<void> | undefined
  const claim = async () => {
    try {
      for (const feed of await claimDue(prisma, concurrency - running, clock())) {
        running++
        void pass(feed)
          .catch((error: unknown) => logger.error({ err: error, feedId: feed.id }, 'a feed could not be refreshed'))
          .finally(() => running--)
      }
    } catch (error) {
      logger.error({ err: error }, 'could not look for feeds that are due')
    }
  }
  const timer = setInterval(() => {
    if (running < concurrency) ticking ??= claim().finally(() => (ticking = undefined))
  }, tickMs)
  return async () => {
    clearInterval(timer)
    await ticking
  }
}
