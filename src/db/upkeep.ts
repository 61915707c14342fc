import type pg from 'pg'
import { repeat } from '../repeat.ts'

/** How often. Between two, the embedded database plans with what it knew, and dead rows wait for their space. */
const everyMs = 3_600_000

/**
 * Does what autovacuum does on a PostgreSQL server, where nothing does it: the embedded database has no process of its own
 * for it. One statement for each table, so that queries get their turn in between.
 */
export async function tidy(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(`SELECT format('%I', relname) AS name FROM pg_stat_user_tables ORDER BY relname`)
  for (const { name } of rows) await pool.query(`VACUUM (ANALYZE) ${name}`)
}

/** Tidies up every hour. @returns stops it, and waits for what is under way */
export function startUpkeep(pool: pg.Pool, onError: (error: unknown) => void): () => Promise<void> {
  return repeat(everyMs, () => tidy(pool), onError)
}
