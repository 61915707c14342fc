import type { Prisma, Transaction } from '../db/connect.ts'

const dayMs = 86_400_000
/** How long a tombstone that retention left stays after its entry was seen last. */
const stayDays = 90
/** It is pushed on when less is left, so that most polls write nothing. */
const pushedBelowDays = 60
/** Below that for certain: a pass ends a while after it looked at tombstones. */
const pushedForCertainDays = pushedBelowDays - 1
/** Looked at in one statement. */
const batch = 1_000

/** When a tombstone goes whose entry was seen now. */
export const tombstoneExpiry = (now: Date): Date => new Date(now.getTime() + stayDays * dayMs)

/** Whether a tombstone that a draft hit is to be pushed on. @param expiresAt null: it never goes */
export const isPushed = (expiresAt: Date | null, now: Date): boolean => expiresAt !== null && expiresAt.getTime() - now.getTime() < pushedBelowDays * dayMs

/** Lets the tombstones of articles, whose entries were seen now, stay as long as new ones. */
export async function pushTombstones(tx: Transaction, articleIds: string[], now: Date): Promise<void> {
  if (articleIds.length === 0) return
  await tx.$executeRaw`UPDATE tombstone SET expires_at = ${tombstoneExpiry(now)} WHERE article_id = ANY(${articleIds}::uuid[]) AND expires_at IS NOT NULL`
}

/**
 * Deletes tombstones that have expired. An entry is seen only when its feed changes: one whose feed has not changed since it
 * would have been pushed on may still be there, and stays for another term.
 * @returns whether there may be more
 */
export async function expireTombstones(prisma: Prisma, now: Date): Promise<boolean> {
  const [{ seen }] = await prisma.$queryRaw<[{ seen: number }]>`
    WITH due AS (
      SELECT id, feed_id, expires_at FROM tombstone WHERE expires_at < ${now} ORDER BY expires_at LIMIT ${batch} FOR UPDATE SKIP LOCKED
    ), unsure AS (
      SELECT due.id FROM due JOIN feed f ON f.id = due.feed_id
      WHERE f.last_changed_at IS NULL OR f.last_changed_at < due.expires_at - make_interval(days => ${pushedForCertainDays}::int)
    ), kept AS (
      UPDATE tombstone SET expires_at = ${tombstoneExpiry(now)} WHERE id IN (SELECT id FROM unsure)
    ), gone AS (
      DELETE FROM tombstone WHERE id IN (SELECT id FROM due EXCEPT SELECT id FROM unsure)
    )
    SELECT count(*)::int AS seen FROM due`
  return seen === batch
}
