import { foldStatistics } from '../../src/statistics/fold.ts'
import type { App } from './app.ts'

/** Stores reads as recordRead does, of moments that a test chooses, and folds them. */
export async function readAt(app: Pick<App, 'services'>, reads: { articleId: string; count: number; at: Date }[]): Promise<void> {
  await app.services.database.pool.query(
    `WITH given AS (SELECT * FROM unnest($1::uuid[], $2::int[], $3::timestamptz[]) AS g(id, count, at)), counters AS (
       INSERT INTO article_counter AS c (article_id, read_count, last_read_at) SELECT id, sum(count), max(at) FROM given GROUP BY id
       ON CONFLICT (article_id) DO UPDATE SET read_count = c.read_count + excluded.read_count, last_read_at = greatest(c.last_read_at, excluded.last_read_at)
     )
     INSERT INTO statistics_delta (article_id, start, reads, read_at) SELECT id, quarter_of(at), count, at FROM given`,
    [reads.map((read) => read.articleId), reads.map((read) => read.count), reads.map((read) => read.at)],
  )
  await foldAll(app)
}

/** Folds all there is, whoever else is at it. */
async function foldAll({ services }: Pick<App, 'services'>): Promise<void> {
  const { pool } = services.database
  const left = async () => (await pool.query<{ left: boolean }>('SELECT EXISTS (SELECT FROM statistics_delta) AS left')).rows[0]!.left
  while (await left()) await foldStatistics(pool, new Date())
}
