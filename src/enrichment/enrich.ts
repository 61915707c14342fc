import type { Prisma, Transaction } from '../db/connect.ts'
import { Prisma as Sql } from '../db/generated/client.ts'
import { appendEvents, factsSql, type ArticleFacts } from '../stream/log.ts'
import type { Wake } from '../stream/wake.ts'
import { nextArticles, putOff, takeArticles } from './queue.ts'
import type { EnrichmentStep } from './step.ts'

export type EnrichmentDeps = {
  prisma: Prisma
  wake: Pick<Wake, 'hint'>
  clock: () => Date
  onFailed: (failure: Failure) => void
  /** A batch failed as a whole: where each of its articles succeeds by itself, nothing else tells of it. */
  onBatchFailed?: (error: unknown) => void
}

/** An article that could not be enriched by itself. */
export type Failure = { articleId: string; givenUp: boolean; error: unknown }

/** Any number but those of other locks: one transaction enriches at a time, over all servers. */
const lockId = 7_242_002

/**
 * Enriches the next articles in one transaction; where that fails, each of them in a transaction of its own, and what fails then is put off.
 * @returns how many were enriched or put off; 0 where nothing is due, or another server is at it
 * @throws where the database cannot be asked; nothing is lost then
 */
export async function enrichBatch(deps: EnrichmentDeps, steps: readonly EnrichmentStep[], signal?: AbortSignal): Promise<number> {
  const { prisma, clock, onFailed, onBatchFailed } = deps
  let ids: string[] = []
  try {
    return await transact(deps, steps, async (tx) => (ids = await nextArticles(tx, clock())))
  } catch (error) {
    if (ids.length === 0) throw error
    if (ids.length > 1) onBatchFailed?.(error)
  }
  let done = 0
  for (const id of ids) {
    if (signal?.aborted) break
    try {
      await transact(deps, steps, async () => [id])
    } catch (error) {
      onFailed({ articleId: id, givenUp: await putOff(prisma, id, clock()), error })
    }
    done++
  }
  return done
}

async function transact(
  { prisma, wake, clock }: EnrichmentDeps,
  steps: readonly EnrichmentStep[],
  choose: (tx: Transaction) => Promise<string[]>,
): Promise<number> {
  let told = 0
  const count = await alone(prisma, async (tx) => {
    const ids = await choose(tx)
    if (ids.length === 0) return 0
    // Nobody edits or removes them until the commit; whoever does waits here, in the order in which all lock articles.
    await tx.$executeRaw`SELECT FROM article WHERE id = ANY(${ids}::uuid[]) ORDER BY id FOR NO KEY UPDATE`
    const articles = await takeArticles(tx, ids)
    const now = clock()
    const changed = new Set<string>()
    for (const step of steps) for (const id of await step(tx, articles, now)) changed.add(id)
    told = await tellOfChanges(
      tx,
      articles.flatMap(({ id }) => (changed.has(id) ? [id] : [])),
      now,
    )
    return articles.length
  })
  if (told > 0) wake.hint()
  return count ?? 0
}

/**
 * A transaction of who enriches.
 * @returns what the work does; undefined where another server is at it
 */
export async function alone(prisma: Prisma, work: (tx: Transaction) => Promise<number>): Promise<number | undefined> {
  return prisma.$transaction(async (tx) => {
    // Before all statements that read what is to be enriched: their snapshots must be later than the last batch's commit.
    const [lock] = await tx.$queryRaw<{ mine: boolean }[]>`SELECT pg_try_advisory_xact_lock(${lockId}) AS mine`
    return lock!.mine ? work(tx) : undefined
  })
}

const facts = factsSql(Sql.sql`SELECT feed_id FROM sighting WHERE article_id = a.id`)

/** Clients see something else of articles; nobody edited them, so that what filters ask is as it was. @returns how many events that made */
export async function tellOfChanges(tx: Transaction, ids: string[], now: Date): Promise<number> {
  if (ids.length === 0) return 0
  const rows = await tx.$queryRaw<
    { id: string; facts: ArticleFacts }[]
  >`SELECT a.id, ${facts} AS facts FROM article a WHERE a.id = ANY(${ids}::uuid[]) ORDER BY a.id`
  if (rows.length > 0)
    await appendEvents(
      tx,
      rows.map((row) => ({ kind: 'UPDATED', articleId: row.id, facts: row.facts, before: row.facts })),
      now,
    )
  return rows.length
}
