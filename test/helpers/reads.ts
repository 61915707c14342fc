import { foldStatistics } from '../../src/statistics/fold.ts'
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

/** What orders by reads is as new as what was read. */
export const fold = (app: App, now = new Date()) => foldStatistics(app.services.database.pool, now)
