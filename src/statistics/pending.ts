import { Prisma } from '../db/generated/client.ts'

/**
 * Common table expressions that say what deltas change in the rollups: `pending`, rows of {category_id, start, articles,
 * words, reads, of_articles} by the quarter of an hour, and `place`, where the reads of each article named in a delta were folded
 * (`was`, `was_published`) and where they belong now (null: nowhere). The fold adds them to the rollups, and who reads the rollups
 * adds them too: so the two agree.
 *
 * A read counts for the category and the time of publication that its article has now; what was folded before moves with its article, or goes with it.
 * That needs no lock on the article by who reads it, and none on its reads by who moves it: its place is one snapshot's.
 * @param deltas the table of them, or an expression of that shape
 */
export const pendingSql = (deltas: Prisma.Sql) => Prisma.sql`
  place AS MATERIALIZED (
    SELECT t.id, a.category_id, a.published, r.category_id AS was, r.published AS was_published, r.read_count
    FROM (SELECT DISTINCT article_id AS id FROM ${deltas} d WHERE article_id IS NOT NULL) t
    -- OFFSET keeps each a look into the index for each of the few, whatever the planner expects.
    LEFT JOIN LATERAL (SELECT category_id, quarter_of(published_at) AS published FROM article WHERE id = t.id OFFSET 0) a ON true
    LEFT JOIN LATERAL (SELECT category_id, published, read_count FROM article_rank WHERE article_id = t.id OFFSET 0) r ON true
  ), pending AS (
    SELECT category_id, start, articles, words::bigint AS words, 0::bigint AS reads, 0::bigint AS of_articles FROM ${deltas} d WHERE category_id IS NOT NULL
    UNION ALL
    SELECT p.category_id, s.start, 0, 0, s.reads, s.of_articles FROM ${deltas} d JOIN place p ON p.id = d.article_id
    CROSS JOIN LATERAL (VALUES (d.start, d.reads, 0), (p.published, 0, d.reads)) s(start, reads, of_articles)
    WHERE d.reads <> 0 AND p.category_id IS NOT NULL
    UNION ALL
    SELECT side.category_id, side.published, 0, 0, 0, side.sign * p.read_count
    FROM place p CROSS JOIN LATERAL (VALUES (p.was, p.was_published, -1), (p.category_id, p.published, 1)) side(category_id, published, sign)
    WHERE p.read_count IS NOT NULL AND (p.was, p.was_published) IS DISTINCT FROM (p.category_id, p.published) AND side.category_id IS NOT NULL
    UNION ALL
    SELECT side.category_id, b.start, 0, 0, side.sign * b.reads, 0
    FROM place p
    CROSS JOIN LATERAL (SELECT start, reads FROM read_bucket WHERE article_id = p.id OFFSET 0) b
    CROSS JOIN LATERAL (VALUES (p.was, -1), (p.category_id, 1)) side(category_id, sign)
    WHERE p.was IS DISTINCT FROM p.category_id AND side.category_id IS NOT NULL
  )`

/** The same of all deltas that are not folded yet. */
export const unfolded = pendingSql(Prisma.sql`statistics_delta`)
