import type pg from 'pg'
import { readChannel } from './watch.ts'

/** A read of an article, by its id in lower case; the same key counts once. */
export type Read = { articleId: string; key: string | null }

/** What became of a read; COUNTED_BEFORE: its key was. */
export type Outcome = 'COUNTED' | 'COUNTED_BEFORE' | 'NOT_FOUND' | 'CONFLICT'

/** Ids with their commas in one notice, which has less than 8,000 bytes. */
const idsOfNotice = 200

/**
 * Stores what a CTE of article_id and reads has counted, as of $1. Counters are locked in the order of their ids, after all keys: two
 * servers never wait for each other. Articles are not locked, since whoever removes one locks its counter first; where one is gone
 * meanwhile, the foreign key of its counter refuses the statement.
 */
const stored = (counted: 'known' | 'counted') => `
  counters AS (
    INSERT INTO article_counter AS c (article_id, read_count, last_read_at) SELECT article_id, reads, $1::timestamptz FROM ${counted} ORDER BY article_id
    ON CONFLICT (article_id) DO UPDATE SET read_count = c.read_count + excluded.read_count, last_read_at = greatest(c.last_read_at, excluded.last_read_at)
  ), deltas AS (
    INSERT INTO statistics_delta (article_id, start, reads, read_at) SELECT article_id, quarter_of($1), reads, $1::timestamptz FROM ${counted}
  ), said AS MATERIALIZED (
    SELECT pg_notify('${readChannel}', ids) FROM (
      SELECT string_agg(article_id::text, ',') AS ids FROM (SELECT article_id, (row_number() OVER () - 1) / ${idsOfNotice} AS part FROM ${counted}) n GROUP BY part
    ) parts
  )
  SELECT (SELECT string_agg(article_id::text, ',') FROM known) AS known, (SELECT count(*) FROM said) AS said`

const withoutKeys = `
  WITH known AS MATERIALIZED (
    SELECT i.* FROM unnest($2::uuid[], $3::int[]) AS i(article_id, reads) JOIN article a ON a.id = i.article_id
  ), ${stored('known')}`

const withKeys = `
  WITH known AS MATERIALIZED (
    SELECT i.* FROM unnest($2::uuid[], $3::int[], $4::text[]) WITH ORDINALITY AS i(article_id, reads, key, place) JOIN article a ON a.id = i.article_id
  ), keys AS (
    INSERT INTO read_key (key, article_id, counted_at) SELECT DISTINCT ON (key) key, article_id, $1::timestamptz FROM known WHERE key IS NOT NULL ORDER BY key, place
    ON CONFLICT (key) DO NOTHING RETURNING key, article_id
  ), counted AS MATERIALIZED (
    SELECT article_id, sum(reads)::int AS reads
    FROM (SELECT article_id, reads FROM known WHERE key IS NULL UNION ALL SELECT article_id, 1 FROM keys) r GROUP BY article_id
  ), ${stored('counted')}, (SELECT json_agg(key) FROM keys) AS fresh`

type Row = { known: string | null; fresh?: string[] | null }

/**
 * Counts reads in one statement that is a transaction: their articles' counters, what they add to the statistics, and their keys. Those
 * who listen are told by it which articles were read. Each read is judged as if it came alone, in the order given.
 * @param now when they were read
 * @returns what became of each; undefined where its key was forgotten meanwhile, and nothing is stored: it may be tried again
 * @throws the driver's error, with nothing stored unless the connection was lost
 */
export async function commitReads(pool: pg.Pool, reads: readonly Read[], now: Date): Promise<(Outcome | undefined)[]> {
  const bare = new Map<string, number>()
  for (const { articleId, key } of reads) if (key === null) bare.set(articleId, (bare.get(articleId) ?? 0) + 1)
  const keyed = reads.filter(({ key }) => key !== null)
  const ids = [...bare.keys(), ...keyed.map(({ articleId }) => articleId)]
  const counts = [...bare.values(), ...keyed.map(() => 1)]
  const keys = [...Array<null>(bare.size).fill(null), ...keyed.map(({ key }) => key)]
  const { rows } = await pool.query<Row>(
    keyed.length === 0
      ? { name: 'reads without keys', text: withoutKeys, values: [now, ids, counts] }
      : { name: 'reads with keys', text: withKeys, values: [now, ids, counts, keys] },
  )
  const { known, fresh } = rows[0]!
  const there = new Set(known?.split(','))
  const counted = new Set(fresh)
  const owners = await ownersOf(
    pool,
    keyed.flatMap(({ articleId, key }) => (there.has(articleId) && !counted.has(key!) ? [key!] : [])),
  )
  return reads.map(({ articleId, key }) => {
    if (!there.has(articleId)) return 'NOT_FOUND'
    if (key === null) return 'COUNTED'
    if (counted.delete(key)) {
      owners.set(key, articleId)
      return 'COUNTED'
    }
    const owner = owners.get(key)
    if (owner === undefined) return undefined
    return owner === articleId ? 'COUNTED_BEFORE' : 'CONFLICT'
  })
}

/** Which article each of these keys was counted for. */
async function ownersOf(pool: pg.Pool, keys: string[]): Promise<Map<string, string>> {
  if (keys.length === 0) return new Map()
  const { rows } = await pool.query<{ key: string; article_id: string }>({
    name: 'owners of keys',
    text: 'SELECT key, article_id FROM read_key WHERE key = ANY($1::text[])',
    values: [keys],
  })
  return new Map(rows.map(({ key, article_id }) => [key, article_id]))
}
