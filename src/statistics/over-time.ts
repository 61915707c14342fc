import type { Prisma as Client } from '../db/connect.ts'
import { Prisma } from '../db/generated/client.ts'
import { filterSql, type ArticleFilter } from '../articles/filter.ts'
import { wayToAll } from '../articles/filter-text.ts'
import { badInput } from '../errors.ts'
import { cellsSql, rolledUp } from './rollups.ts'

export type Interval = 'HOUR' | 'DAY' | 'WEEK' | 'MONTH'
export type Bucket = { start: Date; articleCount: number; wordCount: number; readCount: number }
export type Span = { interval: Interval; from?: Date; to?: Date; timeZone: string }

const mostBuckets = 1000
const defaultBuckets = 30
/** A bucket of a time zone may begin earlier than `from`, and PostgreSQL's years before the first are written differently. */
const earliest = new Date('0002-01-01T00:00:00Z')
const longestMs: Record<Interval, number> = { HOUR: 3_600_000, DAY: 90_000_000, WEEK: 608_400_000, MONTH: 2_682_000_000 }
const shortestMs: Record<Interval, number> = { HOUR: 3_600_000, DAY: 82_800_000, WEEK: 601_200_000, MONTH: 2_415_600_000 }

/**
 * Articles by publishedAt and reads by when they were read, from `from` up to but without `to`, in buckets of a time zone's
 * own hours, days, ISO weeks or months; of reads the quarter of an hour is known, and those of `from` and `to` count as a whole; those with nothing in them are there, with zeros. The last 30 when `from` is left out.
 * Days of a time zone with daylight saving are 23 to 25 hours long.
 * @throws BAD_USER_INPUT for an unknown time zone, a range that ends before it begins, or more than 1,000 buckets
 */
export async function overTime(prisma: Client, filter: ArticleFilter, { interval, from, to, timeZone }: Span, now: Date): Promise<Bucket[]> {
  const zone = knownTimeZone(timeZone)
  const before = to ?? now
  if (from && from >= before) throw badInput('from must be before to.', 'from')
  if (from && (before.getTime() - from.getTime()) / shortestMs[interval] > mostBuckets * 1.1) throw tooMany(from)
  if ((from ?? new Date(before.getTime() - defaultBuckets * longestMs[interval])) < earliest)
    throw badInput('That is too early: buckets begin with the year 2.', from ? 'from' : 'to')
  const starts = await startsOf(prisma, interval, from, before, zone)
  if (starts.length > mostBuckets) throw tooMany(from)
  const lower = from ?? starts[0]!
  const rows = await prisma.$queryRaw<({ index: number } & Omit<Bucket, 'start'>)[]>`
    WITH ${cells(filter, lower, before, starts)}
    SELECT width_bucket(greatest(start, ${starts[0]}), ${starts}::timestamptz[]) - 1 AS index, sum(articles)::int AS "articleCount", sum(words)::float8 AS "wordCount", sum(reads)::float8 AS "readCount"
    FROM cell GROUP BY 1`
  const found = new Map(rows.map(({ index, ...numbers }) => [index, numbers]))
  return starts.map((start, index) => ({ start, ...(found.get(index) ?? { articleCount: 0, wordCount: 0, readCount: 0 }) }))
}

/** Where the buckets begin, oldest first: the first of them at `from` or earlier. */
async function startsOf(prisma: Client, interval: Interval, from: Date | undefined, before: Date, zone: string): Promise<Date[]> {
  const unit = interval.toLowerCase()
  // Local time without an offset is where whole days are: 1 microsecond back, since `before` itself is outside. Quarters of an hour,
  // since an hour need not begin one hour after another (Lord Howe's clocks move by half of one); a union, since the day that
  // Samoa skipped begins when the next one does. Where midnight comes twice (Havana), a day begins with the first.
  const rows = await prisma.$queryRaw<{ start: Date }[]>`
    WITH span AS (
      SELECT date_trunc(${unit}, ${before}::timestamptz - interval '1 microsecond', ${zone}) AS last_start, ${from ?? null}::timestamptz AS given
    ), local AS (
      SELECT generate_series(
        CASE WHEN given IS NOT NULL THEN date_trunc(${unit}, given, ${zone}) AT TIME ZONE ${zone}
          ELSE (last_start AT TIME ZONE ${zone}) - ${defaultBuckets - 1} * ('1 ' || ${unit})::interval END,
        last_start AT TIME ZONE ${zone}, ('1 ' || ${unit})::interval) AS time
      FROM span WHERE ${interval} <> 'HOUR'
    )
    SELECT date_trunc('hour', g, ${zone}) AS start FROM span, generate_series(
      CASE WHEN given IS NOT NULL THEN date_trunc('hour', given, ${zone}) ELSE last_start - ${defaultBuckets - 1} * interval '1 hour' END, last_start, interval '15 minutes') g
    WHERE ${interval} = 'HOUR'
    UNION
    SELECT last_start FROM span
    UNION
    SELECT (SELECT min(begin) FROM unnest(ARRAY['0', '30 minutes', '1 hour', '2 hours']::interval[]) earlier,
      LATERAL (SELECT (time AT TIME ZONE ${zone}) - earlier AS begin) b WHERE begin AT TIME ZONE ${zone} >= time OR earlier = interval '0')
    FROM local
    ORDER BY start`
  return rows.map(({ start }) => start)
}

/** As cellsSql, for any filter: of articles one by one where the rollups do not know. */
function cells(filter: ArticleFilter, from: Date, before: Date, starts: Date[]): Prisma.Sql {
  const { categoryIds, publishedFrom, publishedBefore } = filter
  const cuts = starts.filter((start) => start > from)
  if (rolledUp(filter) && !publishedFrom && !publishedBefore) return cellsSql(categoryIds, { from, before, cuts })
  const taken = filterSql(filter, wayToAll(filter.text))
  return Prisma.sql`cell AS (
    SELECT a.published_at AS start, 1 AS articles, a.word_count AS words, 0 AS reads
    FROM article a WHERE a.published_at >= ${from} AND a.published_at < ${before} AND ${taken}
    UNION ALL
    SELECT b.start, 0, 0, b.reads FROM (
      SELECT article_id, start, reads FROM read_bucket UNION ALL SELECT article_id, start, reads FROM statistics_delta WHERE reads <> 0
    ) b JOIN article a ON a.id = b.article_id WHERE b.start >= quarter_of(${from}) AND b.start < ${before} AND ${taken}
  )`
}

const tooMany = (from: Date | undefined) =>
  badInput(`That would be more than ${mostBuckets} buckets: take a larger interval, or a shorter range.`, from ? 'from' : 'to')

function knownTimeZone(timeZone: string): string {
  try {
    // Offsets such as +02:00 are turned round by PostgreSQL (POSIX): names alone.
    if (!/^[A-Za-z]/.test(timeZone)) throw new RangeError()
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone
  } catch {
    throw badInput(`"${timeZone.slice(0, 60)}" is no IANA time zone, such as Europe/Berlin.`, 'timeZone')
  }
}
