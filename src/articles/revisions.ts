import type { Transaction } from '../db/connect.ts'
import type { Revision } from '../db/generated/client.ts'
import { memoized } from '../graphql/loader.ts'

/** Of each article the newest are kept. */
const kept = 100

/** Keeps the title and the text of articles that are about to be edited, where the edit changes them. Their rows must be locked. */
export async function keepRevisions(tx: Transaction, edits: { id: string; title: string; content: string; keepsText: boolean }[], now: Date): Promise<void> {
  const rows = edits.map(({ id, title, content, keepsText }) => ({ id, title, content: keepsText ? null : content }))
  await tx.$executeRaw`
    WITH added AS (
      INSERT INTO revision (article_id, title, content, replaced_at)
      SELECT a.id, a.title, a.content, ${now}
      FROM json_to_recordset(${JSON.stringify(rows)}::json) AS r(id uuid, title text, content text) JOIN article a ON a.id = r.id
      WHERE a.title <> r.title OR a.content <> coalesce(r.content, a.content)
      RETURNING article_id
    )
    DELETE FROM revision d
    USING added, LATERAL (SELECT id FROM revision WHERE article_id = added.article_id ORDER BY id DESC OFFSET ${kept - 2} LIMIT 1) AS oldest
    WHERE d.article_id = added.article_id AND d.id < oldest.id`
}

/** Of each article its newest revisions, newest first, in one statement. */
export const revisionsOf = memoized((first: number) => async ({ prisma }, articleIds: readonly string[]): Promise<Revision[][]> => {
  const rows = await prisma.$queryRaw<Revision[]>`
    SELECT r.id, r.article_id AS "articleId", r.title, r.content, r.replaced_at AS "replacedAt"
    FROM unnest(${[...articleIds]}::uuid[]) k(article_id)
    CROSS JOIN LATERAL (SELECT * FROM revision WHERE article_id = k.article_id ORDER BY id DESC LIMIT ${first}) r
    ORDER BY r.id DESC`
  const lists = new Map<string, Revision[]>(articleIds.map((id) => [id, []]))
  for (const row of rows) lists.get(row.articleId)?.push(row)
  return articleIds.map((id) => lists.get(id)!)
})
