import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { startEmbedded } from './embedded.ts'
import { PrismaClient } from './generated/client.ts'
import { migrate } from './migrate.ts'
import { beginSession } from './session.ts'
import { nameOf } from './statement-names.ts'

export type Prisma = PrismaClient
/** The client inside a transaction: nothing there may ask another, since the embedded database has one connection. */
export type Transaction = Parameters<Parameters<PrismaClient['$transaction']>[0]>[0]

export type Database = {
  prisma: Prisma
  pool: pg.Pool
  embedded: boolean
  /** Names of the migrations that this start applied. */
  migrated: string[]
  close: () => Promise<void>
}

export type DatabaseOptions = { databaseUrl: string | undefined; databasePoolSize: number; dataDir: string }

/**
 * Connects to PostgreSQL, or starts the embedded database, and brings its tables up to date.
 * @throws MigrationFailed, FolderInUse, or the driver's error when there is no connection
 */
export async function connectDatabase({ databaseUrl, databasePoolSize, dataDir }: DatabaseOptions, onPoolError: (error: Error) => void): Promise<Database> {
  const embedded = databaseUrl === undefined
  const { pool, stop } = embedded ? await startEmbedded(dataDir) : openPool(databaseUrl, databasePoolSize)
  // Without a listener, the loss of an idle connection would end the process; the pool makes a new one by itself.
  pool.on('error', onPoolError)
  try {
    const migrated = await migrate(pool, { lock: !embedded })
    const prisma = new PrismaClient({
      adapter: new PrismaPg(pool, { statementNameGenerator: ({ sql }) => nameOf(sql) }),
      // Transactions wait for their connection, and on the embedded database for each other.
      transactionOptions: { maxWait: 60_000, timeout: 120_000 },
      log: [{ emit: 'event', level: 'query' }],
    })
    const close = async () => {
      await prisma.$disconnect()
      await stop()
    }
    return { prisma, pool, embedded, migrated, close }
  } catch (error) {
    await stop()
    throw error
  }
}

function openPool(connectionString: string, max: number): { pool: pg.Pool; stop: () => Promise<void> } {
  const pool = new pg.Pool({
    connectionString,
    max,
    connectionTimeoutMillis: 10_000,
    application_name: 'newswire',
    // oxlint-disable-next-line typescript/no-misused-promises -- the pool waits for it, though its types do not say so
    onConnect: beginSession,
  })
  return { pool, stop: () => pool.end() }
}
