import type { Prisma } from '../db/connect.ts'
import { Prisma as Sql } from '../db/generated/client.ts'

/** How long a server may work on a page before others take it for dead; fetching and reading are limited to half a minute. */
const claimMs = 120_000
/** Tasks that are looked at for each claim: many of one host must not hide the others for long. */
const candidates = 500
/** What could not be fetched for so long is given up. */
const staleMs = 7 * 86_400_000
const mostAttempts = 4

/** An article whose page is to be fetched; `attempts` counts this one too. */
export type PageTask = { articleId: string; url: string; attempts: number }

const origin = Sql.sql`split_part(a.url, '/', 1) || '//' || split_part(a.url, '/', 3)`

/**
 * Takes up to `limit` pages that are due, the longest due first, none that another server works on; of each host and port one,
 * and none of those that are busy. One indexed statement.
 */
export async function claimPages(prisma: Prisma, limit: number, busy: string[], now: Date): Promise<PageTask[]> {
  return prisma.$queryRaw<PageTask[]>`
    WITH due AS (
      SELECT t.article_id, t.due_at, ${origin} AS origin FROM page_task t JOIN article a ON a.id = t.article_id
      WHERE t.due_at <= ${now} AND (t.claimed_until IS NULL OR t.claimed_until < ${now}) AND ${origin} <> ALL(${busy}::text[])
      ORDER BY t.due_at LIMIT ${candidates} FOR UPDATE OF t SKIP LOCKED
    ), first_of_each AS (SELECT DISTINCT ON (origin) article_id, due_at FROM due ORDER BY origin, due_at)
    UPDATE page_task t SET claimed_until = ${new Date(now.getTime() + claimMs)}, attempts = t.attempts + 1
    FROM article a
    WHERE a.id = t.article_id AND t.article_id IN (SELECT article_id FROM first_of_each ORDER BY due_at LIMIT ${limit})
    RETURNING t.article_id AS "articleId", a.url, t.attempts`
}

/** Ends a task. */
export async function endTask(prisma: Prisma, { articleId }: PageTask): Promise<void> {
  await prisma.$executeRaw`DELETE FROM page_task WHERE article_id = ${articleId}::uuid`
}

/** Gives a task back that was broken off: it is as due as before, and the attempt does not count. */
export async function releaseTask(prisma: Prisma, { articleId }: PageTask, dueAt: Date | null = null): Promise<void> {
  await prisma.$executeRaw`
    UPDATE page_task SET claimed_until = NULL, attempts = greatest(attempts - 1, 0), due_at = coalesce(${dueAt}::timestamptz, due_at)
    WHERE article_id = ${articleId}::uuid`
}

/** Puts a task off that failed: 5 minutes, then four times as long each time; after the fourth attempt it is ended. */
export async function putOff(prisma: Prisma, task: PageTask, now: Date): Promise<void> {
  if (task.attempts >= mostAttempts) return endTask(prisma, task)
  const dueAt = new Date(now.getTime() + 300_000 * 4 ** (task.attempts - 1))
  await prisma.$executeRaw`UPDATE page_task SET claimed_until = NULL, due_at = ${dueAt} WHERE article_id = ${task.articleId}::uuid`
}

/** Gives up what has been due for a week: feeds brought more than could be fetched. */
export async function giveUpStale(prisma: Prisma, now: Date): Promise<void> {
  await prisma.$executeRaw`DELETE FROM page_task WHERE due_at < ${new Date(now.getTime() - staleMs)}`
}
