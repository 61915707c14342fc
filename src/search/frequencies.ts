import type pg from 'pg'
import { keepUp } from '../repeat.ts'

/** No word's lexeme: it counts all articles. */
export const everyArticle = '@'

/** Tasks that a transaction does, of lexemes of so many bytes as they are stored: it costs by the distinct ones, and of many articles many are the same. */
const batch = { tasks: 1_000, bytes: 20_000_000 }
/** By how many times what a count took the next one waits: others come first, and what has come meanwhile is counted with it. */
const rest = 4
/** How often to look for what is to be counted. */
const everyMs = 200
/** Any number but those of other locks: only one server counts at a time. */
const lockId = 7_242_003

/**
 * Counts what the next articles are found by, in one transaction, so that the document frequencies (table lexeme) are exact as of the articles
 * that are counted: each counts for what it is found by now, and no longer for what it was found by when it was counted last. Marked lexemes
 * are counted like any other; a lexeme that no article has is gone.
 * @returns how many tasks are done; 0 where there are none, or another server is at it
 */
export async function countFrequencies(pool: pg.Pool): Promise<number> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    // Before the statement that counts, whose snapshot must be later than the last count's commit.
    const { rows: locks } = await client.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS mine', [lockId])
    const { rows } = locks[0]!.mine ? await client.query<{ tasks: number; gone: string[] }>(counting, [batch.tasks, everyArticle, batch.bytes]) : { rows: [] }
    const { tasks = 0, gone = [] } = rows[0] ?? {}
    if (gone.length > 0) await client.query('DELETE FROM lexeme WHERE lexeme = ANY($1) AND articles <= 0', [gone])
    await client.query('COMMIT')
    client.release()
    return tasks
  } catch (error) {
    client.release(true) // its transaction ends with it
    throw error
  }
}

/** One statement sees the tasks and what they tell of. In one order: neighbours in the index are written one after the other. */
const counting = `
  WITH sized AS (
    SELECT t.article_id, place, t.bytes + coalesce(pg_column_size(l.lexemes), 0) AS bytes FROM (
      SELECT article_id, min(id) AS place, coalesce(sum(pg_column_size(before)), 0) AS bytes FROM (SELECT * FROM frequency_task ORDER BY id LIMIT $1) t GROUP BY article_id
    ) t LEFT JOIN article_lexemes l ON l.article_id = t.article_id
  ), next AS (
    SELECT article_id FROM (SELECT article_id, sum(bytes) OVER (ORDER BY place) - bytes AS before FROM sized) s WHERE before < $3
  ), taken AS (
    DELETE FROM frequency_task f USING next WHERE f.article_id = next.article_id RETURNING f.id, f.article_id, f.before
  ), oldest AS MATERIALIZED (
    SELECT DISTINCT ON (article_id) article_id, before FROM taken ORDER BY article_id, id
  ), changes AS MATERIALIZED (
    SELECT lexeme, sum(change)::int AS change FROM (
      SELECT unnest(tsvector_to_array(l.lexemes) || $2::text) AS lexeme, 1 AS change FROM oldest o JOIN article_lexemes l ON l.article_id = o.article_id
      UNION ALL SELECT unnest(tsvector_to_array(o.before) || $2::text), -1 FROM oldest o WHERE o.before IS NOT NULL
    ) c GROUP BY lexeme HAVING sum(change) <> 0
  ), written AS (
    INSERT INTO lexeme AS l (lexeme, articles) SELECT lexeme, change FROM changes ORDER BY lexeme COLLATE "C"
    ON CONFLICT (lexeme) DO UPDATE SET articles = l.articles + excluded.articles RETURNING lexeme, articles
  )
  SELECT (SELECT count(*)::int FROM taken) AS tasks, ARRAY(SELECT lexeme FROM written WHERE articles <= 0) AS gone`

/** Counts as articles come and change: a fifth of the time while there is more, else five times a second. */
export function createCounter(pool: pg.Pool, onError: (error: unknown) => void): { start: () => void; close: () => Promise<void> } {
  let stop: (() => Promise<void>) | undefined
  const run = async () => {
    // In the index's order: after many are done, a scan of the table would go through all the pages that they have left.
    const { rowCount } = await pool.query('SELECT id FROM frequency_task ORDER BY id LIMIT 1')
    return rowCount! > 0 && (await countFrequencies(pool)) > 0
  }
  const waitMs = (more: boolean, tookMs: number) => (more ? tookMs * rest : everyMs)
  return {
    start: () => {
      stop ??= keepUp(run, { firstMs: 0, waitMs, onError })
    },
    close: async () => stop?.(),
  }
}
