import type { Prisma as Client } from '../db/connect.ts'
import { Prisma as Sql, type Prisma } from '../db/generated/client.ts'
import { hash128 } from '../articles/identity.ts'
import { cursorInvalid } from '../errors.ts'
import { decodeCursor, encodeCursor, toPage, type Page, type PageRequest } from '../graphql/connection.ts'
import type { Context } from '../graphql/context.ts'
import { isSlug, isUuid } from '../graphql/ids.ts'
import { load, memoized, type Batch } from '../graphql/loader.ts'

export type FeedState = 'NEW' | 'HEALTHY' | 'FAILING' | 'GONE' | 'DISABLED'
export type FeedFilter = { categoryIds?: string[]; states?: FeedState[] }

/** What a feed's state is told from. */
export type StateColumns = { enabled: boolean; nextCheckAt: Date | null; consecutiveFailures: number; lastCheckedAt: Date | null }

export function stateOf({ enabled, nextCheckAt, consecutiveFailures, lastCheckedAt }: StateColumns): FeedState {
  if (!enabled) return 'DISABLED'
  if (nextCheckAt === null) return 'GONE'
  if (consecutiveFailures > 0) return 'FAILING'
  return lastCheckedAt === null ? 'NEW' : 'HEALTHY'
}

/** The same as conditions of a query. */
const stateWhere: Record<FeedState, Prisma.FeedWhereInput> = {
  DISABLED: { enabled: false },
  GONE: { enabled: true, nextCheckAt: null },
  FAILING: { enabled: true, nextCheckAt: { not: null }, consecutiveFailures: { gt: 0 } },
  NEW: { enabled: true, nextCheckAt: { not: null }, consecutiveFailures: 0, lastCheckedAt: null },
  HEALTHY: { enabled: true, nextCheckAt: { not: null }, consecutiveFailures: 0, lastCheckedAt: { not: null } },
}

/** One page of feeds in the order in which they were added: their ids are in that order. @throws CURSOR_INVALID */
export async function listFeeds<Selected>(
  prisma: Client,
  { page, filter }: { page: PageRequest; filter: FeedFilter },
  select: Prisma.FeedSelect,
): Promise<Page<Selected>> {
  const scope = scopeOf(filter)
  const idIn = (cursor: string, field: string) => {
    const [id] = decodeCursor(scope, cursor, field)
    if (typeof id !== 'string' || !isUuid(id)) throw cursorInvalid('This is no cursor of this list.', field)
    return id
  }
  const wanted: Prisma.FeedWhereInput = {
    ...(filter.categoryIds && { categoryId: { in: filter.categoryIds.filter(isSlug) } }),
    // Prisma leaves an OR of nothing out, and an empty list matches nothing.
    ...(filter.states && { OR: [{ id: { in: [] } }, ...filter.states.map((state) => stateWhere[state])] }),
  }
  const between: Prisma.FeedWhereInput = {
    id: { ...(page.after !== undefined && { gt: idIn(page.after, 'after') }), ...(page.before !== undefined && { lt: idIn(page.before, 'before') }) },
  }
  const rows = await prisma.feed.findMany({
    where: { AND: [wanted, between] },
    select: { ...select, id: true },
    orderBy: { id: page.backward ? 'desc' : 'asc' },
    take: page.limit + 1,
  })
  return toPage(
    rows,
    page,
    (row) => encodeCursor(scope, [row.id]),
    () => prisma.feed.count({ where: wanted }),
  ) as unknown as Page<Selected>
}

const scopeOf = (filter: FeedFilter) => hash128('feeds', JSON.stringify(filter)).slice(0, 8)

/** The same page of the feeds of each of many categories, all of them in the same statements. It has no cursor: that would be of one of them alone. */
export async function feedsOfEach<Selected>(context: Context, categoryId: string, page: PageRequest, select: Prisma.FeedSelect): Promise<Page<Selected>> {
  const ids = await load(context, idsOf(`${page.limit} ${page.backward ? 'last' : 'first'}`), categoryId)
  const rows = await Promise.all(ids.map((id) => context.prisma.feed.findUnique({ where: { id }, select: { ...select, id: true } })))
  const there = rows.filter((row) => row !== null)
  return toPage(
    there,
    page,
    (row) => encodeCursor(scopeOf({ categoryIds: [categoryId] }), [row.id]),
    () => load(context, countsOf, categoryId),
  ) as unknown as Page<Selected>
}

const idsOf = memoized((what: string) => {
  const [limit, end] = what.split(' ')
  const direction = end === 'last' ? Sql.sql`DESC` : Sql.sql`ASC`
  return async ({ prisma }, categoryIds: readonly string[]): Promise<string[][]> => {
    const rows = await prisma.$queryRaw<{ ids: string[] }[]>`
      SELECT array(SELECT f.id::text FROM feed f WHERE f.category_id = k.id ORDER BY f.id ${direction} LIMIT ${Number(limit) + 1}) AS ids
      FROM unnest(${[...categoryIds]}::text[]) WITH ORDINALITY AS k(id, o) ORDER BY k.o`
    return rows.map((row) => row.ids)
  }
})

const countsOf: Batch<string, number> = async ({ prisma }, categoryIds) => {
  const rows = await prisma.$queryRaw<{ count: number }[]>`
    SELECT (SELECT count(*)::int FROM feed f WHERE f.category_id = k.id) AS count
    FROM unnest(${[...categoryIds]}::text[]) WITH ORDINALITY AS k(id, o) ORDER BY k.o`
  return rows.map((row) => row.count)
}
