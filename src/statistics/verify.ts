import type pg from 'pg'
import { Prisma } from '../db/generated/client.ts'
import { foldStatistics } from './fold.ts'
import { unfolded } from './pending.ts'

/** Where the statistics say something else than the rows that they are made of. */
export type Difference = { what: string; expected: string; found: string }

/** Differences of one kind that are listed. */
const mostListed = 100

/**
 * Recomputes what the statistics keep from the articles and their reads, and compares. Each comparison is one snapshot, so
 * it may run while others ingest and read. It reads every article's row, not its text: seconds at a million.
 * @returns at most 100 differences of each kind; none when all agree
 */
export async function verifyStatistics(pool: pg.Pool, now: Date): Promise<Difference[]> {
  await foldStatistics(pool, now)
  const differences: Difference[] = []
  for (const check of [rollups, counters, ranks]) {
    const { rows } = await pool.query<Difference>({ text: check.text, values: check.values })
    differences.push(...rows)
  }
  return differences
}

/** Verifies once at a time: whoever asks meanwhile gets the answer of the one under way. */
export function createVerifier(pool: pg.Pool, clock: () => Date): () => Promise<Difference[]> {
  let running: Promise<Difference[]> | undefined
  return () => (running ??= verifyStatistics(pool, clock()).finally(() => (running = undefined)))
}

/** The sums by category and time, with what is not folded, are those of the articles and of their reads by time. */
const rollups = Prisma.sql`
  WITH ${unfolded}, read AS (
    SELECT a.category_id, quarter_of(a.published_at) AS published, b.start, sum(b.reads) AS reads FROM (
      SELECT article_id, start, reads FROM read_bucket UNION ALL SELECT article_id, start, reads FROM statistics_delta WHERE reads <> 0
    ) b JOIN article a ON a.id = b.article_id GROUP BY 1, 2, 3
  ), fact AS (
    SELECT category_id, quarter_of(published_at) AS start, count(*) AS articles, sum(word_count) AS words, 0::numeric AS reads, 0::numeric AS of_articles FROM article GROUP BY 1, 2
    UNION ALL
    SELECT category_id, start, 0, 0, reads, 0 FROM read
    UNION ALL
    SELECT category_id, published, 0, 0, 0, reads FROM read
  ), expected AS (${cells(Prisma.sql`fact`)}), found AS (
    SELECT category_id, minutes, start, sum(articles) AS articles, sum(words) AS words, sum(reads) AS reads, sum(of_articles) AS of_articles
    FROM (SELECT category_id, minutes, start, articles, words, reads, of_articles FROM statistics_rollup UNION ALL ${cells(Prisma.sql`pending`)}) f GROUP BY 1, 2, 3
  )
  SELECT CASE minutes WHEN 0 THEN 'all time' ELSE format('%s minutes from %s', minutes, to_char(start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI"Z"')) END
      || CASE category_id WHEN '' THEN ' of all categories' ELSE format(' of category %s', category_id) END AS what,
    format('%s articles, %s words, %s reads of them, %s reads', coalesce(e.articles, 0), coalesce(e.words, 0), coalesce(e.of_articles, 0), coalesce(e.reads, 0)) AS expected,
    format('%s articles, %s words, %s reads of them, %s reads', coalesce(f.articles, 0), coalesce(f.words, 0), coalesce(f.of_articles, 0), coalesce(f.reads, 0)) AS found
  FROM expected e FULL JOIN found f USING (category_id, minutes, start)
  WHERE (coalesce(e.articles, 0), coalesce(e.words, 0), coalesce(e.reads, 0), coalesce(e.of_articles, 0))
    <> (coalesce(f.articles, 0), coalesce(f.words, 0), coalesce(f.reads, 0), coalesce(f.of_articles, 0))
  ORDER BY minutes, category_id, start LIMIT ${mostListed}`

/** Sums for each stretch of time that is kept, of rows of {category_id, start, articles, words, reads, of_articles}. */
function cells(source: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    SELECT k.category_id, s.minutes, s.start, sum(articles) AS articles, sum(words) AS words, sum(reads) AS reads, sum(of_articles) AS of_articles FROM ${source} p
    CROSS JOIN LATERAL (VALUES (''), (p.category_id)) k(category_id)
    CROSS JOIN LATERAL (VALUES (0, timestamptz 'epoch'), (60, date_bin('1 hour', p.start, '0001-01-01 00:00:00+00')), (15, p.start)) s(minutes, start)
    GROUP BY 1, 2, 3`
}

/** Each counter is the sum of its article's reads by time, and says when the last of them was. */
const counters = Prisma.sql`
  WITH read AS (
    SELECT article_id, sum(reads)::bigint AS reads, max(read_at) AS read_at FROM (
      SELECT article_id, reads, NULL::timestamptz AS read_at FROM read_bucket
      UNION ALL SELECT article_id, 0, last_read_at FROM article_rank
      UNION ALL SELECT article_id, reads, read_at FROM statistics_delta WHERE reads <> 0
    ) r JOIN article a ON a.id = r.article_id GROUP BY 1
  )
  SELECT format('reads of article %s', article_id) AS what,
    format('%s, the last at %s', coalesce(r.reads, 0), coalesce(r.read_at::text, 'no time')) AS expected,
    format('%s, the last at %s', coalesce(c.read_count, 0), coalesce(c.last_read_at::text, 'no time')) AS found
  FROM read r FULL JOIN article_counter c USING (article_id)
  WHERE coalesce(r.reads, 0) <> coalesce(c.read_count, 0) OR (r.read_at IS DISTINCT FROM c.last_read_at AND coalesce(r.reads, c.read_count) <> 0)
  ORDER BY article_id LIMIT ${mostListed}`

/** Each rank is what is folded of its article's reads, in all and in its windows, and has its article's category and time unless they have just changed. */
const ranks = Prisma.sql`
  WITH f AS (SELECT windows_at FROM statistics_fold), bucket AS (
    SELECT b.article_id, sum(b.reads)::bigint AS all_time, coalesce(sum(b.reads) FILTER (WHERE b.start > f.windows_at - interval '1 day'), 0) AS day,
      coalesce(sum(b.reads) FILTER (WHERE b.start > f.windows_at - interval '7 days'), 0) AS week,
      coalesce(sum(b.reads) FILTER (WHERE b.start > f.windows_at - interval '30 days'), 0) AS month
    FROM read_bucket b, f GROUP BY 1
  )
  SELECT format('rank of article %s', article_id) AS what,
    format('%s, %s in a day, %s in a week, %s in a month', coalesce(b.all_time, 0), coalesce(b.day, 0), coalesce(b.week, 0), coalesce(b.month, 0)) AS expected,
    format('%s, %s in a day, %s in a week, %s in a month', coalesce(r.read_count, 0), coalesce(r.day, 0), coalesce(r.week, 0), coalesce(r.month, 0)) AS found
  FROM bucket b FULL JOIN article_rank r USING (article_id)
  WHERE (b.all_time, b.day, b.week, b.month) IS DISTINCT FROM (r.read_count, r.day, r.week, r.month)
  UNION ALL
  SELECT format('place of the rank of article %s', r.article_id), format('%s, %s', a.category_id, quarter_of(a.published_at)), format('%s, %s', r.category_id, r.published)
  FROM article_rank r JOIN article a ON a.id = r.article_id
  WHERE (a.category_id, quarter_of(a.published_at)) <> (r.category_id, r.published) AND NOT EXISTS (SELECT FROM statistics_delta d WHERE d.article_id = r.article_id)
  ORDER BY 1 LIMIT ${mostListed}`
