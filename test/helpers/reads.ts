import { foldBatch, foldStatistics } from '../../src/statistics/fold.ts'
import type { App } from './app.ts'

/** Reads of an article at a time of the test's choice, stored as its own reads are. */
export async function readAt(app: App, articleId: string, at: Date, times = 1): Promise<void> {
  await app.services.database.pool.query(
    `WITH counted AS (
      INSERT INTO article_counter AS c (article_id, read_count, last_read_at) VALUES ($1, $3, $2)
      ON CONFLICT (article_id) DO UPDATE SET read_count = c.read_count + excluded.read_count, last_read_at = greatest(c.last_read_at, excluded.last_read_at)
    )
    INSERT INTO statistics_delta (article_id, start, reads, read_at) VALUES ($1, quarter_of($2), $3, $2)`,
    [articleId, at, times],
  )
}

/** What orders by reads is as new as what was read, and windows end now; also where the server's own fold is at it just then. */
export async function fold({ services }: App, now = new Date()): Promise<void> {
  const { pool } = services.database
  const due = 'SELECT EXISTS (SELECT FROM statistics_delta) OR windows_at < quarter_of($1) AS due FROM statistics_fold'
  while ((await pool.query<{ due: boolean }>(due, [now])).rows[0]!.due) await foldStatistics(pool, now)
}

/** Windows end now; of what was not folded one delta may be. */
export async function moveWindows({ services }: App, now: Date): Promise<void> {
  const { pool } = services.database
  for (;;) {
    const { rows } = await pool.query<{ there: boolean }>('SELECT windows_at >= quarter_of($1) AS there FROM statistics_fold', [now])
    if (rows[0]!.there) return
    await foldBatch(pool, now, 1)
  }
}
