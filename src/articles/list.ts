import { Prisma } from '../db/generated/client.ts'
import type { Prisma as Client } from '../db/connect.ts'
import { cursorInvalid } from '../errors.ts'
import { decodeCursor, encodeCursor, toPage, type Page, type PageRequest } from '../graphql/connection.ts'
import { isUuid } from '../graphql/ids.ts'
import { parseInstant } from '../graphql/scalars.ts'
import { between, keysByReads, type Key, type Range, type ReadOrder, type Sign, type Taken } from './by-reads.ts'
import { filterSql, filterWhere, type ArticleFilter } from './filter.ts'
import { mostSorted, textSql, wayToAll, wayToFirst, type AskedText, type TextWay } from './filter-text.ts'
import { hash128 } from './identity.ts'

type TimeOrder = 'PUBLISHED_DESC' | 'PUBLISHED_ASC' | 'CREATED_DESC' | 'CREATED_ASC'
export type ArticleOrder = TimeOrder | ReadOrder

type Direction = 'asc' | 'desc'
type Row = { id: string; publishedAt: Date; createdAt: Date }
type Sort = { direction: Direction; field: 'publishedAt' | 'createdAt'; column: Prisma.Sql }

const published = { field: 'publishedAt', column: Prisma.sql`a.published_at` } as const
const created = { field: 'createdAt', column: Prisma.sql`a.created_at` } as const
const sorts: Record<TimeOrder, Sort> = {
  PUBLISHED_DESC: { ...published, direction: 'desc' },
  PUBLISHED_ASC: { ...published, direction: 'asc' },
  CREATED_DESC: { ...created, direction: 'desc' },
  CREATED_ASC: { ...created, direction: 'asc' },
}
const opposite = (direction: Direction) => (direction === 'asc' ? 'desc' : 'asc')
const isByReads = (order: ArticleOrder): order is ReadOrder => !(order in sorts)

/** As a cursor spells it, and between the years 1 and 9999: PostgreSQL refuses others that JavaScript takes. */
const isInstant = (value: unknown) => typeof value === 'string' && parseInstant(value)?.toISOString() === value

/** Whether a cursor's value may be one of the sorted values: cursors come back from strangers. */
const isSorted: Record<ArticleOrder, (value: unknown) => boolean> = {
  PUBLISHED_DESC: isInstant,
  PUBLISHED_ASC: isInstant,
  CREATED_DESC: isInstant,
  CREATED_ASC: isInstant,
  READ_COUNT_DESC: (value) => value === null || (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value < 2 ** 31),
  LAST_READ_DESC: (value) => value === null || isInstant(value),
}

export type ListRequest = { page: PageRequest; filter: ArticleFilter; order: ArticleOrder }

/**
 * One page of articles by keyset: stable under inserts, and as cheap at the end of the list as at its beginning.
 * @param select the columns that the operation asks for; those that the order needs are added
 * @throws CURSOR_INVALID for a cursor of another order or filter
 */
export async function listArticles<Selected>(prisma: Client, request: ListRequest, select: Prisma.ArticleSelect): Promise<Page<Selected>> {
  const { page, filter, order } = request
  const { text, ...others } = filter
  const scope = scopeOf(request)
  const totalCount = () => (text ? countWithText(prisma, { ...others, text }) : prisma.article.count({ where: filterWhere(others) }))
  const after = page.after === undefined ? undefined : readKey(request, page.after, 'after')
  const before = page.before === undefined ? undefined : readKey(request, page.before, 'before')
  if (text || isByReads(order)) {
    const range = { limit: page.limit, backward: page.backward, ...(after && { after }), ...(before && { before }) }
    const keys = await readKeys(prisma, order, filter, range)
    return pageOfKeys<Selected>(prisma, keys.map(keyOf), request, select, totalCount)
  }
  const sort = sorts[order]
  const direction = page.backward ? opposite(sort.direction) : sort.direction
  const rows: Row[] = await prisma.article.findMany({
    where: { AND: [filterWhere(others), after ? beyond(sort, after, sort.direction) : {}, before ? beyond(sort, before, opposite(sort.direction)) : {}] },
    select: { ...select, id: true, publishedAt: true, createdAt: true },
    orderBy: [{ [sort.field]: direction }, { id: direction }],
    take: page.limit + 1,
  })
  return toPage(rows, page, (row) => encodeCursor(scope, [row[sort.field].toISOString(), row.id]), totalCount) as unknown as Page<Selected>
}

/** Articles that are walked through in the page's order where many have its text: spread evenly over a million, they fill a page of 100. */
const most = { sorted: mostSorted, walked: 10_000 }

/**
 * The keys of a range of a list, and of one more. Where many have the text, they are looked for among the next in the list's order; where those do
 * not fill the page, since most that have it are far away, by the index after all. Two statements, or four.
 */
