import { Prisma } from '../db/generated/client.ts'
import { load, memoized } from '../graphql/loader.ts'
import type { Context } from '../graphql/context.ts'
import type { Page } from '../graphql/connection.ts'
import { orderSql, pageOfIds, sortsByCounter, type ArticleOrder, type ListRequest } from './list.ts'

/** Whose articles: those of a category, or those seen in a feed. */
export type Owner = { kind: 'category' | 'feed'; id: string }

/**
 * The same page of the articles of each of many owners, all of them in the same statements: for a list within a list, where
 * a page has no cursor, since that would be of one of them alone.
 */
export function pageOfEach<Selected>(context: Context, { kind, id }: Owner, request: ListRequest, select: Prisma.ArticleSelect): Promise<Page<Selected>> {
  const { page, order } = request
  const ids = load(context, idsOf(`${kind} ${order} ${page.limit} ${page.backward ? 'last' : 'first'}`), id)
  return ids.then((found) => pageOfIds<Selected>(context.prisma, found, request, select, () => load(context, countsOf(kind), id)))
}

const belongs = {
  category: Prisma.sql`a.category_id = k.id`,
  feed: Prisma.sql`EXISTS (SELECT FROM sighting s WHERE s.article_id = a.id AND s.feed_id = k.id::uuid)`,
}

/** Ids of each page's articles and of one more, in the page's direction. The argument says what page, as one word each. */
const idsOf = memoized((what: string) => {
  const [kind, order, limit, end] = what.split(' ') as [Owner['kind'], ArticleOrder, string, 'first' | 'last']
  const counter = sortsByCounter(order) ? Prisma.sql`LEFT JOIN article_counter c ON c.article_id = a.id` : Prisma.empty
  return async ({ prisma }, owners: readonly string[]): Promise<string[][]> => {
    const rows = await prisma.$queryRaw<{ owner: number; ids: string[] }[]>`
      SELECT k.owner::int AS owner, array(
        SELECT a.id::text FROM article a ${counter} WHERE ${belongs[kind]}
        ORDER BY ${orderSql(order, end === 'last')} LIMIT ${Number(limit) + 1}
      ) AS ids
      FROM unnest(${[...owners]}::text[]) WITH ORDINALITY AS k(id, owner) ORDER BY k.owner`
    return rows.map((row) => row.ids)
  }
})

const countsOf = memoized((kind: Owner['kind']) => async ({ prisma }, owners: readonly string[]): Promise<number[]> => {
  const rows = await prisma.$queryRaw<{ count: number }[]>`
    SELECT (SELECT count(*)::int FROM article a WHERE ${belongs[kind]}) AS count
    FROM unnest(${[...owners]}::text[]) WITH ORDINALITY AS k(id, owner) ORDER BY k.owner`
  return rows.map((row) => row.count)
})
