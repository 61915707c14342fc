import { Prisma } from '../db/generated/client.ts'
import type { ArticleFilter } from '../articles/filter.ts'
import { unfolded } from './pending.ts'

const quarterMs = 900_000
const hourMs = 3_600_000

/** A stretch of time, cut into pieces; without `from` from the beginning, without `before` to the end. Cuts are within it. */
export type Stretch = { from?: Date | undefined; before?: Date | undefined; cuts?: Date[] }

/** Whether the rollups know what a filter asks for: categories and time alone. */
export function rolledUp(filter: ArticleFilter): boolean {
  return Object.keys(filter).every((condition) => known.has(condition))
}

const known = new Set<string>(['categoryIds', 'publishedFrom', 'publishedBefore'] satisfies (keyof ArticleFilter)[])

/**
 * Common table expressions that end in `cell`: rows of {start, articles, words, reads, of_articles}, each within one piece of the stretch,
 * articles by publishedAt and reads by the quarter of an hour in which they were. Whole hours come from the rollups by the
 * hour, hours that a cut goes through from those by the quarter, and where a cut goes through a quarter its articles are read
 * themselves: so it is exact, and costs hours, not articles.
 * @param categoryIds which categories, summed up; all of them when left out
 */
export function cellsSql(categoryIds: string[] | undefined, { from, before, cuts = [] }: Stretch): Prisma.Sql {
  const edges = [from, ...cuts, before].filter((edge) => edge !== undefined).map(Number)
  const hours = through(edges, hourMs)
  const inside = (start: number) => (!from || start + quarterMs > from.getTime()) && (!before || start < before.getTime())
  const quarters = hours.flatMap((hour) => [0, 1, 2, 3].map((n) => hour + n * quarterMs)).filter(inside)
  const cut = through(edges, quarterMs)
  const until = before ? Prisma.sql`AND start < ${before}` : Prisma.empty
  const since = (moment: Prisma.Sql) => (from ? Prisma.sql`AND start >= ${moment}` : Prisma.empty)
  const mine = categoryIds ? Prisma.sql`category_id = ANY(${categoryIds}::text[])` : Prisma.sql`true`
  const category = categoryIds ? mine : Prisma.sql`category_id = ''`
  const shares = Prisma.sql`start, CASE WHEN start = ANY(${dates(cut)}) THEN 0 ELSE articles END AS articles, CASE WHEN start = ANY(${dates(cut)}) THEN 0 ELSE words END AS words, reads,
    CASE WHEN start = ANY(${dates(cut)}) THEN 0 ELSE of_articles END AS of_articles`
  return Prisma.sql`${unfolded}, cell AS (
    SELECT start, articles, words, reads, of_articles FROM statistics_rollup
    WHERE ${category} AND minutes = 60 ${since(Prisma.sql`${from}`)} ${until} AND start <> ALL(${dates(hours)})
    UNION ALL
    SELECT ${shares} FROM statistics_rollup WHERE ${category} AND minutes = 15 AND start = ANY(${dates(quarters)})
    UNION ALL
    SELECT ${shares} FROM pending WHERE ${mine} ${since(Prisma.sql`quarter_of(${from})`)} ${until}
    UNION ALL
    SELECT a.published_at, 1, a.word_count, 0, coalesce(c.read_count, 0) FROM unnest(${dates(cut)}) q(start)
    -- OFFSET keeps it a look into the index for each of the few: a plan for any moments would read all articles between from and before.
    CROSS JOIN LATERAL (SELECT id, category_id, published_at, word_count FROM article WHERE published_at >= q.start AND published_at < q.start + interval '15 minutes' OFFSET 0) a
    LEFT JOIN article_counter c ON c.article_id = a.id
    WHERE ${mine} AND ${from ? Prisma.sql`a.published_at >= ${from}` : Prisma.sql`true`} AND ${before ? Prisma.sql`a.published_at < ${before}` : Prisma.sql`true`}
  )`
}

/** Beginnings of the stretches of a length that a moment goes through, without those that begin with it. */
function through(moments: number[], length: number): number[] {
  return [...new Set(moments.flatMap((moment) => (moment % length === 0 ? [] : [Math.floor(moment / length) * length])))]
}

const dates = (times: number[]) => Prisma.sql`${times.map((time) => new Date(time))}::timestamptz[]`
