import type { Transaction } from '../db/connect.ts'
import { pack, unpack, type Subject } from './vector.ts'

/** Of a term so many articles are kept: more than are looked at (find.ts), since some go. */
const mostOfTerm = 300

/** Writes what articles are looked for by, and compared by. One that is there keeps its number: a conflict would spend one. @param articles how many were known when it was made */
export async function writeSubjects(tx: Pick<Transaction, '$executeRaw'>, subjects: readonly Subject[], articles: number): Promise<void> {
  const rows = subjects.map((subject) => ({
    id: subject.id,
    keys: subject.keys.map(({ term }) => term),
    terms: pack(subject),
    words: subject.words.join(' '),
  }))
  await tx.$executeRaw`
    WITH r AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${JSON.stringify(rows)}::json) AS r(id uuid, keys int[], terms text, words text)
    ), known AS (
      UPDATE article_vector v SET terms = decode(r.terms, 'base64'), words = r.words, articles = ${articles}::int FROM r WHERE v.article_id = r.id RETURNING v.article_id, v.number
    ), vectors AS (
      INSERT INTO article_vector (article_id, terms, words, articles)
      SELECT id, decode(terms, 'base64'), words, ${articles}::int FROM r WHERE NOT EXISTS (SELECT FROM known k WHERE k.article_id = r.id) RETURNING article_id, number
    )
    INSERT INTO similar_term AS s (term, articles)
    SELECT k.term, array_agg(v.number ORDER BY v.number DESC) FROM r JOIN (SELECT * FROM known UNION ALL SELECT * FROM vectors) v ON v.article_id = r.id CROSS JOIN LATERAL unnest(r.keys) AS k(term)
    GROUP BY k.term ORDER BY k.term
    ON CONFLICT (term) DO UPDATE SET articles = (
      CASE WHEN excluded.articles[cardinality(excluded.articles)] > s.articles[1] THEN excluded.articles || s.articles
      ELSE ARRAY(SELECT u.number FROM unnest(excluded.articles || s.articles) AS u(number) ORDER BY u.number DESC) END)[1:${mostOfTerm}::int]`
}

/** Of articles that are gone. */
export async function removeVectors(tx: Transaction, ids: string[]): Promise<void> {
  await leaveTerms(tx, ids)
  await tx.$executeRaw`DELETE FROM article_vector WHERE article_id = ANY(${ids}::uuid[])`
}

/** Takes articles out of those that are found by a term. They were found by some of the terms that their vectors have. */
export async function leaveTerms(tx: Transaction, ids: string[]): Promise<void> {
  const rows = await tx.$queryRaw<
    { number: number; terms: string }[]
  >`SELECT number, encode(terms, 'base64') AS terms FROM article_vector WHERE article_id = ANY(${ids}::uuid[])`
  if (rows.length === 0) return
  const numbers = rows.map(({ number }) => number)
  const terms = [...new Set(rows.flatMap((row) => [...unpack(row.terms).terms]))].sort((a, b) => a - b)
  await tx.$executeRaw`
    UPDATE similar_term t SET articles = ARRAY(SELECT u.number FROM unnest(t.articles) WITH ORDINALITY AS u(number, place) WHERE u.number <> ALL(${numbers}::int[]) ORDER BY u.place)
    WHERE term = ANY(${terms}::int[]) AND articles && ${numbers}::int[]`
  await tx.$executeRaw`DELETE FROM similar_term WHERE term = ANY(${terms}::int[]) AND articles = '{}'`
}
