import { Prisma } from '../db/generated/client.ts'

/**
 * Common table expressions that say what deltas change in the rollups: `pending`, rows of {category_id, start, articles,
 * words, reads} by the quarter of an hour, and `place`, where the reads of each article named in a delta were folded (`was`)
 * and where they belong now (null: nowhere). The fold adds them to the rollups, and who reads the rollups adds them too: so the two agree.
 *
 * A read counts for the category that its article has now; what was folded before moves with its article, or goes with it.
 * That needs no lock on the article by who reads it, and none on its reads by who moves it: its place is one snapshot's.
 * @param deltas the table of them, or an expression of that shape
 */
export const pendingSql = (deltas: Prisma.Sql) => Prisma.sql`
  place AS MATERIALIZED (
    SELECT t.id, (SELECT a.category_id FROM article a WHERE a.id = t.id) AS category_id, (SELECT r.category_id FROM article_rank r WHERE r.article_id = t.id) AS was
    FROM (SELECT DISTINCT article_id AS id FROM ${deltas} d WHERE article_id IS NOT NULL) t
  ), pending AS (
    SELECT category_id, start, articles, words::bigint AS words, 0::bigint AS reads FROM ${deltas} d WHERE category_id IS NOT NULL
    UNION ALL
    SELECT p.category_id, d.start, 0, 0, d.reads FROM ${deltas} d JOIN place p ON p.id = d.article_id WHERE d.reads <> 0 AND p.category_id IS NOT NULL
    UNION ALL
    SELECT side.category_id, b.start, 0, 0, side.sign * b.reads
    FROM place p
    -- OFFSET keeps it a look into the index for each of the few, whatever the planner expects.
    CROSS JOIN LATERAL (SELECT start, reads FROM read_bucket WHERE article_id = p.id OFFSET 0) b
    CROSS JOIN LATERAL (VALUES (p.was, -1), (p.category_id, 1)) side(category_id, sign)
    WHERE p.was IS DISTINCT FROM p.category_id AND side.category_id IS NOT NULL
  )`

/** The same of all deltas that are not folded yet. */
export const unfolded = pendingSql(Prisma.sql`statistics_delta`)
