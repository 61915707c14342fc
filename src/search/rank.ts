import { Prisma } from '../db/generated/client.ts'
import type { Prisma as Client } from '../db/connect.ts'
import { filterSql, type ArticleFilter } from '../articles/filter.ts'
import { inLanguage, inTitle, quoted } from '../words/analysis.ts'
import { rankedWhole, sourcesOf, type Source } from './candidates.ts'
import type { Plan, ScoredTerm } from './plan.ts'

/** An article's place: the higher score first, then what was published later, then the greater id. */
export type Place = { id: string; score: number; publishedAt: string }

/** Results of a search: further pages end there. */
const mostResults = 1_000

/** BM25 (Robertson & Zaragoza 2009): how soon further occurrences count less, and how much long articles are held against. */
const k1 = 1.2
const b = 0.6
/** A word of the title counts as if the text had it so much more often. */
const titleCount = 0.5

export const byPlace = (a: Place, c: Place) =>
  c.score - a.score || (a.publishedAt === c.publishedAt ? 0 : a.publishedAt < c.publishedAt ? 1 : -1) || (a.id < c.id ? 1 : -1)

/**
 * BM25 of the row `l` of article_lexemes. PostgreSQL's ts_rank of one lexeme at n positions of weight D is the sum of 1/j² for j from 1 to n, by
 * π²/6, by ten: what is missing from the whole series is close to 1/(n + ½), which tells n without unpacking the vector.
 */
function scoreSql(terms: readonly ScoredTerm[], averageLength: number): Prisma.Sql {
  const queries = terms.map(({ lexeme }) => quoted(lexeme))
  const titles = terms.map(({ lexeme }) => quoted(inTitle(lexeme)))
  const languages = terms.map((term) => term.languages?.map((language) => quoted(inLanguage(language))).join('|') ?? null)
  const norm = Prisma.sql`(${k1 * (1 - b)}::float8 + ${(k1 * b) / averageLength}::float8 * l.length)`
  return Prisma.sql`(
    SELECT coalesce(sum(t.weight * (1 - ${norm} / (${norm} - 0.5
      + 1 / greatest(1.6449340668482264 - 16.449340668482264 * t.rank, 0.002) + CASE WHEN l.lexemes @@ t.title THEN ${titleCount}::float8 ELSE 0 END))), 0)
    FROM (
      SELECT u.title, u.languages, u.weight, ts_rank(l.lexemes, u.query)::float8 AS rank
      FROM unnest(${queries}::text[]::tsquery[], ${titles}::text[]::tsquery[], ${languages}::text[]::tsquery[], ${terms.map(({ weight }) => weight)}::float8[])
        AS u(query, title, languages, weight) OFFSET 0
    ) t WHERE t.rank > 0 AND (t.languages IS NULL OR l.lexemes @@ t.languages))`
}

type Row = { id: string; score: number; publishedAt: Date }

/**
 * The best articles for a plan's own terms, best first; at most 1,000. One statement. When they were published is looked up of as many, and of all
 * that score as the last of them: among equals the newer come first.
 */
export async function rankCandidates(prisma: Client, plan: Plan, required: string | undefined, filter: ArticleFilter): Promise<Place[]> {
  // Candidates are so many before the filter: where few articles have its text, they are looked for by it.
  const asked = [required, filter.text?.tsquery].filter((query) => query !== undefined)
  const sources = sourcesOf(plan, asked.length === 0 ? undefined : asked.join(' & '))
  if (sources.length === 0) return []
  const score = scoreSql(plan.terms, plan.averageLength)
  const filtered = Object.keys(filter).length > 0
  const parts = sources.map((source) => candidatesSql(source, score, filtered ? filter : undefined))
  if (filtered && plan.articles > rankedWhole) parts.push(newestTakenSql(plan, required, score, filter))
  const rows = await prisma.$queryRaw<Row[]>`
    SELECT best.id, best.score, a.published_at AS "publishedAt" FROM (
      SELECT id, max(score) AS score FROM (${Prisma.join(parts, ' UNION ALL ')}) c WHERE score > 0 GROUP BY id ORDER BY 2 DESC
      FETCH FIRST ${mostResults} ROWS WITH TIES
    ) best JOIN article a ON a.id = best.id ORDER BY best.score DESC, a.published_at DESC, a.id DESC LIMIT ${mostResults}`
  return rows.map((row) => ({ ...row, publishedAt: row.publishedAt.toISOString() }))
}

