import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Prisma } from '../db/connect.ts'
import type { Wake } from '../stream/wake.ts'
import { claimOne, releaseClaim, type ClaimedFeed } from './claim.ts'
import { makeDue, pushMark, settleMark } from './due.ts'
import { FeedInvalid } from './parse.ts'
import { recordPush } from './passes.ts'
import { storeDocument } from './refresh.ts'

/** What a hub sent, once it is known to be of the feed's hub. */
type Delivery = { feedId: string; body: Uint8Array; contentType: string | null }

export type Deliveries = {
  /** Takes a delivery to be stored, or makes the feed due where there are too many; either way it is not lost when the process ends. */
  accept: (delivery: Delivery) => Promise<void>
  /** Begins nothing more, and waits for what is under way; what waits is fetched, by whoever looks for feeds that are due. */
  close: () => Promise<void>
}

const deliveryLimits = { count: 100, bytes: 64 * 1024 * 1024 }
/** Deliveries that are stored at the same time; of one feed there is one. */
const hands = 4
/** How long, and how often, to ask for a feed that somebody else works on. */
const claim = { waitMs: 30_000, lookMs: 250 }

export function createDeliveries(
  deps: { prisma: Prisma; wake: Pick<Wake, 'hint'>; logger: Logger; clock: () => Date },
  { signal, limits = deliveryLimits }: { signal: AbortSignal; limits?: { count: number; bytes: number } },
): Deliveries {
  const { prisma, logger, clock } = deps
  const waiting: Delivery[] = []
  const working = new Map<string, Promise<void>>()
  /** Of each feed how many are not done, and when it had been due before the first of them. */
  const open = new Map<string, { count: number; dueBefore: Promise<Date | null>; mark: Date; refetch: boolean }>()
  let held = { count: 0, bytes: 0 }

  const claimInTime = async (feedId: string): Promise<ClaimedFeed | undefined> => {
    for (let waited = 0; ; waited += claim.lookMs) {
      const feed = await claimOne(prisma, feedId, clock())
      if (feed || waited >= claim.waitMs) return feed
      await sleep(claim.lookMs, undefined, { signal })
    }
  }

  /** @returns whether the feed has to be fetched after all */
  const store = async ({ feedId, body, contentType }: Delivery): Promise<boolean> => {
    const feed = await claimInTime(feedId)
    if (!feed) return true
    const startedAt = clock()
    try {
      const { counts, rejected, repaired, homeless } = await storeDocument(deps, feed, { body, contentType, finalUrl: feed.url })
      await recordPush(prisma, feed, { outcome: 'CHANGED', httpStatus: null, counts, rejected, repaired }, { startedAt, endedAt: clock() })
      logger.info({ feedId, ...counts }, 'a hub sent what is new')
      return homeless
    } catch (error) {
      await releaseClaim(prisma, feed.claimId)
      if (!(error instanceof FeedInvalid)) throw error
      logger.info({ feedId, reason: error.message }, 'what a hub sent cannot be read: the feed is fetched instead')
      return true
    }
  }

  const work = async (delivery: Delivery) => {
    const { feedId, body } = delivery
    const feed = open.get(feedId)!
    try {
      if (await store(delivery)) feed.refetch = true
    } catch (error) {
      feed.refetch = true
      if (!signal.aborted) logger.error({ err: error, feedId }, 'what a hub sent could not be stored')
    }
    held = { count: held.count - 1, bytes: held.bytes - body.byteLength }
    if (--feed.count > 0) return
    open.delete(feedId)
    if (signal.aborted) return
    await (feed.refetch ? makeDue(prisma, feedId, clock()) : settleMark(prisma, feedId, { mark: feed.mark, dueBefore: await feed.dueBefore }))
  }

  const pump = () => {
    while (working.size < hands && !signal.aborted) {
      const next = waiting.findIndex(({ feedId }) => !working.has(feedId))
      if (next === -1) return
      const [delivery] = waiting.splice(next, 1) as [Delivery]
      const { feedId } = delivery
      const ended = work(delivery)
        .catch((error: unknown) => logger.error({ err: error, feedId }, 'could not tell when a feed is due'))
        .finally(() => {
          working.delete(feedId)
          pump()
        })
      working.set(feedId, ended)
    }
  }

  return {
    accept: async (delivery) => {
      const { feedId, body } = delivery
      if (held.count >= limits.count || held.bytes + body.byteLength > limits.bytes) {
        logger.warn({ feedId }, 'hubs send more than can be stored: the feed is fetched instead')
        return makeDue(prisma, feedId, clock())
      }
      held = { count: held.count + 1, bytes: held.bytes + body.byteLength }
      let feed = open.get(feedId)
      if (feed) feed.count++
      else {
        const now = clock()
        const { mark, dueBefore } = pushMark(prisma, feedId, now)
        open.set(feedId, (feed = { count: 1, dueBefore, mark, refetch: false }))
      }
      // Known to be due before the hub may forget it.
      await feed.dueBefore.catch((error: unknown) => logger.error({ err: error, feedId }, 'could not mark a feed as due'))
      waiting.push(delivery)
      pump()
    },
    close: async () => {
      waiting.length = 0
      await Promise.all(working.values())
    },
  }
}
