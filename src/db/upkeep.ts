import type pg from 'pg'
import { repeat } from '../repeat.ts'

/** How often. Between two, dead rows wait for their space. */
const everyMs = 3_600_000
/** How often to look for tables that have grown. Until then the embedded database plans with what it knew. */
const everyGrownMs = 60_000

/**
 * Does what autovacuum does on a PostgreSQL server, where nothing does it: the embedded database has no process of its own
 * for it. One statement for each table, so that queries get their turn in between.
 */
export async function tidy(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(`SELECT format('%I', relname) AS name FROM pg_stat_user_tables ORDER BY relname`)
  for (const { name } of rows) await pool.query(`VACUUM (ANALYZE) ${name}`)
}

/** Tells the planner of tables of which more rows have changed than it knew there were: what was planned for few is planned anew. */
export async function analyseGrown(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(`
    SELECT format('%I', s.relname) AS name FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
    WHERE s.n_mod_since_analyze > 50 + greatest(c.reltuples, 0) ORDER BY s.relname`)
  for (const { name } of rows) await pool.query(`ANALYZE ${name}`)
}

/** Tidies up every hour, and looks for tables that have grown every minute. @returns stops both, and waits for what is under way */
export function startUpkeep(pool: pg.Pool, onError: (error: unknown) => void): () => Promise<void> {
  const stops = [repeat(everyMs, () => tidy(pool), onError), repeat(everyGrownMs, () => analyseGrown(pool), onError)]
  return async () => {
    await Promise.all(stops.map((stop) => stop()))
  }
}
