import type { Prisma } from '../db/connect.ts'
import { filterSql, type ArticleFilter } from '../articles/filter.ts'
import { badInput } from '../errors.ts'

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
 * own hours, days, ISO weeks or months; those with nothing in them are there, with zeros. The last 30 when `from` is left out.
 * Days of a time zone with daylight saving are 23 to 25 hours long.
 * @throws BAD_USER_INPUT for an unknown time zone, a range that ends before it begins, or more than 1,000 buckets
 */
export async function overTime(prisma: Prisma, filter: ArticleFilter, { interval, from, to, timeZone }: Span, now: Date): Promise<Bucket[]> {
  const zone = knownTimeZone(timeZone)
  const end = to ?? now
  if (from && from >= end) throw badInput('from must be before to.', 'from')
  if (from && (end.getTime() - from.getTime()) / shortestMs[interval] > mostBuckets * 1.1) throw tooMany(from)
  if ((from ?? new Date(end.getTime() - defaultBuckets * longestMs[interval])) < earliest)
    throw badInput('That is too early: buckets begin with the year 2.', from ? 'from' : 'to')
  const unit = interval.toLowerCase()
  // Local time without an offset is where whole days are: 1 microsecond back, since `to` itself is outside. Quarters of an hour,
  // since an hour need not begin one hour after another (Lord Howe's clocks move by half of one); a union, since the day that
  // Samoa skipped begins when the next one does.
  const rows = await prisma.$queryRaw<Bucket[]>`
    WITH span AS (
      SELECT date_trunc(${unit}, ${end}::timestamptz - interval '1 microsecond', ${zone}) AS last_start, ${from ?? null}::timestamptz AS given
    ), starts AS (
      SELECT date_trunc('hour', g, ${zone}) AS start FROM span, generate_series(
        CASE WHEN given IS NOT NULL THEN date_trunc('hour', given, ${zone}) ELSE last_start - ${defaultBuckets - 1} * interval '1 hour' END, last_start, interval '15 minutes') g
      WHERE ${interval} = 'HOUR'
      UNION
      SELECT g AT TIME ZONE ${zone} FROM span, generate_series(
        CASE WHEN given IS NOT NULL THEN date_trunc(${unit}, given, ${zone}) AT TIME ZONE ${zone}
          ELSE (last_start AT TIME ZONE ${zone}) - ${defaultBuckets - 1} * ('1 ' || ${unit})::interval END,
        last_start AT TIME ZONE ${zone}, ('1 ' || ${unit})::interval) g
      WHERE ${interval} <> 'HOUR'
    ), bounds AS (
      SELECT coalesce(${from ?? null}::timestamptz, min(start)) AS lower FROM starts
    ), articles AS (
      SELECT date_trunc(${unit}, a.published_at, ${zone}) AS start, count(*) AS articles, sum(a.word_count) AS words
      FROM article a, bounds WHERE a.published_at >= bounds.lower AND a.published_at < ${end} AND ${filterSql(filter)} GROUP BY 1
    ), reads AS (
      SELECT date_trunc(${unit}, b.start, ${zone}) AS start, sum(b.reads) AS reads
      FROM read_bucket b JOIN article a ON a.id = b.article_id, bounds WHERE b.start >= bounds.lower AND b.start < ${end} AND ${filterSql(filter)} GROUP BY 1
    )
    SELECT s.start, coalesce(a.articles, 0)::int AS "articleCount", coalesce(a.words, 0)::float8 AS "wordCount", coalesce(r.reads, 0)::float8 AS "readCount"
    FROM starts s LEFT JOIN articles a ON a.start = s.start LEFT JOIN reads r ON r.start = s.start ORDER BY s.start`
  if (rows.length > mostBuckets) throw tooMany(from)
  return rows
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
