import { existsSync } from 'node:fs'
import { ConfigError, parseConfig, type Env } from './config.ts'
import { schema } from './schema.ts'
import { createGraphQL } from './server/yoga.ts'
import { createServices } from './services.ts'

/** What answers a request to the API. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/**
 * Opens an environment's database for its API without a server: nothing listens, no feed is polled, and articles are enriched where `enriches` says so. Meanwhile an embedded
 * database is locked for all others.
 * @param made whether an embedded database has to be there already
 * @returns `where` says which database it is
 * @throws ConfigError, FolderInUse, MigrationFailed, or the error of the database
 */
export async function openDatabase(
  env: Env,
  { made, enriches = false }: { made: boolean; enriches?: boolean },
): Promise<{ where: string; fetch: Fetch; close: () => Promise<void> }> {
  const config = parseConfig({ ...env, LOG_LEVEL: env['LOG_LEVEL'] || 'warn' })
  const embedded = config.databaseUrl === undefined
  if (embedded && made && !existsSync(config.dataDir)) throw new ConfigError(`DATA_DIR: there is no database in ${config.dataDir}`)
  const services = await createServices(config)
  const { logger, contextFor, counter, enrichment, close } = services
  if (enriches) {
    counter.start()
    enrichment.start()
  }
  const yoga = createGraphQL({ schema, logger, contextFor })
  return { where: embedded ? `the database in ${config.dataDir}` : 'the database of DATABASE_URL', fetch: async (url, init) => yoga.fetch(url, init), close }
}
