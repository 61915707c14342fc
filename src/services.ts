import { setMaxListeners } from 'node:events'
import type { Logger } from 'pino'
import { startRetention } from './articles/retention.ts'
import type { Config } from './config.ts'
import { connectDatabase, type Database } from './db/connect.ts'
import { startUpkeep } from './db/upkeep.ts'
import { createFetcher } from './feeds/fetch.ts'
import { createFeedWork, type FeedWork } from './feeds/work.ts'
import type { Context } from './graphql/context.ts'
import { createLogger } from './observability/log.ts'
import { createPageWork, type PageWork } from './full-text/work.ts'
import { createWake, type Wake } from './stream/wake.ts'

/** How long an event that another process appended may go unnoticed. */
const sweepMs = 500

export type Services = {
  database: Database
  feeds: FeedWork
  pages: PageWork
  logger: Logger
  wake: Wake
  /** What the resolvers of one operation work with. */
  contextFor: (method: string) => Context
  /** Ends every subscription, then everything else in the reverse order of its start. */
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
  const stopping = new AbortController()
  setMaxListeners(0, stopping.signal) // every subscription listens
  const wake = createWake(prisma, { sweepMs, onError: (error) => logger.warn({ err: error }, 'could not look for new events') })
  const stopRetention = startRetention(
    { prisma, wake, clock },
    {
      onRemoved: (count) => logger.info({ count }, 'removed articles that their categories no longer keep'),
      onError: (error) => logger.warn({ err: error }, 'could not remove what categories no longer keep'),
    },
  )
  const fetcher = createFetcher(config)
  const feeds = createFeedWork({ prisma, wake, logger, clock, fetcher }, config)
  const pages = createPageWork({ prisma, wake, logger, clock, fetcher })
  return {
    database,
    feeds,
    pages,
    logger,
    wake,
    contextFor: (method) => ({ prisma, wake, feeds, logger, clock, method, stopping: stopping.signal }),
    close: async () => {
      stopping.abort()
      await feeds.close()
      await pages.close()
      await fetcher.close()
      await stopRetention()
      await wake.close()
      await stopUpkeep?.()
      await database.close()
    },
  }
}
