import type { Prisma } from '../db/connect.ts'
import { Prisma as Sql, type Feed } from '../db/generated/client.ts'

/** How long a server may work on a feed before others take it for dead. A pass is far shorter: fetching is limited to 20 s. */
const claimMs = 300_000

export type ClaimedFeed = Pick<Feed, 'id' | 'url' | 'categoryId' | 'mapping' | 'headers' | 'etag' | 'lastModified' | 'bodyHash' | 'consecutiveFailures'> & {
  claimId: string
}

const columns = Sql.sql`id, url, category_id AS "categoryId", mapping, headers, etag, last_modified AS "lastModified",
  body_hash AS "bodyHash", consecutive_failures AS "consecutiveFailures", claim_id AS "claimId"`

/** Takes up to `limit` feeds that are due, the longest due first, none that another server works on. One indexed statement. */
export async function claimDue(prisma: Prisma, limit: number, now: Date): Promise<ClaimedFeed[]> {
  return prisma.$queryRaw<ClaimedFeed[]>`
    UPDATE feed SET claim_id = gen_random_uuid(), claimed_until = ${new Date(now.getTime() + claimMs)}
    WHERE id IN (
      SELECT id FROM feed WHERE enabled AND next_check_at <= ${now} AND (claimed_until IS NULL OR claimed_until < ${now})
      ORDER BY next_check_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
    )
    RETURNING ${columns}`
}

/** Takes one feed, due or not; undefined when another server works on it, or there is none. */
export async function claimOne(prisma: Prisma, id: string, now: Date): Promise<ClaimedFeed | undefined> {
  const [feed] = await prisma.$queryRaw<ClaimedFeed[]>`
    UPDATE feed SET claim_id = gen_random_uuid(), claimed_until = ${new Date(now.getTime() + claimMs)}
    WHERE id = ${id}::uuid AND (claimed_until IS NULL OR claimed_until < ${now})
    RETURNING ${columns}`
  return feed
}

/** Gives a feed back whose pass was broken off. */
export async function releaseClaim(prisma: Prisma, claimId: string): Promise<void> {
  await prisma.feed.updateMany({ where: { claimId }, data: { claimId: null, claimedUntil: null } })
}
