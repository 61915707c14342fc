import { Prisma } from '../db/generated/client.ts'
import type { Prisma as Client } from '../db/connect.ts'
import { cursorInvalid } from '../errors.ts'
import { decodeCursor, encodeCursor, toPage, type Page, type PageRequest } from '../graphql/connection.ts'
import { isUuid } from '../graphql/ids.ts'
import { parseInstant } from '../graphql/scalars.ts'
import { filterWhere, type ArticleFilter } from './filter.ts'
import { hash128 } from './identity.ts'

export type ArticleOrder = 'PUBLISHED_DESC' | 'PUBLISHED_ASC' | 'CREATED_DESC' | 'CREATED_ASC' | 'READ_COUNT_DESC' | 'LAST_READ_DESC'

type SortKey = string | number | null
type Row = { id: string; publishedAt: Date; createdAt: Date; counter: { readCount: number; lastReadAt: Date | null } | null }
type Sort = {
  direction: 'asc' | 'desc'
  /** The sorted value in SQL of our own: of the rows `a` of article and `c` of its counter. */
  column: Prisma.Sql
  key: (row: Row) => SortKey
  /** Whether a cursor's value may be one of the sorted values: cursors come back from strangers. */
  valid: (value: SortKey) => boolean
  orderBy: (direction: 'asc' | 'desc') => Prisma.ArticleOrderByWithRelationInput
  /** A condition on the sorted value; `value` null asks for the articles without one, which come last in the list. */
  where: (condition: { equals: SortKey } | { gt: SortKey } | { lt: SortKey } | { gte: SortKey } | { lte: SortKey } | { not: null }) => Prisma.ArticleWhereInput
}

/** As a cursor spells it, and between the years 1 and 9999: PostgreSQL refuses others that JavaScript takes. */
const isInstant = (value: SortKey) => typeof value === 'string' && parseInstant(value)?.toISOString() === value

const published = (direction: 'asc' | 'desc'): Sort => ({
  direction,
  column: Prisma.sql`a.published_at`,
  key: (row) => row.publishedAt.toISOString(),
  valid: isInstant,
  orderBy: (sort) => ({ publishedAt: sort }),
  where: (publishedAt) => ({ publishedAt }) as never,
})
const created = (direction: 'asc' | 'desc'): Sort => ({
  direction,
  column: Prisma.sql`a.created_at`,
  key: (row) => row.createdAt.toISOString(),
  valid: isInstant,
  orderBy: (sort) => ({ createdAt: sort }),
  where: (createdAt) => ({ createdAt }) as never,
})
const sorts: Record<ArticleOrder, Sort> = {
  PUBLISHED_DESC: published('desc'),
  PUBLISHED_ASC: published('asc'),
  CREATED_DESC: created('desc'),
  CREATED_ASC: created('asc'),
  READ_COUNT_DESC: {
    direction: 'desc',
    column: Prisma.sql`c.read_count`,
    key: (row) => row.counter?.readCount ?? 0,
    valid: (value) => typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31,
    orderBy: (readCount) => ({ counter: { readCount } }),
    where: (readCount) => ({ counter: { is: { readCount } } }) as never,
  },
  LAST_READ_DESC: {
    direction: 'desc',
    column: Prisma.sql`c.last_read_at`,
    key: (row) => row.counter?.lastReadAt?.toISOString() ?? null,
    valid: (value) => value === null || isInstant(value),
    orderBy: (sort) => ({ counter: { lastReadAt: { sort, nulls: sort === 'desc' ? 'last' : 'first' } } }),
    where: (lastReadAt) => ({ counter: { is: { lastReadAt } } }) as never,
  },
}

export type ListRequest = { page: PageRequest; filter: ArticleFilter; order: ArticleOrder }

/**
 * One page of articles by keyset: stable under inserts, and as cheap at the end of the list as at its beginning.
 * @param select the columns that the operation asks for; those that the order needs are added
 * @throws CURSOR_INVALID for a cursor of another order or filter
 */
