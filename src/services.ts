import type { Logger } from 'pino'
import { startRetention } from './articles/retention.ts'
import type { Config } from './config.ts'
import { connectDatabase, type Database } from './db/connect.ts'
import { createNotices } from './db/notices.ts'
import { startUpkeep } from './db/upkeep.ts'
import { createEnrichment, type Enrichment } from './enrichment/work.ts'
import { createFetcher } from './feeds/fetch.ts'
import { createFeedWork, type FeedWork } from './feeds/work.ts'
import type { Context } from './graphql/context.ts'
import { createLogger } from './observability/log.ts'
import { createPageWork, type PageWork } from './full-text/work.ts'
import { startForgetting } from './reads/forget.ts'
import { createReadRecorder } from './reads/record.ts'
import { watchReads } from './reads/watch.ts'
import { startWalking } from './reindex/walk.ts'
import { createCounter } from './search/frequencies.ts'
import { keepNeighbours, remakeLists } from './similar/step.ts'
import { startFolding } from './statistics/fold.ts'
import { createVerifier } from './statistics/verify.ts'
import { watchStatistics } from './statistics/watch.ts'
import { createHeadReader, type HeadReader } from './stream/head.ts'
import { startPruning } from './stream/prune.ts'
import { summariesStep } from './summaries/step.ts'
import { createSummaryWork, type SummaryWork } from './summaries/work.ts'
import { createTail, type Tail } from './stream/tail.ts'
import { createTextJudge } from './stream/text-judge.ts'
import { createWake, type Wake } from './stream/wake.ts'

/** How long an event may go unnoticed when the hint of it is lost. */
const sweepMs = 500

export type Services = {
  database: Database
  feeds: FeedWork
  pages: PageWork
  /** Document frequencies, counted as articles come. */
  counter: ReturnType<typeof createCounter>
  enrichment: Enrichment
  /** Where a language model makes summaries. */
  summaries: SummaryWork | undefined
  logger: Logger
  wake: Wake
  tail: Tail
  readHead: HeadReader
  /** What the resolvers of one operation work with. */
  contextFor: (method: string) => Context
  /** Ends everything in the reverse order of its start. */
  close: () => Promise<void>
}

/**
 * Builds all that the server works with, and starts nothing but the database.
 * @param connect how that is reached; what it returns is closed with the rest
 */
export async function createServices(config: Config, connect = connectDatabase): Promise<Services> {
  const logger = createLogger(config.logLevel)
  const clock = () => new Date()
  const database = await connect(config, (error) => logger.warn({ err: error }, 'lost an idle database connection'))
  const { prisma } = database
  const stopUpkeep = database.embedded ? startUpkeep(database.pool, (error) => logger.warn({ err: error }, 'could not tidy up the database')) : undefined
  const onError = (error: unknown) => logger.warn({ err: error }, 'could not look for new events')
  const notices = createNotices({ databaseUrl: config.databaseUrl, onError: (error) => logger.warn({ err: error }, 'lost the connection that hears notices') })
  const wake = createWake(prisma, notices, { sweepMs, onError })
  const tail = createTail(database, wake, { ringSize: config.streamRing, onError })
  const readHead = createHeadReader(prisma)
  const textJudge = createTextJudge(database.pool)
  const reads = watchReads(prisma, notices, (error) => logger.warn({ err: error }, 'could not look for reads that may have been missed'))
  const recorder = createReadRecorder({ pool: database.pool, notices, clock })
  const stopForgetting = startForgetting(
    { pool: database.pool, clock },
    { days: config.readKeyRetentionDays, onError: (error) => logger.warn({ err: error }, 'could not forget the keys of old reads') },
  )
  const verify = createVerifier(database.pool, clock)
  const statisticsChanges = watchStatistics(tail, reads)
  const stopRetention = startRetention(
    { prisma, wake, clock },
    {
      onRemoved: (count) => logger.info({ count }, 'removed articles that their categories no longer keep'),
      onError: (error) => logger.warn({ err: error }, 'could not remove what categories no longer keep'),
    },
  )
  const stopFolding = startFolding({ pool: database.pool, clock }, (error) => logger.warn({ err: error }, 'could not fold the statistics'))
  const stopWalking = startWalking({ prisma, pool: database.pool, wake, clock }, (error) => logger.warn({ err: error }, 'could not index articles anew'))
  const stopPruning = startPruning(
    { prisma, clock },
    { days: config.streamRetentionDays, onError: (error) => logger.warn({ err: error }, 'could not prune the log of the stream') },
  )
  const fetcher = createFetcher(config)
  const feeds = createFeedWork({ prisma, wake, logger, clock, fetcher }, config)
  const pages = createPageWork({ prisma, wake, logger, clock, fetcher })
  const counter = createCounter(database.pool, (error) => logger.warn({ err: error }, 'could not count document frequencies'))
  const enrichment = createEnrichment(
    {
      prisma,
      wake,
      clock,
      onFailed: ({ articleId, givenUp, error }) =>
        givenUp
          ? logger.error({ articleId, err: error }, 'gave up enriching an article')
          : logger.warn({ articleId, err: error }, 'could not enrich an article yet'),
      onError: (error) => logger.warn({ err: error }, 'could not enrich articles'),
    },
    [keepNeighbours, summariesStep({ asks: config.summaryApiUrl !== undefined })],
    { tidy: remakeLists, rests: database.embedded },
  )
  const summaries =
    config.summaryApiUrl === undefined
      ? undefined
      : createSummaryWork(
          { prisma, wake, logger, clock },
          { url: config.summaryApiUrl, key: config.summaryApiKey, name: config.summaryModel },
          config.summaryDailyBudget,
        )
  return {
    database,
    feeds,
    pages,
    counter,
    enrichment,
    summaries,
    logger,
    wake,
    tail,
    readHead,
    contextFor: (method) => ({
      prisma,
      pool: database.pool,
      wake,
      notices,
      readHead,
      textJudge,
      reads,
      recorder,
      statisticsChanges,
      verify,
      feeds,
      logger,
      clock,
      method,
      rights: 'all',
    }),
    close: async () => {
      await feeds.close()
      await pages.close()
      await enrichment.close()
      await counter.close()
      await summaries?.close()
      await fetcher.close()
      await recorder.close()
      await stopForgetting()
      await stopFolding()
      await stopWalking()
      await stopPruning()
      await stopRetention()
      await tail.close()
      await wake.close()
      await notices.close()
      await stopUpkeep?.()
      await database.close()
    },
  }
}
