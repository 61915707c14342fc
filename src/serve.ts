import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import type { Logger } from 'pino'
import { ConfigError, defaultUrl, parseConfig, type Config, type Env } from './config.ts'
import { connectDatabase } from './db/connect.ts'
import { FolderInUse } from './db/folder-lock.ts'
import { MigrationFailed } from './db/migrate.ts'
import { processGauges, renderGauges, type Gauge } from './observability/metrics.ts'
import { schema } from './schema.ts'
import { createHttpServer } from './server/http.ts'
import { presentError } from './server/present-error.ts'
import { createSlots } from './server/slots.ts'
import { serveWebSocket } from './server/websocket.ts'
import { createGraphQL } from './server/yoga.ts'
import { createServices, type Services } from './services.ts'
import type { FollowLimits } from './stream/follow.ts'
import { createSubscriptions, type Subscriptions } from './stream/subscriptions.ts'

export type RunningServer = {
  /** Where the API answers, e.g. http://127.0.0.1:4000/graphql. */
  url: string
  services: Services
  subscriptions: Subscriptions
  /** Finishes what runs, closes every socket, and then the database. */
  close: () => Promise<void>
}

/** Requests that still run after this are cut off, so that a stop takes less than 10 s. */
const drainMs = 5_000
/** A stop that takes longer is given up, and the process ends with 1. */
const stopWithinMs = 10_000

/**
 * Starts the server: database, HTTP, WebSocket, and, unless told otherwise, the poller and what enriches articles.
 * @throws FolderInUse, MigrationFailed, or the error of the database or of listening
 */
export async function startServer(
  config: Config,
  { poll = true, enrich = true, connect = connectDatabase }: { poll?: boolean; enrich?: boolean; connect?: typeof connectDatabase } = {},
): Promise<RunningServer> {
  const services = await createServices(config, connect)
  try {
    const { logger, database, contextFor, counter, enrichment, summaries } = services
    const yoga = createGraphQL({ schema, logger, contextFor })
    const healthy = () =>
      database.prisma.$queryRaw`SELECT 1`.then(
        () => true,
        () => false,
      )
    const { keepAliveMs } = config
    const slots = createSlots(config.maxSockets)
    const subscriptions = createSubscriptions({
      tail: services.tail,
      readHead: services.readHead,
      present: (error) => presentError(error, logger),
      limits: followLimits(config),
    })
    const gauges: Gauge[] = [
      { name: 'newswire_sockets', help: 'Open WebSockets and event streams.', read: slots.taken },
      { name: 'newswire_subscriptions', help: 'Subscriptions that live.', read: subscriptions.live },
      {
        name: 'newswire_enrichment_backlog',
        help: 'Articles, and edits of them, that wait to be enriched; at most 100000 are counted.',
        read: enrichment.backlog,
      },
      { name: 'newswire_enriched_articles_total', help: 'Articles that this process has enriched.', type: 'counter', read: enrichment.enriched },
      { name: 'newswire_enrichment_failures_total', help: 'Articles that this process could not enrich.', type: 'counter', read: enrichment.failed },
      ...(summaries
        ? [
            {
              name: 'newswire_summary_backlog',
              help: 'Articles that wait for a summary by the language model; at most 100000 are counted.',
              read: summaries.backlog,
            },
            { name: 'newswire_summary_requests_today', help: 'Requests to the language model since midnight UTC, of all servers.', read: summaries.spent },
          ]
        : []),
      ...processGauges,
    ]
    const metrics = () => renderGauges(gauges)
    const { server, endStreams } = createHttpServer({ yoga, subscriptions, slots, logger, keepAliveMs, healthy, metrics, push: services.feeds.push })
    const closeSockets = serveWebSocket(
      { server, yoga, subscriptions, logger, slots },
      { messageBytes: config.maxMessageKib * 1024, operations: config.subscriptionsPerSocket, initMs: config.connectionInitMs, keepAliveMs },
    )
    server.listen(config.port, config.host)
    await once(server, 'listening')
    if (poll) {
      services.feeds.startPolling()
      services.pages.start()
    }
    if (enrich) {
      counter.start()
      enrichment.start()
      summaries?.start()
    }
    const { port } = server.address() as AddressInfo
    const host = config.host === '::1' ? '[::1]' : config.host
    const close = async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeIdleConnections()
      await closeSockets()
      endStreams()
      const patience = setTimeout(() => server.closeAllConnections(), drainMs)
      await closed
      clearTimeout(patience)
      await subscriptions.close()
      await services.close()
    }
    return { url: `http://${host}:${port}/graphql`, services, subscriptions, close }
  } catch (error) {
    await services.close()
    throw error
  }
}

