import { parseConfig, type Env } from './config.ts'
import { schema } from './schema.ts'
import { createGraphQL } from './server/yoga.ts'
import { createServices } from './services.ts'

/** What answers a request to the API. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/**
 * Opens an environment's database for its API without a server: nothing listens, and no feed is polled. Meanwhile an embedded
 * database is locked for all others.
 * @throws ConfigError, FolderInUse, MigrationFailed, or the error of the database
 */
export async function openDatabase(env: Env): Promise<{ fetch: Fetch; close: () => Promise<void> }> {
  const services = await createServices(parseConfig({ ...env, LOG_LEVEL: env['LOG_LEVEL'] || 'warn' }))
  const { logger, contextFor, close } = services
  const yoga = createGraphQL({ schema, logger, contextFor })
  return { fetch: async (url, init) => yoga.fetch(url, init), close }
}
