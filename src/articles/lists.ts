import { Prisma } from '../db/generated/client.ts'
import { load, memoized } from '../graphql/loader.ts'
import type { Context } from '../graphql/context.ts'
import type { Page } from '../graphql/connection.ts'
import type { Key, Taken } from './by-reads.ts'
import { keyOf, keysSql, pageOfKeys, type ArticleOrder, type ListRequest, type RawKey } from './list.ts'

/** Whose articles: those of a category, or those seen in a feed. */
export type Owner = { kind: 'category' | 'feed'; id: string }

/**
 * The same page of the articles of each of many owners, all of them in the same statements: for a list within a list, where
 * a page has no cursor, since that would be of one of them alone.
 */
export function pageOfEach<Selected>(context: Context, { kind, id }: Owner, request: ListRequest, select: Prisma.ArticleSelect): Promise<Page<Selected>> {
  const { page, order } = request
  const keys = load(context, keysOf(`${kind} ${order} ${page.limit} ${page.backward ? 'last' : 'first'}`), id)
  return keys.then((found) => pageOfKeys<Selected>(context.prisma, found, request, select, () => load(context, countsOf(kind), id)))
}

/** What is taken of the articles, for the row `k` of an owner. */
const belongs: Record<Owner['kind'], Taken> = {
  category: { article: Prisma.sql`a.category_id = k.id`, rank: Prisma.sql`r.category_id = k.id` },
  feed: { article: Prisma.sql`EXISTS (SELECT FROM sighting s WHERE s.article_id = a.id AND s.feed_id = k.id::uuid)`, rank: Prisma.sql`true` },
}

/** Keys of each page's articles and of one more, in the page's direction. The argument says what page, as one word each. */
const keysOf = memoized((what: string) => {
  const [kind, order, limit, end] = what.split(' ') as [Owner['kind'], ArticleOrder, string, 'first' | 'last']
  const keys = keysSql(order, belongs[kind], { limit: Number(limit), backward: end === 'last' })
  return async ({ prisma }, owners: readonly string[]): Promise<Key[][]> => {
    const rows = await prisma.$queryRaw<{ owner: number; keys: RawKey[] }[]>`
      SELECT k.owner::int AS owner, (SELECT coalesce(json_agg(p), '[]') FROM (${keys}) p) AS keys
      FROM unnest(${[...owners]}::text[]) WITH ORDINALITY AS k(id, owner) ORDER BY k.owner`
    return rows.map((row) => row.keys.map(keyOf))
  }
})

const countsOf = memoized((kind: Owner['kind']) => async ({ prisma }, owners: readonly string[]): Promise<number[]> => {
  const rows = await prisma.$queryRaw<{ count: number }[]>`
    SELECT (SELECT count(*)::int FROM article a WHERE ${belongs[kind].article}) AS count
    FROM unnest(${[...owners]}::text[]) WITH ORDINALITY AS k(id, owner) ORDER BY k.owner`
  return rows.map((row) => row.count)
})
