import type pg from 'pg'
import { verifyStatistics } from '../../src/statistics/verify.ts'
import { endDrafts, matches } from './drafts.ts'
import type { Ledger } from './ledger.ts'
import type { Subscriber } from './subscriber.ts'
import { positionOf } from './subscription.ts'

type Event = { position: number; kind: 'INGESTED' | 'UPDATED' | 'REMOVED'; articleId: string }

/** The rows of the log, straight from the table: no code that serves subscribers is asked. */
export async function readLog(pool: pg.Pool): Promise<{ events: Event[]; head: number }> {
  const { rows } = await pool.query('SELECT position::int, kind, article_id AS "articleId" FROM stream_event ORDER BY position')
  const { rows: heads } = await pool.query('SELECT position::int FROM stream_head')
  return { events: rows as Event[], head: (heads as { position: number }[])[0]!.position }
}

/**
 * Holds the log against what the writers know: no gap in its positions, and each article that they sent ingested once, at the
 * position that was answered.
 * @returns the link of the article that each position ingested, and what is wrong
 */
export function judgeLog({ events, head }: { events: Event[]; head: number }, ledger: Ledger): { ingested: Map<number, string>; faults: string[] } {
  const faults: string[] = []
  const ingested = new Map<number, string>()
  const links = new Map([...ledger.acknowledged].map(([url, id]) => [id, url]))
  const at = new Map<string, number>()
  events.forEach(({ position, kind, articleId }, i) => {
    if (position !== i + 1) faults.push(`the log has position ${position} where ${i + 1} belongs`)
    const url = links.get(articleId)
    if (url === undefined) return void faults.push(`position ${position} is of an article that nobody sent: ${articleId}`)
    if (kind !== 'INGESTED') return
    if (at.has(url)) faults.push(`${url} was ingested at ${at.get(url)} and at ${position}`)
    at.set(url, position)
    ingested.set(position, url)
  })
  if (head !== events.length) faults.push(`the head is ${head}, and the log has ${events.length} events`)
  for (const url of ledger.drafts.keys()) if (!at.has(url)) faults.push(`${url} was acknowledged, and is not in the log`)
  for (const [url, cursor] of ledger.cursors) {
    if (at.get(url) !== positionOf(cursor)) faults.push(`${url} was answered with ${positionOf(cursor)}, and is at ${at.get(url)}`)
  }
  return { ingested, faults }
}

/**
 * Holds what a subscriber has seen against the log: each article that was ingested after its first cursor and matched its filter
 * then, once and in the order of the log. What matches is told by the drafts, as they were sent, not by what the server noted of
 * them. Of an article that was removed meanwhile, once or not at all, but in its place.
 * @returns what is wrong
 */
export function judge({ first, filter, seen, faults }: Subscriber, ingested: Map<number, string>, ledger: Ledger): string[] {
  const wrong = [...faults]
  const places = new Set<number>()
  let last = positionOf(first)
  for (const { cursor, url } of seen) {
    const position = positionOf(cursor)
    if (places.has(position)) wrong.push(`repeated ${position} ${url}`)
    else if (position <= last) wrong.push(`misordered ${position} ${url}, after ${last}`)
    if (ingested.get(position) !== url) wrong.push(`was given ${url} at ${position}, where the log has ${ingested.get(position) ?? 'no ingestion'}`)
    else if (!matches(filter, ledger.drafts.get(url)!)) wrong.push(`did not want ${position} ${url}`)
    places.add(position)
    last = Math.max(last, position)
  }
  for (const [position, url] of ingested) {
    if (position <= positionOf(first) || places.has(position) || ledger.removed.has(url) || !matches(filter, ledger.drafts.get(url)!)) continue
    wrong.push(`missed ${position} ${url}`)
  }
  if (seen.at(-1)?.url !== endDrafts.at(-1)!.url) wrong.push(`did not reach the end: the last was ${seen.at(-1)?.url ?? 'nothing'}`)
  return wrong
}

/** Where the statistics differ from the articles and reads that they are made of. */
export async function judgeStatistics(pool: pg.Pool): Promise<string[]> {
  const differences = await verifyStatistics(pool, new Date())
  return differences.map(({ what, expected, found }) => `the statistics: ${what}: ${found} in place of ${expected}`)
}