const followLimits = ({ replayPage, unreadKib }: Config): FollowLimits => ({
  page: replayPage,
  bytes: 1024 * 1024,
  bytesInAll: 32 * 1024 * 1024,
  unread: 64 * 1024,
  mostUnread: unreadKib * 1024,
  waitMs: 100,
})

/**
 * Runs the server of an environment until SIGTERM or SIGINT, and ends the process: 0 after a clean stop, 1 otherwise.
 */
export async function serve(env: Env): Promise<never> {
  return runUntilSignal(async () => {
    const config = parseConfig(env)
    const running = await startServer(config)
    process.stdout.write(welcome(running.url, config))
    return { logger: running.services.logger, close: running.close }
  })
}

/**
 * Starts something, keeps it until SIGTERM or SIGINT, closes it, and ends the process. A signal that comes during the start
 * waits for its end, so that what was begun is undone in order.
 * A terminal sends a signal to npm and to its child, and npm passes its own on: a second one within a second is the same.
 */
export async function runUntilSignal(start: () => Promise<{ logger: Logger; close: () => Promise<void> }>): Promise<never> {
  const starting = start()
  let firstAt: number | undefined
  const stop = (signal: NodeJS.Signals) => {
    if (firstAt !== undefined) {
      if (Date.now() - firstAt > 1_000) process.exit(1)
      return
    }
    firstAt = Date.now()
    const close = async () => {
      const running = await starting.catch(() => undefined) // told below
      if (!running) return
      setTimeout(() => process.exit(1), stopWithinMs).unref()
      running.logger.info({ signal }, 'stopping')
      await running.close().then(
        () => process.exit(0),
        (error: unknown) => {
          running.logger.fatal({ err: error }, 'did not stop cleanly')
          process.exit(1)
        },
      )
    }
    void close()
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  try {
    await starting
  } catch (error) {
    process.stderr.write(`newswire: ${startProblem(error)}\n`)
    process.exit(1)
  }
  return new Promise(() => undefined)
}

/** Applies the migrations of an environment's database. @returns their names */
export async function migrateOnly(env: Env): Promise<string[]> {
  const database = await connectDatabase(parseConfig(env), () => undefined)
  await database.close()
  return database.migrated
}

/** Why a start failed, on one line where it is one that people can mend; with the name of the setting that it is about. */
export function startProblem(error: unknown): string {
  if (error instanceof ConfigError || error instanceof FolderInUse || error instanceof MigrationFailed) return error.message
  const { code, message, stack, syscall, path, port } = error as NodeJS.ErrnoException & { port?: number }
  if (code === 'EADDRINUSE') return `PORT: port ${port} is in use: stop what listens there, or set PORT to another one`
  if (syscall === 'listen') return `HOST, PORT: ${message}`
  if (error instanceof pg.DatabaseError) return `DATABASE_URL: ${message}${code === databaseMissing ? ': make it first, with createdb for instance' : ''}`
  if (syscall === 'connect' || syscall === 'getaddrinfo') return `DATABASE_URL: no PostgreSQL answers there: ${message}`
  if (path !== undefined && code !== undefined) return `DATA_DIR: ${message}`
  return stack ?? String(error)
}

/** PostgreSQL's invalid_catalog_name. */
const databaseMissing = '3D000'

function welcome(url: string, config: Config): string {
  const at = url === defaultUrl ? '' : ` --url ${url}`
  return `Newswire is listening.
  GraphQL   ${url}
  GraphiQL  ${url} in a browser
  Database  ${config.databaseUrl === undefined ? `embedded, in ${config.dataDir}` : 'PostgreSQL'}
Add a feed:
  npm run newswire -- category add world --name World${at}
  npm run newswire -- feed add https://example.com/feed.xml --category world --refresh${at}
`
}
