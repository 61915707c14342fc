import type { Prisma as Client } from '../db/connect.ts'
import { Prisma } from '../db/generated/client.ts'
import type { Batch } from '../graphql/loader.ts'
import { filterSql, type ArticleFilter } from '../articles/filter.ts'
import { wayToAll } from '../articles/filter-text.ts'
import { unfolded } from './pending.ts'
import { cellsSql, rolledUp } from './rollups.ts'

export type Counts = { articleCount: number; wordCount: number; readCount: number }
export type Totals = Counts & { lastIngestedAt: Date | null; lastReadAt: Date | null }
export type CategoryTotals = Totals & { categoryId: string }

/** Numbers over the articles that a filter takes, in one statement: from the rollups where it names categories at most, else from the articles that it takes. */
export async function totals(prisma: Client, filter: ArticleFilter): Promise<Totals> {
  if (ofAllTime(filter)) {
    const { categoryIds } = filter
    const [row] = await prisma.$queryRaw<Totals[]>`
      WITH ${unfolded}, cell AS (
        SELECT articles, words, reads FROM statistics_rollup WHERE minutes = 0 AND category_id = ANY(${categoryIds ?? ['']}::text[])
        UNION ALL
        SELECT articles, words, reads FROM pending WHERE ${categoryIds ? Prisma.sql`category_id = ANY(${categoryIds}::text[])` : Prisma.sql`true`}
      )
      SELECT ${sums}, ${categoryIds ? Prisma.sql`(SELECT max(${lastIngested(Prisma.sql`AND category_id = c`)}) FROM unnest(${categoryIds}::text[]) c)` : lastIngested(Prisma.empty)} AS "lastIngestedAt",
        ${categoryIds ? Prisma.sql`(SELECT max(${lastRead(Prisma.sql`AND r.category_id = c AND a.category_id = c`, Prisma.sql`AND p.category_id = c`)}) FROM unnest(${categoryIds}::text[]) c)` : lastRead(Prisma.empty, Prisma.empty)} AS "lastReadAt"
      FROM cell`
    return row!
  }
  const [row] = await prisma.$queryRaw<Totals[]>`
    SELECT count(*)::int AS "articleCount", coalesce(sum(a.word_count), 0)::float8 AS "wordCount", coalesce(sum(c.read_count), 0)::float8 AS "readCount",
      max(a.created_at) AS "lastIngestedAt", max(c.last_read_at) AS "lastReadAt"
    FROM article a LEFT JOIN article_counter c ON c.article_id = a.id WHERE ${filterSql(filter, wayToAll(filter.text))}`
  return row!
}

/** Articles, words and reads alone, of a filter of categories and time: the rollups know them for a stretch of time too. */
export async function counts(prisma: Client, filter: ArticleFilter): Promise<Counts> {
  const { categoryIds, publishedFrom: from, publishedBefore: before } = filter
  const [row] = await prisma.$queryRaw<Counts[]>`
    WITH ${cellsSql(categoryIds, { from, before })}
    SELECT coalesce(sum(articles), 0)::int AS "articleCount", coalesce(sum(words), 0)::float8 AS "wordCount", coalesce(sum(of_articles), 0)::float8 AS "readCount" FROM cell`
  return row!
}

/** The same for each category, those without such articles too, by name; in one statement. */
export async function totalsByCategory(prisma: Client, filter: ArticleFilter): Promise<CategoryTotals[]> {
  const { categoryIds } = filter
  const chosen = categoryIds ? Prisma.sql`g.id = ANY(${categoryIds}::text[])` : Prisma.sql`true`
  if (ofAllTime(filter)) {
    return prisma.$queryRaw<CategoryTotals[]>`
      WITH ${unfolded}, recent AS MATERIALIZED (
        SELECT category_id, sum(articles) AS articles, sum(words) AS words, sum(reads) AS reads FROM pending GROUP BY category_id
      )
      SELECT g.id AS "categoryId", (coalesce(t.articles, 0) + coalesce(p.articles, 0))::int AS "articleCount", (coalesce(t.words, 0) + coalesce(p.words, 0))::float8 AS "wordCount",
        (coalesce(t.reads, 0) + coalesce(p.reads, 0))::float8 AS "readCount", ${lastIngested(Prisma.sql`AND category_id = g.id`)} AS "lastIngestedAt",
        ${lastRead(Prisma.sql`AND r.category_id = g.id AND a.category_id = g.id`, Prisma.sql`AND p.category_id = g.id`)} AS "lastReadAt"
      FROM category g LEFT JOIN statistics_rollup t ON t.category_id = g.id AND t.minutes = 0 LEFT JOIN recent p ON p.category_id = g.id
      WHERE ${chosen} ORDER BY g.name, g.id`
  }
  return prisma.$queryRaw<CategoryTotals[]>`
    SELECT g.id AS "categoryId", coalesce(t.articles, 0)::int AS "articleCount", coalesce(t.words, 0)::float8 AS "wordCount", coalesce(t.reads, 0)::float8 AS "readCount",
      t.ingested AS "lastIngestedAt", t.read AS "lastReadAt"
    FROM category g LEFT JOIN (
      SELECT a.category_id, count(*) AS articles, sum(a.word_count) AS words, sum(c.read_count) AS reads, max(a.created_at) AS ingested, max(c.last_read_at) AS read
      FROM article a LEFT JOIN article_counter c ON c.article_id = a.id WHERE ${filterSql(filter, wayToAll(filter.text))} GROUP BY a.category_id
    ) t ON t.category_id = g.id
    WHERE ${chosen} ORDER BY g.name, g.id`
}

/** Of each category its totals, in one statement. */
export const totalsOfCategories: Batch<string, Totals> = async ({ prisma }, categoryIds) => {
  const rows = await totalsByCategory(prisma, { categoryIds: [...categoryIds] })
  const byId = new Map(rows.map((row) => [row.categoryId, row]))
  return categoryIds.map((id) => byId.get(id)!)
}

/** Whether a filter asks for nothing but categories, whose sums over all time are kept. */
export const ofAllTime = (filter: ArticleFilter) => rolledUp(filter) && !filter.publishedFrom && !filter.publishedBefore

const sums = Prisma.sql`coalesce(sum(articles), 0)::int AS "articleCount", coalesce(sum(words), 0)::float8 AS "wordCount", coalesce(sum(reads), 0)::float8 AS "readCount"`

const lastIngested = (condition: Prisma.Sql) => Prisma.sql`(SELECT created_at FROM article WHERE true ${condition} ORDER BY created_at DESC LIMIT 1)`

/** Of articles that are there: a rank may outlive its article until the next fold, and know neither its newest reads nor its newest category. */
const lastRead = (ranked: Prisma.Sql, placed: Prisma.Sql) => Prisma.sql`greatest(
  (SELECT r.last_read_at FROM article_rank r JOIN article a ON a.id = r.article_id WHERE true ${ranked} ORDER BY r.last_read_at DESC LIMIT 1),
  (SELECT max(d.read_at) FROM statistics_delta d JOIN place p ON p.id = d.article_id WHERE p.category_id IS NOT NULL ${placed}),
  (SELECT max(r.last_read_at) FROM place p JOIN article_rank r ON r.article_id = p.id WHERE p.category_id <> p.was ${placed}))`
