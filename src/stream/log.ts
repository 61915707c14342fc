import type pg from 'pg'
import type { Prisma, Transaction } from '../db/connect.ts'
import { Prisma as Sql } from '../db/generated/client.ts'
import type { Channel } from '../db/notices.ts'
import type { Position } from './cursor.ts'

type EventKind = 'INGESTED' | 'UPDATED' | 'REMOVED'

/** What filters ask of an article, as it was at the event. */
export type ArticleFacts = {
  categoryId: string
  feedIds: string[]
  language: string | null
  /** RFC 3339, UTC, with milliseconds. */
  publishedAt: string
  wordCount: number
}

/** The facts of the row `a` of article, as SQL. @param feeds a query of the ids of the feeds that it was seen in */
export const factsSql = (feeds: Sql.Sql): Sql.Sql => Sql.sql`json_build_object(
  'categoryId', a.category_id, 'language', a.language, 'wordCount', a.word_count,
  'publishedAt', to_char(a.published_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
  'feedIds', (SELECT coalesce(json_agg(DISTINCT f.id), '[]') FROM (${feeds}) AS f(id) WHERE f.id IS NOT NULL))`

/** `before` is what held until an edit. */
export type NewEvent = { kind: EventKind; articleId: string; facts: ArticleFacts; before?: ArticleFacts }

export type LoggedEvent = { position: bigint; kind: EventKind; articleId: string; facts: ArticleFacts; before: ArticleFacts | null }

/** Where the position of the newest event is said at each commit that appends. */
export const appendedChannel = 'newswire_appended' satisfies Channel

/**
 * Appends events in the transaction that made them true. It takes the head's row lock until the commit, which makes the
 * order of positions the order of commits, without gaps: nothing else may be locked after it.
 * @returns the position of the first event; the others follow without a gap
 */
export async function appendEvents(tx: Transaction, events: NewEvent[], now: Date): Promise<bigint> {
  const rows = events.map((event) => ({ kind: event.kind, article_id: event.articleId, facts: event.facts, before: event.before ?? null }))
  const [first] = await tx.$queryRaw<{ first: bigint }[]>`
    WITH n AS (
      SELECT *
      FROM ROWS FROM (json_to_recordset(${JSON.stringify(rows)}::json) AS (kind stream_event_kind, article_id uuid, facts jsonb, before jsonb))
        WITH ORDINALITY AS r(kind, article_id, facts, before, o)
    ),
    h AS (UPDATE stream_head SET position = position + ${events.length} RETURNING position),
    e AS (
      INSERT INTO stream_event (position, kind, article_id, facts, before, occurred_at)
      SELECT h.position - ${events.length} + n.o, n.kind, n.article_id, n.facts, n.before, ${now} FROM n, h
    )
    SELECT position - ${events.length} + 1 AS first, pg_notify(${appendedChannel}, position::text)::text FROM h`
  return first!.first
}

/** Events that were asked for are no longer kept. */
export class LogPruned extends Error {}

/**
 * The events after a position, oldest first, at most `limit`.
 * @throws LogPruned when the next one is no longer kept
 */
export async function readAfter({ prisma, pool }: { prisma: Prisma; pool: pg.Pool }, position: bigint, limit: number): Promise<LoggedEvent[]> {
  // Past Prisma, which takes two to three times as long for it: a subscriber that catches up waits for little else.
  const { rows } = await pool.query<[string, EventKind, string, ArticleFacts, ArticleFacts | null]>({
    name: 'events of the stream',
    text: 'SELECT position, kind, article_id, facts, before FROM stream_event WHERE position > $1 ORDER BY position LIMIT $2',
    values: [position, limit],
    rowMode: 'array',
  })
  const events = rows.map(([at, kind, articleId, facts, before]): LoggedEvent => ({ position: BigInt(at), kind, articleId, facts, before }))
  // Positions have no gaps: what is missing at the front has been pruned.
  const complete = events[0] ? events[0].position === position + 1n : position >= (await readHead(prisma)).prunedTo
  if (!complete) throw new LogPruned(`the events after ${position} are no longer kept`)
  return events
}

/** The newest position of the stream, and up to where it is no longer kept. */
export type Head = Position & { prunedTo: bigint }

export async function readHead(prisma: Prisma): Promise<Head> {
  return prisma.streamHead.findUniqueOrThrow({ where: { id: 1 }, select: { streamId: true, position: true, prunedTo: true } })
}
