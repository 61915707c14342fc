import type { Prisma } from '../db/connect.ts'
import type { Batch } from '../graphql/loader.ts'
import { filterSql, type ArticleFilter } from '../articles/filter.ts'

export type Totals = { articleCount: number; wordCount: number; readCount: number; lastIngestedAt: Date | null; lastReadAt: Date | null }

/** Counts over the articles that a filter takes, in one statement. */
export async function totals(prisma: Prisma, filter: ArticleFilter): Promise<Totals> {
  const [row] = await prisma.$queryRaw<Totals[]>`
    SELECT count(*)::int AS "articleCount", coalesce(sum(a.word_count), 0)::float8 AS "wordCount", coalesce(sum(c.read_count), 0)::float8 AS "readCount",
      max(a.created_at) AS "lastIngestedAt", max(c.last_read_at) AS "lastReadAt"
    FROM article a LEFT JOIN article_counter c ON c.article_id = a.id WHERE ${filterSql(filter)}`
  return row!
}

export type CategoryTotals = Totals & { categoryId: string }

/** The same for each category, those without such articles too, by name; in one statement. */
export async function totalsByCategory(prisma: Prisma, filter: ArticleFilter): Promise<CategoryTotals[]> {
  return prisma.$queryRaw<CategoryTotals[]>`
    SELECT g.id AS "categoryId", coalesce(t.articles, 0)::int AS "articleCount", coalesce(t.words, 0)::float8 AS "wordCount", coalesce(t.reads, 0)::float8 AS "readCount",
      t.ingested AS "lastIngestedAt", t.read AS "lastReadAt"
    FROM category g LEFT JOIN (
      SELECT a.category_id, count(*) AS articles, sum(a.word_count) AS words, sum(c.read_count) AS reads, max(a.created_at) AS ingested, max(c.last_read_at) AS read
      FROM article a LEFT JOIN article_counter c ON c.article_id = a.id WHERE ${filterSql(filter)} GROUP BY a.category_id
    ) t ON t.category_id = g.id
    WHERE ${filter.categoryIds ?? null}::text[] IS NULL OR g.id = ANY(${filter.categoryIds ?? null}::text[])
    ORDER BY g.name, g.id`
}

/** Of each category its totals, in one statement. */
export const totalsOfCategories: Batch<string, Totals> = async ({ prisma }, categoryIds) => {
  const rows = await totalsByCategory(prisma, { categoryIds: [...categoryIds] })
  const byId = new Map(rows.map((row) => [row.categoryId, row]))
  return categoryIds.map((id) => byId.get(id)!)
}
