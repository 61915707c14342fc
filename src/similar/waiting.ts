import { Prisma as Sql } from '../db/generated/client.ts'
import { quoted, type Text } from '../words/analysis.ts'
import type { Asked, Given } from './find.ts'
import { pauses } from './pause.ts'
import { subjectsOf } from './subjects.ts'
import { mostCharacters, termsOf, type Term } from './terms.ts'
import type { Frequencies, Subject } from './vector.ts'

/** Of the articles that wait to be enriched, the newest are looked at; fewer where there are many subjects. */
const looked = { most: 4_000, ofAll: 20_000 }
/** Of them are compared: for each subject those that have its keys most, and not more in all. */
const compared = { ofEach: 60, ofAll: 200 }

/** Whether one of the newest tasks is of an article that was never enriched. */
export const waitsSql = Sql.sql`EXISTS (
  SELECT FROM (SELECT article_id FROM enrichment_task ORDER BY id DESC LIMIT 100) t WHERE NOT EXISTS (SELECT FROM article_vector w WHERE w.article_id = t.article_id))`

/** The terms of articles that are there, in one statement. */
export async function readTerms(db: Asked, ids: string[]): Promise<Map<string, Term[]>> {
  const rows = await db.$queryRaw<
    ({ id: string } & Text)[]
  >`SELECT id, title, left(content, ${mostCharacters}) AS content, language FROM article WHERE id = ANY(${ids}::uuid[])`
  const pause = pauses()
  const terms = new Map<string, Term[]>()
  for (const row of rows) {
    terms.set(row.id, termsOf(row))
    await pause()
  }
  return terms
}

/** Of the articles that are not enriched yet those that may be like the subjects. One statement, two where there are some. */
export async function findWaiting(db: Asked, subjects: readonly Subject[], frequencies: Frequencies): Promise<Given> {
  const rows = subjects.flatMap(({ id, keys }, n) => (keys.length === 0 ? [] : [{ n, id, query: keys.map(({ lexeme }) => quoted(lexeme)).join('|') }]))
  const most = Math.min(looked.most, Math.ceil(looked.ofAll / Math.max(1, subjects.length)))
  const waiting = await db.$queryRaw<{ n: number; id: string }[]>`
    WITH waiting AS MATERIALIZED (
      SELECT l.article_id, l.lexemes FROM (
        SELECT DISTINCT article_id FROM (SELECT article_id FROM enrichment_task ORDER BY id DESC LIMIT ${most}) t
        WHERE NOT EXISTS (SELECT FROM article_vector v WHERE v.article_id = t.article_id)
      ) t CROSS JOIN LATERAL (SELECT * FROM article_lexemes WHERE article_id = t.article_id OFFSET 0) l
    )
    SELECT s.n, w.article_id AS id FROM json_to_recordset(${JSON.stringify(rows)}::json) AS s(n int, id uuid, query tsquery)
    CROSS JOIN LATERAL (
      SELECT article_id, ts_rank(lexemes, s.query) AS rank FROM waiting WHERE lexemes @@ s.query AND article_id <> s.id ORDER BY rank DESC, article_id LIMIT ${compared.ofEach}
    ) w ORDER BY w.rank DESC`
  const ids = [...new Set(waiting.map(({ id }) => id))].slice(0, compared.ofAll)
  if (ids.length === 0) return { vectors: new Map(), found: [] }
  const terms = await readTerms(db, ids)
  const vectors = new Map((await subjectsOf(terms, frequencies)).map(({ id, vector }) => [id, vector]))
  const found: string[][] = subjects.map(() => [])
  for (const { n, id } of waiting) if (vectors.has(id)) found[n]!.push(id)
  return { vectors, found }
}
