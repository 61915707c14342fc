import type pg from 'pg'
import { Prisma } from '../db/generated/client.ts'
import { keepUp } from '../repeat.ts'
import { pendingSql } from './pending.ts'
import { addTrends, sumTrends, weightSql } from './trend.ts'

/** Deltas that one transaction folds: many, since it costs by the articles that they name. */
const batch = 30_000
/** How often to look for deltas. What orders by reads is as far behind, and as long as a fold takes. */
const everyMs = 500
/** Any number but those of other locks: only one server folds at a time. */
const lockId = 7_242_001

/** How far back a window of article_rank reaches. */
const windows = { day: Prisma.sql`interval '1 day'`, week: Prisma.sql`interval '7 days'`, month: Prisma.sql`interval '30 days'` }

/**
 * Folds what the statistics' deltas say into the rollups by category and time, the reads of each article by time, and its
 * rank; and moves the windows of the ranks on to now. Nobody else writes these tables, so no other transaction waits for them.
 * @returns how many deltas it folded: all there were, unless another server is at it
 */
export async function foldStatistics(pool: pg.Pool, now: Date): Promise<number> {
  let folded = 0
  for (;;) {
    const count = await foldBatch(pool, now, batch)
    folded += count
    if (count < batch) return folded
  }
}

/** One transaction of at most so many deltas, the oldest. @returns how many; fewer when there are no more, or another server is at it */
export async function foldBatch(pool: pg.Pool, now: Date, most: number): Promise<number> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    // Before the statement that folds, whose snapshot must be later than the last fold's commit.
    const { rows: locks } = await client.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS mine', [lockId])
    const { rows: states } = locks[0]!.mine
      ? await client.query<{ due: boolean }>('SELECT quarter_of($1) > windows_at AS due FROM statistics_fold', [now])
      : { rows: [] }
    const [state] = states
    let folded = 0
    if (state) {
      if (state.due) await client.query(advance(now))
      const { rows } = await client.query<{ folded: number }>({ name: 'fold', ...textOf(fold(most)) })
      folded = rows[0]!.folded
    }
    await client.query('COMMIT')
    client.release()
    return folded
  } catch (error) {
    client.release(true) // its transaction ends with it
    throw error
  }
}

/** Takes the reads that a window leaves behind from the ranks. */
function advance(now: Date): Prisma.Sql {
  const leaves = (window: Prisma.Sql) => Prisma.sql`b.start > f.windows_at - ${window} AND b.start <= f.until - ${window}`
  return Prisma.sql`
    WITH f AS (SELECT windows_at, quarter_of(${now}) AS until FROM statistics_fold), left_behind AS (
      SELECT b.article_id, coalesce(sum(b.reads) FILTER (WHERE ${leaves(windows.day)}), 0) AS day,
        coalesce(sum(b.reads) FILTER (WHERE ${leaves(windows.week)}), 0) AS week, coalesce(sum(b.reads) FILTER (WHERE ${leaves(windows.month)}), 0) AS month
      FROM f JOIN read_bucket b ON (${leaves(windows.day)}) OR (${leaves(windows.week)}) OR (${leaves(windows.month)})
      GROUP BY b.article_id
    ), ranks AS (
      UPDATE article_rank r SET day = r.day - l.day, week = r.week - l.week, month = r.month - l.month FROM left_behind l WHERE r.article_id = l.article_id
    )
    UPDATE statistics_fold SET windows_at = f.until FROM f`
}

