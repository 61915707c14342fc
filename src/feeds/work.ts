import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { Prisma } from '../db/connect.ts'
import type { FeedFetch } from '../db/generated/client.ts'
import { ClientError, notFound } from '../errors.ts'
import { isUuid } from '../graphql/ids.ts'
import type { Wake } from '../stream/wake.ts'
import { claimOne, type ClaimedFeed } from './claim.ts'
import { createFetcher, type Fetcher } from './fetch.ts'
import { createLargeBodies, type Place } from './large-bodies.ts'
import type { JsonMapping } from './parse.ts'
import { startPoller } from './poller.ts'
import { previewFeed, type FeedPreview } from './preview.ts'
import { refreshFeed } from './refresh.ts'

/** Everything that this process does with feeds over the network. */
export type FeedWork = {
  startPolling: () => void
  /** One pass now; one that is under way, here or on another server, is waited for instead. @throws NOT_FOUND, RATE_LIMITED when too many wait for its host */
  refresh: (id: string) => Promise<FeedFetch>
  /** @throws FEED_UNREACHABLE, FEED_INVALID, RATE_LIMITED when there are too many at the same time */
  preview: (feed: { url: string; mapping?: JsonMapping }) => Promise<FeedPreview>
  /** Begins nothing more, breaks off what is being fetched, and waits for what is being stored. */
  close: () => Promise<void>
}

/** Each holds all that it answers. */
const previewsAtOnce = 8
/** How often to look whether another server has ended its pass. */
const lookMs = 250

export function createFeedWork(
  deps: { prisma: Prisma; wake: Pick<Wake, 'hint'>; logger: Logger; clock: () => Date },
  config: Pick<Config, 'allowPrivateNetworks' | 'feedConcurrency' | 'feedIntervalMinutes' | 'hostSpacingMs'>,
): FeedWork {
  const { prisma, clock } = deps
  const fetcher = createFetcher(config)
  const largeBodies = createLargeBodies()
  const fetcherFor = (place: Place): Fetcher => ({ ...fetcher, fetch: (what, signal, how) => fetcher.fetch(what, signal, { place, ...how }) })
  const stopping = new AbortController()
  setMaxListeners(0, stopping.signal) // every fetch listens
  const running = new Map<string, Promise<FeedFetch>>()
  let previews = 0
  const mostPreviews = Math.min(previewsAtOnce, config.feedConcurrency)
  let stopPoller: (() => Promise<void>) | undefined

  const pass = (feed: ClaimedFeed): Promise<FeedFetch> => {
    const place = largeBodies.place()
    const ended = refreshFeed({ ...deps, fetcher: fetcherFor(place), intervalMinutes: config.feedIntervalMinutes }, feed, stopping.signal)
      .catch(async (error: unknown) => {
        // Removed meanwhile: nothing can be stored for it any more.
        if (!stopping.signal.aborted && !(await prisma.feed.findUnique({ where: { id: feed.id }, select: { id: true } }))) throw notFound('feed')
        throw error
      })
      .finally(() => {
        place.leave()
        // Another one has begun where this one outlived its claim.
        if (running.get(feed.id) === ended) running.delete(feed.id)
      })
    running.set(feed.id, ended)
    return ended
  }

  /** @throws NOT_FOUND when there is no such feed */
  const newestPass = async (id: string): Promise<FeedFetch | undefined> => {
    const feed = await prisma.feed.findUnique({ where: { id }, select: { fetches: { orderBy: { id: 'desc' }, take: 1 } } })
    if (!feed) throw notFound('feed')
    return feed.fetches[0]
  }

  const refresh = async (id: string): Promise<FeedFetch> => {
    const askedAt = clock()
    for (let waited = false; ; waited = true) {
      const underWay = running.get(id)
      if (underWay) return underWay
      if (waited) {
        const newest = await newestPass(id)
        if (newest && newest.startedAt.getTime() + newest.durationMs >= askedAt.getTime()) return newest
      }
      const feed = await claimOne(prisma, id, clock())
      if (feed) return pass(feed)
      if (!waited) await newestPass(id)
      // Another server has it: what that one brings is the answer.
      await sleep(lookMs, undefined, { signal: stopping.signal })
    }
  }

  return {
    startPolling: () => {
      stopPoller ??= startPoller(deps, { concurrency: config.feedConcurrency, busyOrigins: fetcher.busyOrigins }, (feed) =>
        pass(feed).catch((error: unknown) => {
          if (!stopping.signal.aborted && !(error instanceof ClientError)) throw error
        }),
      )
    },
    refresh: async (id) => {
      if (!isUuid(id)) throw notFound('feed')
      return refresh(id.toLowerCase())
    },
    preview: async (feed) => {
      if (previews >= mostPreviews) throw new ClientError('RATE_LIMITED', `At most ${mostPreviews} previews run at the same time: try again in a moment.`)
      previews++
      const place = largeBodies.place()
      try {
        return await previewFeed(fetcherFor(place), feed, clock(), stopping.signal)
      } finally {
        place.leave()
        previews--
      }
    },
    close: async () => {
      await stopPoller?.()
      stopping.abort()
      await Promise.allSettled(running.values())
      await fetcher.close()
    },
  }
}
