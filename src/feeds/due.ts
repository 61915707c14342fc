import type { Prisma } from '../db/connect.ts'

/** A hub cannot have a feed's server asked more often than once in this time. */
const leastSinceCheckMs = 60_000
/** By when what a hub sent is stored, or fetched by whoever looks for feeds that are due. */
const markMs = 300_000

/** Makes a feed due now, or a minute after its last check. One that is disabled or gone stays so. */
export async function makeDue(prisma: Prisma, feedId: string, now: Date): Promise<void> {
  const due = (checkedAt: Date | null) => new Date(Math.max(now.getTime(), (checkedAt?.getTime() ?? 0) + leastSinceCheckMs))
  const feed = await prisma.feed.findUnique({ where: { id: feedId }, select: { lastCheckedAt: true } })
  if (feed) await bringForward(prisma, feedId, due(feed.lastCheckedAt))
}

/** Makes a feed due soon, for the case that the process ends before what a hub sent is stored. `dueBefore` is null where it was sooner. */
export function pushMark(prisma: Prisma, feedId: string, now: Date): { mark: Date; dueBefore: Promise<Date | null> } {
  const mark = new Date(now.getTime() + markMs)
  return { mark, dueBefore: bringForward(prisma, feedId, mark) }
}

/** Takes a mark back, unless the feed was checked meanwhile. */
export async function settleMark(prisma: Prisma, feedId: string, { mark, dueBefore }: { mark: Date; dueBefore: Date | null }): Promise<void> {
  if (dueBefore !== null) await prisma.feed.updateMany({ where: { id: feedId, nextCheckAt: mark }, data: { nextCheckAt: dueBefore } })
}

/** @returns when it had been due; null where that was no later */
async function bringForward(prisma: Prisma, feedId: string, due: Date): Promise<Date | null> {
  const [moved] = await prisma.$queryRaw<{ dueBefore: Date }[]>`
    WITH old AS (SELECT id, next_check_at FROM feed WHERE id = ${feedId}::uuid AND next_check_at > ${due} FOR UPDATE)
    UPDATE feed SET next_check_at = ${due} FROM old WHERE feed.id = old.id RETURNING old.next_check_at AS "dueBefore"`
  return moved?.dueBefore ?? null
}
