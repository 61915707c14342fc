import { setMaxListeners } from 'node:events'
import type { Logger } from 'pino'
import { takePageText } from '../articles/page-text.ts'
import type { Prisma } from '../db/connect.ts'
import { aPage } from '../feeds/ask.ts'
import { FetchFailed, type Fetcher } from '../feeds/fetch.ts'
import { HostBusy } from '../feeds/hosts.ts'
import { startPoller } from '../feeds/poller.ts'
import type { Wake } from '../stream/wake.ts'
import { decodeHtml } from '../pages/decode-html.ts'
import { createExtractor, ExtractionFailed } from '../pages/extractor.ts'
import { claimPages, endTask, giveUpStale, putOff, releaseTask, type PageTask } from './queue.ts'

export type PageWork = {
  start: () => void
  /** Begins nothing more, breaks off what is being fetched, and waits for what is being stored. */
  close: () => Promise<void>
}

/** Pages that are fetched at the same time: each host gives one, and one thread reads them all. */
const concurrency = 4
const staleEveryMs = 3_600_000
/** For how long a page is put off whose host has too many waiting. */
const busyMs = 60_000

type Deps = { prisma: Prisma; wake: Pick<Wake, 'hint'>; logger: Logger; clock: () => Date; fetcher: Fetcher }

/** Fetches the pages that articles wait for, extracts their texts, and puts them in place. */
export function createPageWork(deps: Deps): PageWork {
  const { prisma, logger, clock, fetcher } = deps
  const extractor = createExtractor()
  const stopping = new AbortController()
  setMaxListeners(0, stopping.signal)
  const running = new Set<Promise<void>>()
  let stopPoller: (() => Promise<void>) | undefined
  let stale: NodeJS.Timeout | undefined

  const work = (task: PageTask): Promise<void> => {
    const ended = readPage({ ...deps, extractor }, task, stopping.signal)
      .catch((error: unknown) => settleFailed(prisma, task, error, stopping.signal, clock()))
      .finally(() => running.delete(ended))
    running.add(ended)
    return ended
  }
  return {
    start: () => {
      stopPoller ??= startPoller(logger, { what: 'pages', concurrency, claim: (limit) => claimPages(prisma, limit, fetcher.busyOrigins(), clock()) }, work)
      stale ??= setInterval(() => void giveUpStale(prisma, clock()).catch((error: unknown) => logger.warn({ err: error }, 'could not tidy up')), staleEveryMs)
    },
    close: async () => {
      clearInterval(stale)
      await stopPoller?.()
      stopping.abort()
      await Promise.allSettled(running)
      await extractor.close()
    },
  }
}

async function readPage(
  { prisma, wake, logger, clock, fetcher, extractor }: Deps & { extractor: ReturnType<typeof createExtractor> },
  task: PageTask,
  signal: AbortSignal,
): Promise<void> {
  const { body, contentType, finalUrl } = await fetcher.fetch({ url: task.url, headers: [], etag: null, lastModified: null }, signal, { wanted: aPage })
  const isPage = contentType === null || /html|text\/plain/i.test(contentType)
  const page = isPage ? await extractor.extract(decodeHtml(body, contentType), finalUrl, signal) : undefined
  const taken = page ? await takePageText({ prisma, wake }, task.articleId, { ...page, url: finalUrl }, clock()) : false
  logger.debug({ articleId: task.articleId, taken }, 'read the page of an article')
  await endTask(prisma, task)
}

/** Answers that will be the same the next time. */
const isFinal = (status: number | null) => status !== null && status >= 300 && status < 500 && status !== 408 && status !== 425 && status !== 429

async function settleFailed(prisma: Prisma, task: PageTask, error: unknown, signal: AbortSignal, now: Date): Promise<void> {
  if (signal.aborted) return releaseTask(prisma, task)
  if (error instanceof HostBusy) return releaseTask(prisma, task, new Date(now.getTime() + busyMs))
  if (error instanceof FetchFailed && isFinal(error.httpStatus)) return endTask(prisma, task)
  await putOff(prisma, task, now)
  if (!(error instanceof FetchFailed || error instanceof ExtractionFailed)) throw error
}