export async function listArticles<Selected>(prisma: Client, { page, filter, order }: ListRequest, select: Prisma.ArticleSelect): Promise<Page<Selected>> {
  const sort = sorts[order]
  const scope = scopeOf(order, filter)
  const keyset = (cursor: string | undefined, field: string, towards: 'asc' | 'desc') =>
    cursor === undefined ? [] : [beyond(sort, readKey(sort, scope, cursor, field), towards)]
  const where: Prisma.ArticleWhereInput = {
    AND: [filterWhere(filter), ...keyset(page.after, 'after', sort.direction), ...keyset(page.before, 'before', opposite(sort.direction))],
  }
  const direction = page.backward ? opposite(sort.direction) : sort.direction
  const rows = await prisma.article.findMany({
    where,
    select: withSortKey(select, order),
    orderBy: [sort.orderBy(direction), { id: direction }],
    take: page.limit + 1,
  })
  const cursorOf = (row: Row) => encodeCursor(scope, [sort.key(row), row.id])
  return toPage(rows as unknown as Row[], page, cursorOf, () => prisma.article.count({ where: filterWhere(filter) })) as unknown as Page<Selected>
}

/** What a cursor is bound to. */
const scopeOf = (order: ArticleOrder, filter: ArticleFilter) => hash128(order, JSON.stringify(filter)).slice(0, 8)
const withSortKey = (select: Prisma.ArticleSelect, order: ArticleOrder) => ({
  ...select,
  id: true,
  publishedAt: true,
  createdAt: true,
  ...(order in bySort && { counter: { select: { readCount: true, lastReadAt: true } } }),
})

/** The SQL that puts articles in an order, ties by id. Where nothing is null it says nothing of nulls: an index would not serve it. */
export function orderSql(order: ArticleOrder, backward: boolean): Prisma.Sql {
  const { column, direction } = sorts[order]
  const descending = (backward ? opposite(direction) : direction) === 'desc'
  const nulls = order === 'LAST_READ_DESC' ? (descending ? Prisma.sql`NULLS LAST` : Prisma.sql`NULLS FIRST`) : Prisma.empty
  return descending ? Prisma.sql`${column} DESC ${nulls}, a.id DESC` : Prisma.sql`${column} ASC ${nulls}, a.id ASC`
}

/** Whether an order needs the row `c` of article_counter. */
export const sortsByCounter = (order: ArticleOrder) => order in bySort

/** A page of rows whose ids are known, read one by one: Prisma makes one statement of all that are asked for at once. */
export async function pageOfIds<Selected>(
  prisma: Client,
  ids: string[],
  { page, filter, order }: ListRequest,
  select: Prisma.ArticleSelect,
  totalCount: () => Promise<number>,
): Promise<Page<Selected>> {
  const rows = await Promise.all(ids.map((id) => prisma.article.findUnique({ where: { id }, select: withSortKey(select, order) })))
  const there = rows.filter((row) => row !== null) as unknown as Row[]
  return toPage(there, page, (row) => encodeCursor(scopeOf(order, filter), [sorts[order].key(row), row.id]), totalCount) as unknown as Page<Selected>
}

const bySort = { READ_COUNT_DESC: true, LAST_READ_DESC: true }
const opposite = (direction: 'asc' | 'desc') => (direction === 'asc' ? 'desc' : 'asc')

function readKey(sort: Sort, scope: string, cursor: string, field: string): { value: SortKey; id: string } {
  const [value, id] = decodeCursor(scope, cursor, field)
  if (value === undefined || !sort.valid(value) || typeof id !== 'string' || !isUuid(id)) throw cursorInvalid('This is no cursor of this list.', field)
  return { value, id }
}

/** What comes after a row in a direction. The bound on the sorted value alone lets an index be entered at the row. */
function beyond(sort: Sort, { value, id }: { value: SortKey; id: string }, direction: 'asc' | 'desc'): Prisma.ArticleWhereInput {
  const tie: Prisma.ArticleWhereInput = { AND: [sort.where({ equals: value }), { id: direction === 'desc' ? { lt: id } : { gt: id } }] }
  // Articles without the value stand last going down, and so first going up.
  if (value === null) return direction === 'desc' ? tie : { OR: [tie, sort.where({ not: null })] }
  if (direction === 'asc') return { AND: [sort.where({ gte: value }), { OR: [sort.where({ gt: value }), tie] }] }
  const inOrder: Prisma.ArticleWhereInput = { AND: [sort.where({ lte: value }), { OR: [sort.where({ lt: value }), tie] }] }
  return sort === sorts.LAST_READ_DESC ? { OR: [inOrder, sort.where({ equals: null })] } : inOrder
}
