import { Prisma } from '../db/generated/client.ts'
import type { PageRequest } from '../graphql/connection.ts'

export type ReadOrder = 'READ_COUNT_DESC' | 'LAST_READ_DESC'

/** Where an article stands in a list: what the list is sorted by, an instant as ISO text, and the id that decides between equals. */
export type Key = { value: string | number | null; id: string }

/** The part of a list that is asked for, between two keys, neither of them included. */
export type Range = Pick<PageRequest, 'limit' | 'backward'> & { after?: Key; before?: Key }

/**
 * Which articles: a condition on the row `a` of article, and what it says of the row `r` of article_rank, which keeps unread
 * categories from being looked for among all that was read.
 */
export type Taken = { article: Prisma.Sql; rank: Prisma.Sql }

const sorted: Record<ReadOrder, { column: Prisma.Sql; type: Prisma.Sql }> = {
  READ_COUNT_DESC: { column: Prisma.sql`r.read_count`, type: Prisma.sql`int` },
  LAST_READ_DESC: { column: Prisma.sql`r.last_read_at`, type: Prisma.sql`timestamptz` },
}

/**
 * SQL for the keys of a range and of one more, as rows {id, value}, in the direction that is asked for: those of the articles that
 * were read, as they were folded last, and then of the others, whose value is null. The second of the two is begun only where the
 * first does not fill the page. An article that has changed its category since the fold is among the others, for that moment.
 */
export function keysByReads(order: ReadOrder, { article, rank }: Taken, range: Range): Prisma.Sql {
  const { column, type } = sorted[order]
  const most = range.limit + 1
  const direction = range.backward ? Prisma.sql`ASC` : Prisma.sql`DESC`
  // The rank of an article that was removed may be there for a moment longer.
  const read = Prisma.sql`
    SELECT r.article_id AS id, ${column} AS value FROM article_rank r JOIN article a ON a.id = r.article_id
    WHERE ${article} AND ${rank} AND ${between(range, '<', '>', (key, sign) => readBound(order, key, sign))} ORDER BY ${column} ${direction}, r.article_id ${direction} LIMIT ${most}`
  const unread = Prisma.sql`
    SELECT a.id, NULL::${type} AS value FROM article a
    WHERE ${article} AND NOT EXISTS (SELECT FROM article_rank r WHERE r.article_id = a.id AND ${rank}) AND ${between(range, '<', '>', unreadBound)} ORDER BY a.id ${direction} LIMIT ${most}`
  return Prisma.sql`
    WITH front AS (${range.backward ? unread : read}), back AS (${range.backward ? read : unread})
    SELECT * FROM front UNION ALL (SELECT * FROM back LIMIT ${most} - (SELECT count(*) FROM front))
    ORDER BY value ${direction} ${range.backward ? Prisma.sql`NULLS FIRST` : Prisma.sql`NULLS LAST`}, id ${direction}`
}

export type Sign = '<' | '>'

/** A condition for a range. What comes after a key is less than it in a list that goes down. */
export function between({ after, before }: Range, onward: Sign, back: Sign, bound: (key: Key, sign: Sign) => Prisma.Sql): Prisma.Sql {
  return Prisma.sql`${after ? bound(after, onward) : Prisma.sql`true`} AND ${before ? bound(before, back) : Prisma.sql`true`}`
}

function readBound(order: ReadOrder, { value, id }: Key, sign: Sign): Prisma.Sql {
  if (value === null) return sign === '<' ? Prisma.sql`false` : Prisma.sql`true`
  const { column, type } = sorted[order]
  // A row comparison enters the index at the key. With < alone, it would be planned as though nothing had the key's own value, which
  // is that of most articles where it is 1.
  return Prisma.sql`(${column}, r.article_id) ${Prisma.raw(sign)}= (${value}::${type}, ${id}::uuid) AND r.article_id <> ${id}::uuid`
}

function unreadBound({ value, id }: Key, sign: Sign): Prisma.Sql {
  if (value !== null) return sign === '<' ? Prisma.sql`true` : Prisma.sql`false`
  return Prisma.sql`a.id ${Prisma.raw(sign)} ${id}::uuid`
}
