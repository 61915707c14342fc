import { lockCounters } from '../articles/counters.ts'
import type { Transaction } from '../db/connect.ts'
import type { ArchivedDraft } from './draft.ts'

/**
 * Raises the counters of articles to the reads that an archive tells of; one that counts more already stays as it is, with
 * its lastReadAt. What is added counts for the statistics when it was read last.
 * @returns the ids of those that rose
 */
export async function raiseReads(tx: Transaction, drafts: ArchivedDraft[]): Promise<string[]> {
  if (drafts.length === 0) return []
  const rows = drafts.map(({ id, reads }) => ({ id, reads: reads!.count, read_at: reads!.lastAt }))
  await lockCounters(
    tx,
    drafts.map(({ id }) => id),
  )
  const raised = await tx.$queryRaw<{ id: string }[]>`
    WITH r AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${JSON.stringify(rows)}::json) AS r(id uuid, reads int, read_at timestamptz)
    ), before AS MATERIALIZED (
      SELECT article_id, read_count FROM article_counter WHERE article_id IN (SELECT id FROM r)
    ), raised AS (
      UPDATE article_counter c SET read_count = r.reads, last_read_at = greatest(c.last_read_at, r.read_at)
      FROM r JOIN before ON before.article_id = r.id
      WHERE c.article_id = r.id AND r.reads > before.read_count
      RETURNING c.article_id, r.reads - before.read_count AS more, r.read_at
    )
    INSERT INTO statistics_delta (article_id, start, reads, read_at) SELECT article_id, quarter_of(read_at), more, read_at FROM raised
    RETURNING article_id AS id`
  return raised.map(({ id }) => id)
}
