import { randomBytes, randomUUID } from 'node:crypto'
import type { Prisma } from '../db/connect.ts'
import { Prisma as Sql, type FeedPush } from '../db/generated/client.ts'
import type { Batch } from '../graphql/loader.ts'
import type { Hub } from './hub-links.ts'

/** What a hub needs to be told to send nothing more. */
export type LeftHub = Pick<FeedPush, 'token' | 'hub' | 'topic'>
/** A request that this server has taken upon itself. */
export type PushRequest = LeftHub & Pick<FeedPush, 'feedId' | 'secret' | 'nextRequestAt'>

/** How long a hub is asked to send. */
export const leaseSeconds = 10 * 86_400
/** A hub may say anything: beyond these it is asked again earlier, or later, than it says. */
const lease = { least: 60, most: 30 * 86_400 }
/** Part of a lease after which it is renewed. */
const renewedAfter = 0.8
/** The first wait for a hub to ask back, or to be asked again; then twice as long each time. */
const firstWaitMinutes = 5
const mostWaitMinutes = 1440
/** Requests that are looked at for each claim: many of one hub must not hide the others for long. */
const candidates = 100

/**
 * Keeps what hub a feed names now: a new one under a new token and secret, so that the old one's are worth nothing.
 * @returns whether there is one to be asked, and the one that is left
 */
export async function noteHub(prisma: Prisma, feedId: string, hub: Hub | null, now: Date): Promise<{ toAsk: boolean; left: LeftHub | null }> {
  const old = await prisma.feedPush.findUnique({ where: { feedId }, select: { token: true, hub: true, topic: true } })
  if (old?.hub === hub?.hub && old?.topic === hub?.topic) return { toAsk: false, left: null }
  const token = randomUUID()
  const secret = randomBytes(32).toString('hex')
  // Of several servers that saw the change, one makes it.
  const mine = { feedId, token: old?.token ?? '' }
  if (hub === null) return { toAsk: false, left: (await prisma.feedPush.deleteMany({ where: mine })).count === 0 ? null : old }
  if (old === null) {
    const added = await prisma.$executeRaw`
      INSERT INTO feed_push (feed_id, token, hub, topic, secret, next_request_at)
      SELECT id, ${token}::uuid, ${hub.hub}, ${hub.topic}, ${secret}, ${now} FROM feed WHERE id = ${feedId}::uuid AND enabled
      ON CONFLICT (feed_id) DO NOTHING`
    return { toAsk: added > 0, left: null }
  }
  const fresh = { ...hub, token, secret, leaseUntil: null, nextRequestAt: now, failures: 0, lastError: null }
  const { count } = await prisma.feedPush.updateMany({ where: mine, data: fresh })
  return { toAsk: count > 0, left: count > 0 ? old : null }
}

/** Of a URL: scheme, host and port. */
const origin = Sql.sql`split_part(hub, '/', 1) || '//' || split_part(hub, '/', 3)`

/**
 * Takes up to `limit` requests that are due, of each hub's host and port one. Each counts as a failure until its hub asks
 * back, and is due again by then: what a server leaves behind that dies goes on with the next one.
 * @param busy origins that are being asked
 */
export async function claimRequests(prisma: Prisma, limit: number, busy: string[], now: Date): Promise<PushRequest[]> {
  return prisma.$queryRaw<PushRequest[]>`
    WITH due AS (
      SELECT feed_id, next_request_at, ${origin} AS origin FROM feed_push
      WHERE next_request_at <= ${now} AND ${origin} <> ALL(${busy}::text[])
      ORDER BY next_request_at LIMIT ${candidates} FOR UPDATE SKIP LOCKED
    ), first_of_each AS (SELECT DISTINCT ON (origin) feed_id, next_request_at FROM due ORDER BY origin, next_request_at)
    UPDATE feed_push SET failures = failures + 1,
      last_error = CASE WHEN failures > 0 THEN coalesce(last_error, 'The hub took the request, and has not asked back.') END,
      next_request_at = ${now}::timestamptz
        + least(${mostWaitMinutes}::float8, ${firstWaitMinutes}::float8 * power(2, least(failures, 10))) * (0.9 + 0.2 * random()) * interval '1 minute'
    WHERE feed_id IN (SELECT feed_id FROM first_of_each ORDER BY next_request_at LIMIT ${limit})
    RETURNING feed_id AS "feedId", token, hub, topic, secret, next_request_at AS "nextRequestAt"`
}

