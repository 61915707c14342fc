import type { Prisma } from '../db/connect.ts'
import { Prisma as Sql, type Feed } from '../db/generated/client.ts'

/** How long a server may work on a feed before others take it for dead. A pass is far shorter: fetching is limited to 20 s. */
const claimMs = 300_000

export type ClaimedFeed = Pick<
  Feed,
  | 'id'
  | 'url'
  | 'categoryId'
  | 'mapping'
  | 'headers'
  | 'fullText'
  | 'etag'
  | 'lastModified'
  | 'bodyHash'
  | 'consecutiveFailures'
  | 'lastCheckedAt'
  | 'intervalMinutes'
  | 'movedTo'
  | 'movedPasses'
> & {
  claimId: string
}

const columns = Sql.sql`id, url, category_id AS "categoryId", mapping, headers, full_text AS "fullText", etag, last_modified AS "lastModified",
  body_hash AS "bodyHash", consecutive_failures AS "consecutiveFailures", last_checked_at AS "lastCheckedAt",
  interval_minutes AS "intervalMinutes", moved_to AS "movedTo", moved_passes AS "movedPasses", claim_id AS "claimId"`

/** Feeds that are looked at for each claim: many of one host must not hide the others for long. */
const candidates = 500

/** Of a URL as it is stored: scheme, host and port. */
const origin = Sql.sql`split_part(url, '/', 1) || '//' || split_part(url, '/', 3)`

/**
 * Takes up to `limit` feeds that are due, the longest due first, none that another server works on; of each host and port one,
 * and none of those that are busy. One indexed statement.
 * @param busy origins that it would have to wait for
 */
export async function claimDue(prisma: Prisma, limit: number, busy: string[], now: Date): Promise<ClaimedFeed[]> {
  return prisma.$queryRaw<ClaimedFeed[]>`
    WITH due AS (
      SELECT id, next_check_at, ${origin} AS origin FROM feed
      WHERE enabled AND next_check_at <= ${now} AND (claimed_until IS NULL OR claimed_until < ${now}) AND ${origin} <> ALL(${busy}::text[])
      ORDER BY next_check_at LIMIT ${candidates} FOR UPDATE SKIP LOCKED
    ), first_of_each AS (SELECT DISTINCT ON (origin) id, next_check_at FROM due ORDER BY origin, next_check_at)
    UPDATE feed SET claim_id = gen_random_uuid(), claimed_until = ${new Date(now.getTime() + claimMs)}
    WHERE id IN (SELECT id FROM first_of_each ORDER BY next_check_at LIMIT ${limit})
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

/**
 * Gives a feed back whose pass was broken off.
 * @param notBefore a feed that is due before then is due then; left out, it is as due as before
 */
export async function releaseClaim(prisma: Prisma, claimId: string, notBefore: Date | null = null): Promise<void> {
  await prisma.$executeRaw`
    UPDATE feed SET claim_id = NULL, claimed_until = NULL,
      next_check_at = CASE WHEN next_check_at < ${notBefore}::timestamptz THEN ${notBefore}::timestamptz ELSE next_check_at END
    WHERE claim_id = ${claimId}::uuid`
}
