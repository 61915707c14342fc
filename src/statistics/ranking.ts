import { Prisma } from '../db/generated/client.ts'
import type { Prisma as Client } from '../db/connect.ts'
import { filterSql, type ArticleFilter } from '../articles/filter.ts'
import { wayToFirst } from '../articles/filter-text.ts'
import { badInput } from '../errors.ts'
import { addTrends, scoreSql, sumTrends, weightSql } from './trend.ts'

export type Period = 'DAY' | 'WEEK' | 'MONTH' | 'ALL'
export type Ranked = { articleId: string; score: number }

const most = 100
/** Decayed reads below which an article trends no more. */
const leastScore = 0.01

type Measure = {
  /** Of the rank `r`. */
  column: Prisma.Sql
  /** The same of an article's reads that are not folded yet: of the rows `d`, grouped. Null where none counts. */
  unfolded: Prisma.Sql
  add: (a: Prisma.Sql, b: Prisma.Sql) => Prisma.Sql
  /** What a column must be above for its article to be ranked. */
  above: Prisma.Sql
}

const plus = (a: Prisma.Sql, b: Prisma.Sql) => Prisma.sql`(${a} + ${b})`
const reads = (column: Prisma.Sql, condition: Prisma.Sql): Measure => ({
  column,
  unfolded: Prisma.sql`sum(d.reads) FILTER (WHERE ${condition})`,
  add: plus,
  above: Prisma.sql`0`,
})
/** By whole quarters of an hour, as the fold moves the windows of the ranks; which it may be about to do. */
const since = (now: Date, days: number) =>
  Prisma.sql`d.start > (SELECT greatest(windows_at, quarter_of(${now})) FROM statistics_fold) - ${days} * interval '1 day'`
const periods: Record<Period, (now: Date) => Measure> = {
  DAY: (now) => reads(Prisma.sql`r.day`, since(now, 1)),
  WEEK: (now) => reads(Prisma.sql`r.week`, since(now, 7)),
  MONTH: (now) => reads(Prisma.sql`r.month`, since(now, 30)),
  ALL: () => reads(Prisma.sql`r.read_count`, Prisma.sql`true`),
}

/**
 * The articles read most in a period that ends now (the last day, 7 or 30 days, to the quarter of an hour), with how often.
 * @param first 1 to 100
 * @throws BAD_USER_INPUT
 */
export function mostRead(prisma: Client, filter: ArticleFilter, first: number, period: Period, now: Date): Promise<Ranked[]> {
  return rank(prisma, filter, first, periods[period](now), (score) => Prisma.sql`${score}::float8`)
}

/** The articles with the most reads, each of which counts half after twelve hours (trend.ts). @throws BAD_USER_INPUT */
export function trending(prisma: Client, filter: ArticleFilter, first: number, now: Date): Promise<Ranked[]> {
  const weight = Prisma.sql`(ln(d.reads) + ${weightSql(Prisma.sql`d.read_at`)})`
  const measure: Measure = {
    column: Prisma.sql`r.trend`,
    unfolded: sumTrends(weight, Prisma.sql`d.greatest_weight`),
    add: addTrends,
    above: Prisma.sql`(ln(${leastScore}::float8) + ${weightSql(Prisma.sql`${now}::timestamptz`)})`,
  }
  return rank(prisma, filter, first, measure, (trend) => scoreSql(trend, now), Prisma.sql`max(${weight}) OVER (PARTITION BY d.article_id)`)
}

/**
 * The best of the ranks by an index, and beside them every article with reads that are not folded yet: those can only have
 * risen, so nobody else can be among the best.
 */
async function rank(
  prisma: Client,
  filter: ArticleFilter,
  first: number,
  { column, unfolded, add, above }: Measure,
  score: (value: Prisma.Sql) => Prisma.Sql,
  greatest = Prisma.sql`0`,
): Promise<Ranked[]> {
  if (first < 1 || first > most) throw badInput(`first must be from 1 to ${most}.`, 'first')
  const way = await wayToFirst(prisma, filter.text)
  return prisma.$queryRaw<Ranked[]>`
    WITH fresh AS MATERIALIZED (
      SELECT d.article_id AS id, ${unfolded} AS value FROM (SELECT d.*, ${greatest} AS greatest_weight FROM statistics_delta d WHERE d.reads <> 0) d GROUP BY d.article_id
    ), best AS (
      SELECT r.article_id AS id, ${column} AS value FROM article_rank r JOIN article a ON a.id = r.article_id
      WHERE ${column} > ${above} AND ${filterSql(filter, way)} AND r.article_id NOT IN (SELECT id FROM fresh) ORDER BY ${column} DESC, r.article_id DESC LIMIT ${first}
    ), risen AS (
      SELECT f.id, CASE WHEN r.article_id IS NULL THEN f.value WHEN f.value IS NULL THEN ${column} ELSE ${add(column, Prisma.sql`f.value`)} END AS value
      FROM fresh f JOIN article a ON a.id = f.id LEFT JOIN article_rank r ON r.article_id = f.id WHERE ${filterSql(filter)}
    )
    SELECT id AS "articleId", ${score(Prisma.sql`value`)} AS score FROM (SELECT * FROM best UNION ALL SELECT * FROM risen) ranked
    WHERE value > ${above} ORDER BY value DESC, id DESC LIMIT ${first}`
}