/** A request as it was claimed: what its hub has answered meanwhile stands. */
const unanswered = ({ feedId, token, nextRequestAt }: PushRequest) => ({ feedId, token, nextRequestAt })

/** @param quietUntil not before this it is asked again */
export async function recordFailure(prisma: Prisma, request: PushRequest, message: string, quietUntil: Date): Promise<void> {
  const nextRequestAt = quietUntil > request.nextRequestAt ? quietUntil : request.nextRequestAt
  await prisma.feedPush.updateMany({ where: unanswered(request), data: { lastError: message, nextRequestAt } })
}

/** A request that was not made. */
export async function putOff(prisma: Prisma, request: PushRequest, until: Date): Promise<void> {
  await prisma.feedPush.updateMany({ where: unanswered(request), data: { failures: { decrement: 1 }, nextRequestAt: until } })
}

/**
 * A hub's question whether it was asked to send. What was asked for may be asked again, since an answer can get lost.
 * @param seconds what it says of its lease, if anything
 * @returns false when it was not
 */
export async function confirmLease(prisma: Prisma, { token, topic, seconds }: { token: string; topic: string; seconds: number }, now: Date): Promise<boolean> {
  const held = Math.min(Math.max(seconds > 0 ? seconds : leaseSeconds, lease.least), lease.most)
  const renewedIn = Math.max(held * renewedAfter, firstWaitMinutes * 60)
  const count = await prisma.$executeRaw`
    UPDATE feed_push p SET lease_until = ${after(now, held)}, next_request_at = ${after(now, renewedIn)}, failures = 0, last_error = NULL
    FROM feed f WHERE f.id = p.feed_id AND f.enabled AND f.next_check_at IS NOT NULL
      AND p.token = ${token}::uuid AND p.topic = ${topic} AND (p.failures > 0 OR p.lease_until > ${now})`
  return count > 0
}

/** A hub sends nothing, or nothing more. @returns the feed; undefined when it is none of that hub's */
export async function recordDenial(
  prisma: Prisma,
  { token, topic, reason }: { token: string; topic: string; reason: string },
  now: Date,
): Promise<string | undefined> {
  const [row] = await prisma.$queryRaw<{ feedId: string }[]>`
    UPDATE feed_push SET lease_until = NULL, failures = greatest(failures, 1), last_error = ${`The hub denied it${reason && `: ${reason}`}`},
      next_request_at = least(next_request_at, ${after(now, mostWaitMinutes * 60)})
    WHERE token = ${token}::uuid AND topic = ${topic} RETURNING feed_id AS "feedId"`
  return row?.feedId
}

/**
 * Forgets the hubs of feeds that are disabled or gone; once they are enabled, they are read in full, and their hubs found again.
 * @returns them, each to one server
 */
export async function dropUnwanted(prisma: Prisma, limit: number): Promise<LeftHub[]> {
  return prisma.$queryRaw<LeftHub[]>`
    WITH dropped AS (
      DELETE FROM feed_push WHERE feed_id IN (
        SELECT p.feed_id FROM feed_push p JOIN feed f ON f.id = p.feed_id WHERE NOT f.enabled OR f.next_check_at IS NULL LIMIT ${limit} FOR UPDATE OF p SKIP LOCKED
      ) RETURNING feed_id, token, hub, topic
    )
    UPDATE feed SET etag = NULL, last_modified = NULL, body_hash = NULL FROM dropped WHERE feed.id = dropped.feed_id
    RETURNING dropped.token, dropped.hub, dropped.topic`
}

export type PushState = 'PENDING' | 'ACTIVE' | 'FAILED'
/** What of a subscription may be shown. */
export type ShownPush = Pick<FeedPush, 'hub' | 'leaseUntil' | 'lastPushAt' | 'lastError'>

export function pushStateOf({ leaseUntil, lastError }: ShownPush, now: Date): PushState {
  if (leaseUntil !== null && leaseUntil > now) return 'ACTIVE'
  return lastError === null ? 'PENDING' : 'FAILED'
}

/** The subscriptions of feeds, in one statement. */
export const pushesOf: Batch<string, ShownPush | null> = async ({ prisma }, feedIds) => {
  const rows = await prisma.feedPush.findMany({
    where: { feedId: { in: [...feedIds] } },
    select: { feedId: true, hub: true, leaseUntil: true, lastPushAt: true, lastError: true },
  })
  const byFeed = new Map(rows.map((row) => [row.feedId, row]))
  return feedIds.map((id) => byFeed.get(id) ?? null)
}

const after = (now: Date, seconds: number) => new Date(now.getTime() + Math.round(seconds * 1000))
