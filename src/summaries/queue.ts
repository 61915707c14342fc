import type { Prisma, Transaction } from '../db/connect.ts'

/** Asks for summaries by a language model, in the transaction that makes the others; of an article that is asked for already, anew. */
export async function askForSummaries(tx: Transaction, { asked, emptied }: { asked: string[]; emptied: string[] }, now: Date): Promise<void> {
  if (asked.length > 0)
    await tx.$executeRaw`
      INSERT INTO summary_task (article_id, due_at) SELECT id, ${now} FROM unnest(${asked}::uuid[]) AS k(id) ORDER BY id
      ON CONFLICT (article_id) DO UPDATE SET due_at = ${now}, attempts = 0, claim_id = NULL, claimed_until = NULL`
  if (emptied.length > 0) await tx.$executeRaw`DELETE FROM summary_task WHERE article_id = ANY(${emptied}::uuid[])`
}

/** How long a server may work on a summary before others take it for dead; an answer is waited for for a minute. */
const claimMs = 120_000
/** What could not be asked for so long is given up: articles came faster than the budget allows. */
const staleMs = 2 * 86_400_000
const mostAttempts = 4
const keptDays = 30

/** An article of which a model is asked for a summary; `attempts` counts this one too. */
export type SummaryTask = { articleId: string; claimId: string; attempts: number }

/** Takes one that is due, the newest first, which no other server works on. */
export async function claimTask(prisma: Prisma, now: Date): Promise<SummaryTask | undefined> {
  const [task] = await prisma.$queryRaw<SummaryTask[]>`
    UPDATE summary_task SET claim_id = gen_random_uuid(), claimed_until = ${new Date(now.getTime() + claimMs)}, attempts = attempts + 1
    WHERE article_id = (
      SELECT article_id FROM summary_task WHERE due_at <= ${now} AND (claimed_until IS NULL OR claimed_until < ${now})
      ORDER BY due_at DESC LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING article_id AS "articleId", claim_id AS "claimId", attempts`
  return task
}

/** Ends a task, unless it has been asked for anew. */
export async function endTask(db: Prisma | Transaction, { articleId, claimId }: SummaryTask): Promise<boolean> {
  return (await db.$executeRaw`DELETE FROM summary_task WHERE article_id = ${articleId}::uuid AND claim_id = ${claimId}::uuid`) > 0
}

/** Gives a task back that was broken off: it is as due as before, and the attempt does not count. */
export async function releaseTask(prisma: Prisma, { articleId, claimId }: SummaryTask): Promise<void> {
  await prisma.$executeRaw`
    UPDATE summary_task SET claimed_until = NULL, attempts = greatest(attempts - 1, 0) WHERE article_id = ${articleId}::uuid AND claim_id = ${claimId}::uuid`
}

/** Puts a task off that failed: a minute, then five times as long each time; after the fourth attempt it is ended. */
export async function putOffTask(prisma: Prisma, task: SummaryTask, now: Date): Promise<void> {
  if (task.attempts >= mostAttempts) return void (await endTask(prisma, task))
  const dueAt = new Date(now.getTime() + 60_000 * 5 ** (task.attempts - 1))
  await prisma.$executeRaw`
    UPDATE summary_task SET claimed_until = NULL, due_at = ${dueAt} WHERE article_id = ${task.articleId}::uuid AND claim_id = ${task.claimId}::uuid`
}

/** Past so many they are not counted. */
const mostCounted = 100_000

/** How many articles wait for a model's summary, on all servers; at most 100,000 are counted. */
export async function countTasks(prisma: Prisma): Promise<number> {
  const [row] = await prisma.$queryRaw<{ count: number }[]>`SELECT count(*)::int AS count FROM (SELECT FROM summary_task LIMIT ${mostCounted}) t`
  return row!.count
}

/** How many requests of a day (UTC) there were, on all servers. */
export async function spentOn(prisma: Prisma, now: Date): Promise<number> {
  const [row] = await prisma.$queryRaw<{ requests: number }[]>`SELECT requests FROM summary_budget WHERE day = ${now}::date`
  return row?.requests ?? 0
}

/** Counts a request before it is made. @returns false where that would be more than the day's budget */
export async function spend(prisma: Prisma, budget: number, now: Date): Promise<boolean> {
  if (budget === 0) return false
  const counted = await prisma.$executeRaw`
    INSERT INTO summary_budget AS b (day, requests) VALUES (${now}::date, 1) ON CONFLICT (day) DO UPDATE SET requests = b.requests + 1 WHERE b.requests < ${budget}`
  return counted > 0
}

/** Forgets what has waited for two days, and what was spent a month ago. */
export async function tidyTasks(prisma: Prisma, now: Date): Promise<void> {
  // In the order in which askForSummaries locks them; one that somebody works on is left for the next time.
  await prisma.$executeRaw`
    DELETE FROM summary_task WHERE article_id IN (
      SELECT article_id FROM summary_task WHERE due_at < ${new Date(now.getTime() - staleMs)} ORDER BY article_id FOR UPDATE SKIP LOCKED
    )`
  await prisma.$executeRaw`DELETE FROM summary_budget WHERE day < ${now}::date - ${keptDays}::int`
}
