import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { Prisma } from '../db/connect.ts'
import type { FeedFetch } from '../db/generated/client.ts'
import { ClientError, notFound } from '../errors.ts'
import { isUuid } from '../graphql/ids.ts'
import type { Wake } from '../stream/wake.ts'
import { claimDue, claimOne, type ClaimedFeed } from './claim.ts'
import { discoverFeeds, type DiscoveredFeed } from './discover.ts'
import { removeFeed } from './feeds.ts'
import type { Fetcher } from './fetch.ts'
import { createLargeBodies, type Place } from './large-bodies.ts'
import type { JsonMapping } from './parse.ts'
import { startPoller } from './poller.ts'
import { previewFeed, type FeedPreview } from './preview.ts'
import { createPush, type Push } from './push.ts'
import { refreshFeed } from './refresh.ts'

/** Everything that this process does with feeds over the network. */
export type FeedWork = {
  startPolling: () => void
  /** What hubs send, where PUBLIC_URL says how they reach this server. */
  push: Push | undefined
  /** Its articles stay. @throws NOT_FOUND */
  remove: (id: string) => Promise<void>
  /** One pass now; one that is under way, here or on another server, is waited for instead. @throws NOT_FOUND, RATE_LIMITED when too many wait for its host */
  refresh: (id: string) => Promise<FeedFetch>
  /** @throws FEED_UNREACHABLE, FEED_INVALID, RATE_LIMITED when there are too many at the same time */
  preview: (feed: { url: string; mapping?: JsonMapping }) => Promise<FeedPreview>
  /** The feeds that a page announces, or seems to have. @throws as preview does */
  discover: (url: string) => Promise<DiscoveredFeed[]>
  /** Begins nothing more, breaks off what is being fetched, and waits for what is being stored. */
  close: () => Promise<void>
}

/** Each holds all that it answers. */
const previewsAtOnce = 8
/** How often to look whether another server has ended its pass. */
const lookMs = 250

export function createFeedWork(
  deps: { prisma: Prisma; wake: Pick<Wake, 'hint'>; logger: Logger; clock: () => Date; fetcher: Fetcher },
  config: Pick<Config, 'allowPrivateNetworks' | 'feedConcurrency' | 'feedIntervalMinutes' | 'hostSpacingMs' | 'publicUrl'>,
): FeedWork {
  const { prisma, clock, fetcher } = deps
  const largeBodies = createLargeBodies()
  const fetcherFor = (place: Place): Fetcher => ({ ...fetcher, fetch: (what, signal, how) => fetcher.fetch(what, signal, { place, ...how }) })
  const stopping = new AbortController()
  setMaxListeners(0, stopping.signal) // every fetch listens
  const push = config.publicUrl === undefined ? undefined : createPush({ ...deps, fetcher }, { publicUrl: config.publicUrl, signal: stopping.signal })
  const running = new Map<string, Promise<FeedFetch>>()
  let previews = 0
  const mostPreviews = Math.min(previewsAtOnce, config.feedConcurrency)
  let stopPoller: (() => Promise<void>) | undefined

  const pass = (feed: ClaimedFeed): Promise<FeedFetch> => {
    const place = largeBodies.place()
    const ended = refreshFeed({ ...deps, fetcher: fetcherFor(place), intervalMinutes: config.feedIntervalMinutes, push }, feed, stopping.signal)
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

  /** What holds all that it answers: few at the same time. */
  const bounded = async <T>(run: (own: Fetcher) => Promise<T>): Promise<T> => {
    if (previews >= mostPreviews) throw new ClientError('RATE_LIMITED', `At most ${mostPreviews} previews run at the same time: try again in a moment.`)
    previews++
    const place = largeBodies.place()
    try {
      return await run(fetcherFor(place))
    } finally {
      place.leave()
      previews--
    }
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
    push,
    remove: async (id) => {
      const left = await removeFeed(prisma, id)
      if (left) push?.leave(left)
    },
    startPolling: () => {
      push?.start()
      stopPoller ??= startPoller(
        deps.logger,
        { what: 'feeds', concurrency: config.feedConcurrency, claim: (limit) => claimDue(prisma, limit, fetcher.busyOrigins(), clock()) },
        (feed) =>
          pass(feed).catch((error: unknown) => {
            if (!stopping.signal.aborted && !(error instanceof ClientError)) throw error
          }),
      )
    },
    refresh: async (id) => {
      if (!isUuid(id)) throw notFound('feed')
      return refresh(id.toLowerCase())
    },
    preview: (feed) => bounded((own) => previewFeed(own, feed, clock(), stopping.signal)),
    discover: (url) => bounded((own) => discoverFeeds(own, url, stopping.signal)),
    close: async () => {
      await stopPoller?.()
      stopping.abort()
      await Promise.allSettled(running.values())
      await push?.close()
    },
  }
}
