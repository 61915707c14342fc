// Databases that the servers of one test file use one after the other, since a start of the embedded one costs most of a second
// of a processor. Each is empty, and of another stream, when it is lent; one whose tables a test has changed is thrown away.
import type pg from 'pg'
import { parseConfig } from '../../src/config.ts'
import { connectDatabase, type Database } from '../../src/db/connect.ts'
import { analysisVersion } from '../../src/words/analysis.ts'
import { createDatabase, type TestDatabase } from './database.ts'

/** A connected database. Whoever borrows it gives it back, and does not close it. */
export type LentDatabase = { test: TestDatabase; connected: Database; giveBack: () => Promise<void> }

type Kept = { test: TestDatabase; connected: Database; shape: string; close: () => Promise<void> }

const idle: Kept[] = []

export async function lendDatabase(): Promise<LentDatabase> {
  const kept = idle.pop()
  if (kept) await empty(kept.connected.pool)
  const { test, connected, shape, close } = kept ?? (await open())
  return {
    test,
    connected: { ...connected, close: async () => undefined },
    giveBack: async () => {
      const { pool } = connected
      const whole = pool.idleCount === pool.totalCount && (await shapeOf(pool)) === shape
      if (whole) idle.push({ test, connected, shape, close })
      else await close()
    },
  }
}

/** Closes and drops those that nobody has borrowed. */
export async function closeLentDatabases(): Promise<void> {
  for (const { close } of idle.splice(0)) await close()
}

async function open(): Promise<Kept> {
  const test = await createDatabase()
  const connected = await connectDatabase(parseConfig(test.env), () => undefined)
  await connected.pool.query(`UPDATE reindex SET ${walked}`)
  const close = async () => {
    await connected.close()
    await test.drop()
  }
  return { test, connected, shape: await shapeOf(connected.pool), close }
}

/** All that a test could have left behind in the tables' definitions. */
async function shapeOf(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query<{ shape: string }>(`
    SELECT md5(string_agg(concat_ws(' ', c.relname, c.relkind, c.reloptions, a.attname, a.atttypid, a.attnotnull, t.tgname, t.tgenabled, pg_get_constraintdef(k.oid)), ','
      ORDER BY c.relname, a.attnum, t.tgname, k.oid)) AS shape
    FROM pg_class c
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal AND a.attnum = 1
    LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND a.attnum = 1
    WHERE c.relnamespace = 'public'::regnamespace`)
  return rows[0]!.shape
}

/** An empty archive is walked over already: a test's articles are left alone. */
const walked = `version = ${analysisVersion}, started_at = now(), finished_at = now()`

/** As it was after its migrations, which write nothing but the head of the stream, and how far the fold and the walk are. */
async function empty(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ tables: string }>(`
    SELECT string_agg(quote_ident(tablename), ', ') AS tables FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'`)
  await pool.query(
    `TRUNCATE ${rows[0]!.tables} RESTART IDENTITY; INSERT INTO stream_head (stream_id) VALUES (gen_random_uuid()); INSERT INTO statistics_fold (windows_at) VALUES (timestamptz 'epoch');
     INSERT INTO reindex DEFAULT VALUES; UPDATE reindex SET ${walked}`,
  )
}
