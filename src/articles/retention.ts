import { setTimeout as sleep } from 'node:timers/promises'
import type { Prisma } from '../db/connect.ts'
import { repeat } from '../repeat.ts'
import type { Wake } from '../stream/wake.ts'
import { lockArticles, removeLocked } from './remove.ts'
import { expireTombstones, tombstoneExpiry } from './tombstones.ts'

/** How often to look for what is due. */
const everyMs = 300_000
/** Articles that are removed in one transaction, which holds the embedded database's one connection. */
const batch = 100
const dayMs = 86_400_000
/** Sorts before every id. */
const noId = '00000000-0000-0000-0000-000000000000'

type Deps = { prisma: Prisma; wake: Pick<Wake, 'hint'>; clock: () => Date }
type Kept = { id: string; keepDays: number | null; keepCount: number | null }
/** In the order of ingestion, ties by id: an article that comes no later than this goes. */
type Cutoff = { createdAt: Date; id: string }

/**
 * Removes what each category no longer keeps, and tombstones that have expired. What is due is decided once for a category:
 * what comes meanwhile waits for the next sweep. Several servers may sweep at the same time.
 * @param signal breaks it off between two batches
 * @returns how many articles it removed
 */
export async function sweep(deps: Deps, signal: AbortSignal): Promise<number> {
  const { prisma, clock } = deps
  let removed = 0
  const kept = await prisma.category.findMany({
    where: { OR: [{ keepDays: { not: null } }, { keepCount: { not: null } }] },
    select: { id: true, keepDays: true, keepCount: true },
    orderBy: { id: 'asc' },
  })
  for (const category of kept) {
    const cutoff = await cutoffOf(prisma, category, clock())
    for (let full = cutoff !== undefined; full && !signal.aborted;) {
      const startedAt = performance.now()
      const ids = await removeBatch(deps, category, cutoff!)
      removed += ids
      full = ids === batch
      // As long as it took: an archive that is cut down takes half of the database at most.
      if (full) await sleep(performance.now() - startedAt, undefined, { signal }).catch(() => undefined)
    }
  }
  while (!signal.aborted && (await expireTombstones(prisma, clock())));
  return removed
}

/** The later of what age and count say; undefined when there is nothing to remove by either. */
async function cutoffOf(prisma: Prisma, { id, keepDays, keepCount }: Kept, now: Date): Promise<Cutoff | undefined> {
  const byAge = keepDays === null ? undefined : { createdAt: new Date(now.getTime() - keepDays * dayMs), id: noId }
  const byCount = keepCount === null ? undefined : await newestBeyond(prisma, id, keepCount)
  if (!byAge || !byCount) return byAge ?? byCount
  return byAge.createdAt > byCount.createdAt ? byAge : byCount
}

/**
 * The newest article that is not among the newest `count`. It reads the index alone, down to there; the second time, for the
 * order of those that were ingested in the same moment as that one, only where there is one.
 */
async function newestBeyond(prisma: Prisma, categoryId: string, count: number): Promise<Cutoff | undefined> {
  const [article] = await prisma.$queryRaw<Cutoff[]>`
    WITH moment AS MATERIALIZED (SELECT created_at FROM article WHERE category_id = ${categoryId} ORDER BY created_at DESC OFFSET ${count} LIMIT 1)
    SELECT moment.created_at AS "createdAt", beyond.id FROM moment CROSS JOIN LATERAL (
      SELECT id FROM article a WHERE a.category_id = ${categoryId} AND a.created_at = moment.created_at ORDER BY id DESC
      OFFSET ${count} - (SELECT count(*) FROM article n WHERE n.category_id = ${categoryId} AND n.created_at > moment.created_at) LIMIT 1
    ) beyond`
  return article
}

/** One transaction: the oldest that are due. @returns how many it removed; fewer than a batch when there are no more, or another server is at it */
async function removeBatch({ prisma, wake, clock }: Deps, { id: categoryId, keepDays, keepCount }: Kept, cutoff: Cutoff): Promise<number> {
  const removed = await prisma.$transaction(async (tx) => {
    // Weak enough for what is ingested meanwhile, and strong enough for another sweep, and for an update: once that is answered, the old rule removes nothing.
    const mine = await tx.$executeRaw`
      SELECT FROM category WHERE id = ${categoryId} AND keep_days IS NOT DISTINCT FROM ${keepDays}::int AND keep_count IS NOT DISTINCT FROM ${keepCount}::int
      FOR NO KEY UPDATE SKIP LOCKED`
    if (mine === 0) return 0
    const due = await tx.$queryRaw<{ id: string }[]>`
      SELECT id FROM article WHERE category_id = ${categoryId} AND (created_at, id) <= (${cutoff.createdAt}::timestamptz, ${cutoff.id}::uuid)
      ORDER BY created_at, id LIMIT ${batch}`
    if (due.length === 0) return 0
    const there = await lockArticles(
      tx,
      due.map(({ id }) => id),
    )
    // Meanwhile some may have been deleted, or have moved to a category that keeps them.
    const still = new Set(there.filter((article) => article.categoryId === categoryId).map(({ id }) => id))
    const ids = due.flatMap(({ id }) => (still.has(id) ? id : []))
    const now = clock()
    if (ids.length > 0) await removeLocked(tx, ids, { now, expiresAt: tombstoneExpiry(now) })
    return ids.length
  })
  if (removed > 0) wake.hint()
  return removed
}

/** Sweeps every five minutes. @returns stops it, and waits for the batch that is under way */
export function startRetention(deps: Deps, { onRemoved, onError }: { onRemoved: (count: number) => void; onError: (error: unknown) => void }) {
  const run = async (signal: AbortSignal) => {
    const removed = await sweep(deps, signal)
    if (removed > 0) onRemoved(removed)
  }
  return repeat(everyMs, run, onError)
}
