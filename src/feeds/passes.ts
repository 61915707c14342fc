import type { Prisma } from '../db/connect.ts'
import { Prisma as Sql, type FeedFetch, type FeedFormat } from '../db/generated/client.ts'
import { memoized } from '../graphql/loader.ts'
import type { ClaimedFeed } from './claim.ts'
import { adoptMove, moveAfter } from './moves.ts'
import type { RejectedEntry } from './normalize.ts'
import { nextCheck } from './schedule.ts'

/** What a pass over a feed found. */
export type Pass = {
  outcome: 'CHANGED' | 'NOT_MODIFIED' | 'FAILED'
  httpStatus: number | null
  error?: string
  validators?: { etag: string | null; lastModified: string | null; bodyHash: string }
  counts?: { ingested: number; updated: number; duplicates: number }
  rejected?: RejectedEntry[]
  /** What had to be repaired to read it. */
  repaired?: string[]
  /** Where the feed's permanent redirects led. */
  movedTo?: string | null
  /** For how long the server wants not to be asked again. */
  quietSeconds?: number
}

type Times = { startedAt: Date; endedAt: Date }

/** Passes that are kept of each feed. */
const kept = 100
/** Rejected entries that are told of each pass. */
const mostRejected = 200

/** Keeps what a feed says of itself, but for its title where another was given. */
export async function keepAbout(
  prisma: Prisma,
  feedId: string,
  { format, title, siteUrl }: { format: FeedFormat; title: string | null; siteUrl: string | null },
): Promise<void> {
  await prisma.$executeRaw`
    UPDATE feed SET format = ${format}::feed_format, site_url = ${siteUrl},
      title = CASE WHEN title_given THEN title ELSE coalesce(${title?.slice(0, 500) || null}, title) END
    WHERE id = ${feedId}::uuid`
}

/** Writes a pass down, moves the feed's health and its next check, and gives the claim back; in one transaction. */
export async function recordPass(
  prisma: Prisma,
  feed: ClaimedFeed,
  pass: Pass,
  { startedAt, endedAt, intervalMinutes, pushedUntil }: Times & { intervalMinutes: number; pushedUntil: Date | null },
): Promise<FeedFetch> {
  const failed = pass.outcome === 'FAILED'
  const gone = pass.httpStatus === 410
  const consecutiveFailures = failed ? feed.consecutiveFailures + 1 : 0
  const outcome = gone ? 'gone' : failed ? 'failed' : pass.counts && pass.counts.ingested > 0 ? 'new' : 'same'
  const next = nextCheck({
    outcome,
    intervalMinutes: feed.intervalMinutes,
    startMinutes: intervalMinutes,
    minutesSinceCheck: feed.lastCheckedAt && (endedAt.getTime() - feed.lastCheckedAt.getTime()) / 60_000,
    consecutiveFailures,
    quietSeconds: pass.quietSeconds ?? 0,
    pushedUntil,
    now: endedAt,
    random: Math.random(),
  })
  const move = moveAfter(feed, pass.movedTo ?? null)
  // Apart from the transaction, which an address that another feed has would break.
  const moved = await adoptMove(prisma, feed, move)
  return prisma.$transaction(async (tx) => {
    if (pass.validators) {
      await tx.feed.updateMany({
        // What was fetched with other headers, or read through another mapping, must not be taken for the same again.
        where: { id: feed.id, claimId: feed.claimId, headers: { equals: feed.headers as object }, mapping: { equals: feed.mapping ?? Sql.DbNull } },
        data: pass.validators,
      })
    }
    await tx.feed.updateMany({
      // Whoever took the feed over, after this claim ran out, decides what holds now.
      where: { id: feed.id, claimId: feed.claimId },
      data: {
        claimId: null,
        claimedUntil: null,
        httpStatus: pass.httpStatus,
        lastError: pass.error ?? null,
        consecutiveFailures,
        lastCheckedAt: endedAt,
        ...next,
        ...move,
        ...(pass.outcome === 'CHANGED' && { lastChangedAt: endedAt }),
      },
    })
    return writePass(tx, feed.id, pass, { startedAt, endedAt }, moved)
  })
}

/**
 * Writes down what a hub sent of a feed, and gives the claim back; in one transaction. It is no check: when the feed is asked
 * next, and how it has answered, is as before.
 */
export async function recordPush(prisma: Prisma, feed: ClaimedFeed, pass: Pass, times: Times): Promise<void> {
  await prisma.$transaction(async (tx) => {
    await tx.feed.updateMany({
      where: { id: feed.id, claimId: feed.claimId },
      data: { claimId: null, claimedUntil: null, lastChangedAt: times.endedAt },
    })
    await writePass(tx, feed.id, pass, times)
  })
}

async function writePass(tx: Sql.TransactionClient, feedId: string, pass: Pass, { startedAt, endedAt }: Times, moved?: string): Promise<FeedFetch> {
  const fetch = await tx.feedFetch.create({
    data: {
      feedId,
      startedAt,
      durationMs: endedAt.getTime() - startedAt.getTime(),
      httpStatus: pass.httpStatus,
      outcome: pass.outcome,
      ...pass.counts,
      repaired: [...(moved === undefined ? [] : [moved]), ...(pass.repaired ?? [])],
      rejected: (pass.rejected ?? []).slice(0, mostRejected),
      error: pass.error ?? null,
    },
  })
  await tx.$executeRaw`DELETE FROM feed_fetch WHERE id IN (SELECT id FROM feed_fetch WHERE feed_id = ${feedId}::uuid ORDER BY id DESC OFFSET ${kept})`
  return fetch
}

/** Of each feed its newest passes, newest first, in one statement. */
export const recentPasses = memoized((first: number) => async ({ prisma }, feedIds: readonly string[]): Promise<FeedFetch[][]> => {
  const rows = await prisma.$queryRaw<FeedFetch[]>`
    SELECT f.id, f.feed_id AS "feedId", f.started_at AS "startedAt", f.duration_ms AS "durationMs", f.http_status AS "httpStatus", f.outcome, f.ingested, f.updated,
      f.duplicates, f.rejected, coalesce(f.repaired, '{}') AS repaired, f.error
    FROM unnest(${[...feedIds]}::uuid[]) k(feed_id)
    CROSS JOIN LATERAL (SELECT * FROM feed_fetch WHERE feed_id = k.feed_id ORDER BY id DESC LIMIT ${first}) f ORDER BY f.id DESC`
  const lists = new Map<string, FeedFetch[]>(feedIds.map((id) => [id, []]))
  for (const row of rows) lists.get(row.feedId)?.push(row)
  return feedIds.map((id) => lists.get(id)!)
})
