import { onTestFinished } from 'vitest'
import { parseConfig } from '../../src/config.ts'
import type { Database } from '../../src/db/connect.ts'
import { startServer, type RunningServer } from '../../src/serve.ts'
import type { TestDatabase } from './database.ts'
import { lendDatabase } from './lent-database.ts'

export type GraphQLAnswer = {
  data?: any
  errors?: { message: string; path?: (string | number)[]; extensions: { code: string; field?: string; id?: string } }[]
}

/** A real server on a port of its own, over a database of its own. */
export type App = RunningServer & {
  database: TestDatabase
  /** Posts an operation, and returns its data. @throws the first error's code and message */
  gql: (query: string, variables?: Record<string, unknown>) => Promise<any>
  /** Posts an operation, and returns all of the answer. */
  ask: (query: string, variables?: Record<string, unknown>) => Promise<GraphQLAnswer>
  /** The SQL statements that `run` costs, without BEGIN and COMMIT. */
  statements: (run: () => Promise<unknown>) => Promise<string[]>
}

type Options = {
  env?: Record<string, string>
  poll?: boolean
  /** Whether articles are enriched: a statement, and an event for each, at a time of its own. */
  enrich?: boolean
  database?: TestDatabase
}

/**
 * Starts a server. Whoever asks for it closes it.
 * @param database one that is there, and stays: another server may use it too, or after this one
 */
export async function startApp({ env = {}, poll = false, enrich = false, database: given }: Options = {}): Promise<App> {
  const lent = given ? undefined : await lendDatabase()
  const database = given ?? lent!.test
  const running = await startServer(parseConfig({ PORT: '0', LOG_LEVEL: 'fatal', HOST_SPACING_MS: '0', ...database.env, ...env }), {
    poll,
    enrich,
    ...(lent && { connect: async () => lent.connected }),
  })
  const ask = (query: string, variables: Record<string, unknown> = {}) => post(running.url, query, variables)
  const listened = listenTo(running.services.database)
  return {
    ...running,
    database,
    ask,
    gql: async (query, variables) => dataOf(await ask(query, variables)),
    statements: async (run) => {
      listened.length = 0
      await run()
      return listened.filter((statement) => !/^(BEGIN|COMMIT|ROLLBACK)/i.test(statement))
    },
    close: async () => {
      await running.close()
      await lent?.giveBack()
    },
  }
}

const heard = new WeakMap<Database['pool'], string[]>()

/** The statements of a client from now on; a client that several servers use one after the other is listened to once. */
function listenTo({ prisma, pool }: Pick<Database, 'prisma' | 'pool'>): string[] {
  const known = heard.get(pool)
  if (known) return known
  const statements: string[] = []
  heard.set(pool, statements)
  // What resolvers ask past Prisma has a name, if an empty one (db/statement-names.ts); Prisma asks the same pool, with types of its own.
  const query = pool.query.bind(pool) as (...args: unknown[]) => unknown
  pool.query = ((...args: unknown[]) => {
    const { name, text, types } = Object(args[0]) as { name?: string; text?: string; types?: unknown }
    if (name !== undefined && text && !types) statements.push(text)
    return query(...args)
  }) as typeof pool.query
  const listening = prisma as unknown as { $on: (event: 'query', listener: (event: { query: string }) => void) => void }
  listening.$on('query', ({ query }) => statements.push(query))
  return statements
}

/** A server for the test that is running, closed when that ends. */
export async function useApp(options?: Options): Promise<App> {
  const app = await startApp(options)
  onTestFinished(() => app.close())
  return app
}

export async function post(url: string, query: string, variables: Record<string, unknown> = {}): Promise<GraphQLAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify({ query, variables }),
  })
  return (await response.json()) as GraphQLAnswer
}

export function dataOf({ data, errors }: GraphQLAnswer): any {
  if (errors) throw new Error(`${errors[0]!.extensions?.code}: ${errors[0]!.message}`)
  return data
}

/** A draft for ingestArticles; a number makes its link its own. */
export function draft(n: number | string, fields: Record<string, unknown> = {}) {
  return { url: `https://example.com/${n}`, title: `Title ${n}`, content: `Text ${n}.`, categoryId: 'world', publishedAt: '2026-01-01T00:00:00Z', ...fields }
}

/** Ingests drafts; returns the results. */
export async function ingest(app: Pick<App, 'gql'>, articles: object[]) {
  const { ingestArticles } = await app.gql(
    `mutation ($articles: [ArticleInput!]!) {
      ingestArticles(input: { articles: $articles }) { results { status cursor article { id title url } error { code message field } } }
    }`,
    { articles },
  )
  return ingestArticles.results as {
    status: string
    cursor: string | null
    article: { id: string; title: string; url: string } | null
    error: { code: string; message: string; field: string | null } | null
  }[]
}

export async function addCategory(app: Pick<App, 'gql'>, id = 'world', name = id) {
  await app.gql('mutation ($input: AddCategoryInput!) { addCategory(input: $input) { category { id } } }', { input: { id, name } })
}

export async function addFeed(app: Pick<App, 'gql'>, url: string, fields: Record<string, unknown> = {}): Promise<string> {
  const { addFeed: payload } = await app.gql('mutation ($input: AddFeedInput!) { addFeed(input: $input) { feed { id } } }', {
    input: { url, categoryId: 'world', ...fields },
  })
  return payload.feed.id
}

export async function refreshFeed(app: Pick<App, 'gql'>, id: string) {
  const { refreshFeed: payload } = await app.gql(
    `mutation ($id: ID!) { refreshFeed(id: $id) { fetch { outcome httpStatus ingested updated duplicates rejected { title url reason } error } feed { title format health { state lastError consecutiveFailures } } } }`,
    { id },
  )
  return payload
}
