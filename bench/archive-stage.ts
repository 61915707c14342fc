// An archive whose schema is asked in this process: nothing but the query itself is measured.
import { execute, parse, type DocumentNode } from 'graphql'
import { parseConfig } from '../src/config.ts'
import { schema } from '../src/schema.ts'
import { createServices } from '../src/services.ts'
import { foldBatch } from '../src/statistics/fold.ts'
import { createOnServer, dropOnServer, withName } from '../test/helpers/server-database.ts'
import { fillArchive, type Archive } from './archive.ts'
import { explain, listen, type Cost } from './plans.ts'

export type Stage = {
  // oxlint-disable-next-line typescript/no-explicit-any -- an answer's shape is its query's own
  ask: (query: string, variables?: Record<string, unknown>) => Promise<any>
  /** Milliseconds that an answer takes. */
  timed: (query: string, variables?: Record<string, unknown>) => Promise<number>
  cost: (query: string, variables?: Record<string, unknown>) => Promise<Cost>
  close: () => Promise<void>
}

/**
 * Makes an archive in a database of its own on a PostgreSQL server, folds its statistics, and says how long that took. It is dropped
 * with the stage.
 * @param kept the name of a database that bench/archive.ts has filled, in place of that: it stays
 */
export async function openStage(server: string, archive: Archive, kept?: string): Promise<Stage> {
  const name = kept ?? (await createOnServer(server))
  const drop = async () => void (kept === undefined && (await dropOnServer(server, name)))
  try {
    const url = withName(server, name)
    const services = await createServices(parseConfig({ DATABASE_URL: url, LOG_LEVEL: 'fatal' }))
    const { pool } = services.database
    const from = performance.now()
    if (kept === undefined) await fillArchive(pool, archive)
    const filled = performance.now()
    await foldAll(pool)
    const seconds = (milliseconds: number) => `${(milliseconds / 1_000).toFixed(0)} s`
    console.log(`${archive.articles} articles: filled in ${seconds(filled - from)}, folded in ${seconds(performance.now() - filled)}`)
    for (const table of ['article_rank', 'read_bucket', 'statistics_rollup', 'statistics_delta']) await pool.query(`VACUUM (ANALYZE) ${table}`)

    const heard = listen(pool)
    const documents = new Map<string, DocumentNode>()
    const ask: Stage['ask'] = async (query, variables = {}) => {
      let document = documents.get(query)
      if (!document) documents.set(query, (document = parse(query)))
      const { data, errors } = await execute({ schema, document, variableValues: variables, contextValue: services.contextFor('POST') })
      if (errors) throw errors[0]!
      return data
    }
    return {
      ask,
      timed: async (query, variables) => {
        const begun = performance.now()
        await ask(query, variables)
        return performance.now() - begun
      },
      cost: async (query, variables) => {
        heard()
        await ask(query, variables)
        return explain(
          pool,
          heard().filter(({ text }) => !text.endsWith('FROM statistics_fold')),
        )
      },
      close: async () => {
        await services.close()
        await drop()
      },
    }
  } catch (error) {
    await drop()
    throw error
  }
}

/** Large batches take a third of the time. The services fold too, each second: whoever comes second waits. */
async function foldAll(pool: Parameters<typeof foldBatch>[0]): Promise<void> {
  const left = async () => (await pool.query<{ left: boolean }>('SELECT EXISTS (SELECT FROM statistics_delta) AS left')).rows[0]!.left
  while (await left()) {
    if ((await foldBatch(pool, new Date(), 500_000)) === 0) await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
