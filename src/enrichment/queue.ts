import type { Prisma, Transaction } from '../db/connect.ts'
import type { EnrichedArticle } from './step.ts'

/** Of a batch, whose transaction holds the embedded database's one connection; an article that has more than all that is a batch of its own. */
export const batch = { articles: 50, bytes: 4_000_000 }
/** Tasks that are looked at for a batch: an article that is edited again and again has many. */
const looked = 500
/** How often an article is tried by itself before it is given up, and for how long it is put off after the first time; six times as long after each further one. */
const most = { attempts: 5, waitMs: 10_000, growth: 6 }
/** More than that many tasks are not counted. */
const mostCounted = 100_000

/**
 * Whether something is to be enriched; the newest task, and about how many wait. Ordered as indexes are: after many tasks are done, a scan of the
 * table would go through all the pages that they have left.
 */
export async function readDue(prisma: Prisma, now: Date): Promise<{ due: boolean; newest: number; waiting: number }> {
  const [row] = await prisma.$queryRaw<{ oldest: bigint | null; again: bigint | null; newest: bigint | null }[]>`
    SELECT (SELECT id FROM enrichment_task WHERE due_at IS NULL ORDER BY due_at, id LIMIT 1) AS oldest,
      (SELECT id FROM enrichment_task WHERE due_at <= ${now} ORDER BY due_at, id LIMIT 1) AS again, (SELECT max(id) FROM enrichment_task) AS newest`
  const { oldest, again, newest } = row!
  return { due: oldest !== null || again !== null, newest: Number(newest ?? 0), waiting: oldest === null ? 0 : Number(newest! - oldest) + 1 }
}

/** How many tasks wait, of which at most 100,000 are counted; what was given up is none. */
export async function countWaiting(prisma: Prisma): Promise<number> {
  const [row] = await prisma.$queryRaw<{ waiting: number }[]>`
    SELECT count(*)::int AS waiting FROM (SELECT FROM enrichment_task WHERE due_at IS NULL OR due_at < 'infinity' LIMIT ${mostCounted}) t`
  return row!.waiting
}

/** The articles of the next batch: what was put off by itself, then the oldest. None where nothing is due. */
export async function nextArticles(tx: Transaction, now: Date): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    WITH again AS MATERIALIZED (
      SELECT article_id, 0 AS place FROM enrichment_task WHERE due_at <= ${now} ORDER BY due_at, id LIMIT 1
    ), oldest AS MATERIALIZED (
      SELECT article_id, id FROM enrichment_task WHERE due_at IS NULL AND NOT EXISTS (SELECT FROM again) ORDER BY id LIMIT ${looked}
    ), first_of_each AS (
      SELECT article_id, min(id) AS place FROM oldest GROUP BY article_id ORDER BY place LIMIT ${batch.articles}
    ), sized AS (
      SELECT n.article_id, n.place, coalesce(octet_length(a.content), 0) AS bytes
      FROM (SELECT * FROM again UNION ALL SELECT * FROM first_of_each) n LEFT JOIN article a ON a.id = n.article_id
    )
    SELECT article_id AS id FROM (SELECT *, sum(bytes) OVER (ORDER BY place) - bytes AS before FROM sized) s WHERE before < ${batch.bytes} ORDER BY place`
  return rows.map(({ id }) => id)
}

/**
 * Takes all tasks of articles away. One statement sees the tasks and what they tell of, so that an article is read as its newest task left it.
 * @returns the articles ordered by id; fewer where another server has taken them
 */
export async function takeArticles(tx: Transaction, ids: string[]): Promise<EnrichedArticle[]> {
  const rows = await tx.$queryRaw<{ id: string; title: string | null; content: string; language: string | null }[]>`
    WITH taken AS (DELETE FROM enrichment_task WHERE article_id = ANY(${ids}::uuid[]) RETURNING article_id)
    SELECT t.id, a.title, a.content, a.language FROM (SELECT DISTINCT article_id AS id FROM taken) t LEFT JOIN article a ON a.id = t.id ORDER BY t.id`
  return rows.map(({ id, title, content, language }) => ({ id, words: title === null ? null : { title, content, language } }))
}

/** Puts an article off that could not be enriched by itself, or gives it up until it changes or a server starts. @returns whether it is given up */
export async function putOff(prisma: Prisma, id: string, now: Date): Promise<boolean> {
  // The newest task of an article counts: an edit that mends it is tried as often as any.
  const [row] = await prisma.$queryRaw<{ givenUp: boolean }[]>`
    WITH tried AS (SELECT min(attempts) + 1 AS times FROM enrichment_task WHERE article_id = ${id}::uuid), t AS (
      UPDATE enrichment_task SET attempts = times, due_at = CASE WHEN times >= ${most.attempts} THEN 'infinity'
        ELSE ${now}::timestamptz + interval '1 millisecond' * (${most.waitMs} * ${most.growth}::float8 ^ (times - 1)) END
      FROM tried WHERE article_id = ${id}::uuid RETURNING times
    )
    SELECT coalesce(max(times) >= ${most.attempts}, false) AS "givenUp" FROM t`
  return row!.givenUp
}

/** What was given up is tried once more. */
export async function retryGivenUp(prisma: Prisma): Promise<void> {
  await prisma.$executeRaw`UPDATE enrichment_task SET due_at = NULL, attempts = 0 WHERE due_at = 'infinity'`
}