export async function readKeys(prisma: Client, order: ArticleOrder, filter: ArticleFilter, range: Range, { sorted, walked } = most): Promise<RawKey[]> {
  const { text, ...others } = filter
  const read = (way: TextWay) => prisma.$queryRaw<RawKey[]>(keysSql(order, takenBy(filter, way), range))
  const way = await wayToFirst(prisma, text, sorted)
  if (way === 'index' || !text?.finds || isByReads(order)) return read(way)
  const next = keysSql(order, takenBy(others, 'each'), { ...range, limit: walked - 1 })
  const direction = directionOf(order, range)
  const keys = await prisma.$queryRaw<RawKey[]>`
    SELECT a.id, a.value FROM (${next}) a WHERE ${textSql(text, 'each')} ORDER BY a.value ${direction}, a.id ${direction} LIMIT ${range.limit + 1}`
  if (keys.length > range.limit) return keys
  const [row] = await prisma.$queryRaw<{ walked: number }[]>`SELECT count(*)::int AS walked FROM (${next}) a`
  return row!.walked < walked ? keys : read('index')
}

/** A key as the database gives it. */
export type RawKey = { id: string; value: Date | string | number | null }

export const keyOf = ({ id, value }: RawKey): Key => ({ id, value: typeof value === 'number' || value === null ? value : new Date(value).toISOString() })

/** SQL for the keys of a range of a list, and of one more, as rows {id, value} in the page's direction. */
export function keysSql(order: ArticleOrder, taken: Taken, range: Range): Prisma.Sql {
  if (isByReads(order)) return keysByReads(order, taken, range)
  const { column, direction } = sorts[order]
  const way = directionOf(order, range)
  const [onward, back] = direction === 'desc' ? (['<', '>'] as const) : (['>', '<'] as const)
  const bound = ({ value, id }: Key, sign: Sign) => Prisma.sql`(${column}, a.id) ${Prisma.raw(sign)} (${value}::timestamptz, ${id}::uuid)`
  return Prisma.sql`
    SELECT a.id, ${column} AS value FROM article a WHERE ${taken.article} AND ${between(range, onward, back, bound)} ORDER BY ${column} ${way}, a.id ${way} LIMIT ${range.limit + 1}`
}

const directionOf = (order: TimeOrder, { backward }: Range) => ((sorts[order].direction === 'desc') === backward ? Prisma.sql`ASC` : Prisma.sql`DESC`)

/** A page of rows whose keys are known, read one by one: Prisma makes one statement of all that are asked for at once. */
export async function pageOfKeys<Selected>(
  prisma: Client,
  keys: Key[],
  request: ListRequest,
  select: Prisma.ArticleSelect,
  totalCount: () => Promise<number>,
): Promise<Page<Selected>> {
  const scope = scopeOf(request)
  const page = toPage(keys, request.page, ({ value, id }) => encodeCursor(scope, [value, id]), totalCount)
  const nodes = await Promise.all(page.edges.map(({ node: { id } }) => prisma.article.findUnique({ where: { id }, select: { ...select, id: true } })))
  // One that was removed meanwhile is left out.
  return { ...page, edges: page.edges.flatMap(({ cursor }, i) => (nodes[i] ? [{ cursor, node: nodes[i] as Selected }] : [])) }
}

/** Of a text alone the index tells, without a look at the articles. */
async function countWithText(prisma: Client, { text, ...others }: ArticleFilter & { text: AskedText }): Promise<number> {
  const counted =
    Object.keys(others).length === 0
      ? Prisma.sql`article_lexemes l WHERE l.lexemes @@ ${text.tsquery}::tsquery`
      : Prisma.sql`article a WHERE ${filterSql({ ...others, text }, wayToAll(text))}`
  const [row] = await prisma.$queryRaw<{ count: number }[]>`SELECT count(*)::int AS count FROM ${counted}`
  return row!.count
}

/** What a cursor is bound to. */
const scopeOf = ({ order, filter }: ListRequest) => hash128(order, JSON.stringify(filter)).slice(0, 8)
const takenBy = (filter: ArticleFilter, way: TextWay): Taken => ({
  article: filterSql(filter, way),
  rank: filter.categoryIds ? rankedIn(filter.categoryIds) : Prisma.sql`true`,
})
/** Of one category an index gives the ranks in order. */
const rankedIn = (ids: string[]) => (ids.length === 1 ? Prisma.sql`r.category_id = ${ids[0]}` : Prisma.sql`r.category_id = ANY(${ids}::text[])`)

function readKey(request: ListRequest, cursor: string, field: string): Key {
  const [value, id] = decodeCursor(scopeOf(request), cursor, field)
  if (value === undefined || !isSorted[request.order](value) || typeof id !== 'string' || !isUuid(id))
    throw cursorInvalid('This is no cursor of this list.', field)
  return { value, id }
}

/** What comes after a row in a direction. The bound on the sorted value alone lets an index be entered at the row. */
function beyond({ field }: Sort, { value, id }: Key, direction: Direction): Prisma.ArticleWhereInput {
  const [inclusive, exclusive] = direction === 'asc' ? (['gte', 'gt'] as const) : (['lte', 'lt'] as const)
  const tie = { [field]: value, id: { [exclusive]: id } }
  return { [field]: { [inclusive]: value }, OR: [{ [field]: { [exclusive]: value } }, tie] }
}