const fold = (most: number) => Prisma.sql`
  WITH taken AS (
    DELETE FROM statistics_delta WHERE id IN (SELECT id FROM statistics_delta ORDER BY id LIMIT ${most}) RETURNING *
  ), ${pendingSql(Prisma.sql`taken`)}, rollups AS (
    INSERT INTO statistics_rollup AS r (category_id, minutes, start, articles, words, reads, of_articles)
    SELECT k.category_id, s.minutes, s.start, sum(p.articles), sum(p.words), sum(p.reads), sum(p.of_articles)
    FROM pending p CROSS JOIN LATERAL (VALUES (''), (p.category_id)) k(category_id)
    CROSS JOIN LATERAL (VALUES (0, timestamptz 'epoch'), (60, date_bin('1 hour', p.start, '0001-01-01 00:00:00+00')), (15, p.start)) s(minutes, start)
    GROUP BY 1, 2, 3 HAVING sum(p.articles) <> 0 OR sum(p.words) <> 0 OR sum(p.reads) <> 0 OR sum(p.of_articles) <> 0
    ON CONFLICT (category_id, minutes, start) DO UPDATE SET articles = r.articles + excluded.articles, words = r.words + excluded.words, reads = r.reads + excluded.reads,
      of_articles = r.of_articles + excluded.of_articles
  ), gone_ranks AS (
    DELETE FROM article_rank r USING place p WHERE r.article_id = p.id AND p.category_id IS NULL
  ), gone_buckets AS (
    DELETE FROM read_bucket b USING place p WHERE b.article_id = p.id AND p.category_id IS NULL
  ), counted AS MATERIALIZED (
    SELECT p.id, p.category_id, p.published, d.start, sum(d.reads)::int AS reads, max(d.read_at) AS read_at
    FROM taken d JOIN place p ON p.id = d.article_id WHERE d.reads <> 0 AND p.category_id IS NOT NULL GROUP BY 1, 2, 3, 4
  ), buckets AS (
    INSERT INTO read_bucket AS b (article_id, start, reads) SELECT id, start, reads FROM counted
    ON CONFLICT (article_id, start) DO UPDATE SET reads = b.reads + excluded.reads
  ), weighed AS (
    SELECT *, max(trend) OVER (PARTITION BY id) AS greatest_trend FROM (SELECT *, ln(reads) + ${weightSql(Prisma.sql`read_at`)} AS trend FROM counted) c
  ), ranks AS (
    INSERT INTO article_rank AS r (article_id, category_id, published, read_count, last_read_at, trend, day, week, month)
    SELECT w.id, w.category_id, w.published, sum(w.reads), max(w.read_at), ${sumTrends(Prisma.sql`w.trend`, Prisma.sql`w.greatest_trend`)},
      ${within(windows.day)}, ${within(windows.week)}, ${within(windows.month)}
    FROM weighed w, statistics_fold f GROUP BY w.id, w.category_id, w.published
    ON CONFLICT (article_id) DO UPDATE SET category_id = excluded.category_id, published = excluded.published, read_count = r.read_count + excluded.read_count,
      last_read_at = greatest(r.last_read_at, excluded.last_read_at), trend = ${addTrends(Prisma.sql`r.trend`, Prisma.sql`excluded.trend`)},
      day = r.day + excluded.day, week = r.week + excluded.week, month = r.month + excluded.month
  ), moved AS (
    UPDATE article_rank r SET category_id = p.category_id, published = p.published FROM place p
    WHERE r.article_id = p.id AND (p.was, p.was_published) <> (p.category_id, p.published) AND NOT EXISTS (SELECT FROM counted c WHERE c.id = p.id)
  )
  SELECT count(*)::int AS folded FROM taken`

const within = (window: Prisma.Sql) => Prisma.sql`coalesce(sum(w.reads) FILTER (WHERE w.start > f.windows_at - ${window}), 0)`

const textOf = ({ text, values }: Prisma.Sql) => ({ text, values })

/** Folds twice a second. @returns stops it, and waits for the fold that is under way */
export function startFolding({ pool, clock }: { pool: pg.Pool; clock: () => Date }, onError: (error: unknown) => void): () => Promise<void> {
  const run = async () => {
    const { rows } = await pool.query<{ due: boolean }>(
      'SELECT EXISTS (SELECT FROM statistics_delta) OR quarter_of($1) > windows_at AS due FROM statistics_fold',
      [clock()],
    )
    return rows[0]?.due === true && (await foldBatch(pool, clock(), batch)) === batch
  }
  // Half of the time while it is behind, and a third of it otherwise: others write meanwhile.
  const waitMs = (behind: boolean, tookMs: number) => (behind ? tookMs : Math.max(everyMs - tookMs, 2 * tookMs))
  return keepUp(run, { firstMs: everyMs, waitMs, onError })
}