/**
 * The query comes from a subselect, so that the planner does not know how common it is, and looks into the index. The limit comes before the
 * filter, which could else make it go through all that the index finds.
 */
function candidatesSql({ query, batches, most }: Source, score: Prisma.Sql, filter: ArticleFilter | undefined): Prisma.Sql {
  const recent = batches ? Prisma.sql`AND l.batch && (SELECT ${batches}::int[])` : Prisma.empty
  const found = Prisma.sql`(SELECT l.* FROM article_lexemes l WHERE l.lexemes @@ (SELECT ${query}::text::tsquery) ${recent} LIMIT ${most}) l`
  const taken = filter ? Prisma.sql`JOIN article a ON a.id = l.article_id WHERE ${filterSql(filter)}` : Prisma.empty
  return Prisma.sql`(SELECT l.article_id AS id, ${score} AS score FROM ${found} ${taken})`
}

/** What is looked through of what a filter takes. */
const lookedThrough = 20_000
const mostTaken = 5_000

/**
 * The newest articles that a filter takes: where they are few, the best of them may be far from the newest of all. OFFSET makes their lexemes be
 * looked up one by one: the index would go through all articles that have a common word.
 */
function newestTakenSql(plan: Plan, required: string | undefined, score: Prisma.Sql, filter: ArticleFilter): Prisma.Sql {
  const { categoryIds, feedIds, publishedFrom, publishedBefore } = filter
  const narrow: ArticleFilter = { ...(categoryIds && { categoryIds }), ...(publishedFrom && { publishedFrom }), ...(publishedBefore && { publishedBefore }) }
  const seen = feedIds
    ? Prisma.sql`a.id IN (SELECT s.article_id FROM sighting s WHERE s.feed_id = ANY(${feedIds}::uuid[]) LIMIT ${lookedThrough})`
    : Prisma.sql`true`
  const query = `(${plan.terms.map(({ lexeme }) => quoted(lexeme)).join('|')})${required === undefined ? '' : ` & ${required}`}`
  return Prisma.sql`(
    SELECT l.article_id AS id, ${score} AS score FROM (
      SELECT a.id FROM (
        SELECT a.* FROM article a WHERE ${filterSql(narrow)} AND ${seen} ORDER BY a.published_at DESC, a.id DESC LIMIT ${lookedThrough}
      ) a WHERE ${filterSql(filter)} LIMIT ${mostTaken}
    ) a CROSS JOIN LATERAL (SELECT l.* FROM article_lexemes l WHERE l.article_id = a.id OFFSET 0) l
    WHERE l.lexemes @@ (SELECT ${query}::text::tsquery))`
}

/** The same articles by other terms, best first. One statement. */
export async function rankAgain(prisma: Client, places: readonly Place[], terms: readonly ScoredTerm[], averageLength: number): Promise<Place[]> {
  const rows = await prisma.$queryRaw<{ id: string; score: number }[]>`
    SELECT l.article_id AS id, ${scoreSql(terms, averageLength)} AS score FROM article_lexemes l WHERE l.article_id = ANY(${places.map(({ id }) => id)}::uuid[])`
  const scores = new Map(rows.map(({ id, score }) => [id, score]))
  return places.flatMap((place) => (scores.has(place.id) ? [{ ...place, score: scores.get(place.id)! }] : [])).sort(byPlace)
}
