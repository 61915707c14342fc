// Connections of articles: whatever the order, the size of the pages and the direction, a walk gives every article once.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addCategory, draft, ingest, startApp, useApp, type App } from '../helpers/app.ts'
import { fold, readAt } from '../helpers/reads.ts'
import { refused, strangeTexts } from '../helpers/refused.ts'

const orders = ['PUBLISHED_DESC', 'PUBLISHED_ASC', 'CREATED_DESC', 'CREATED_ASC', 'READ_COUNT_DESC', 'LAST_READ_DESC'] as const
type Order = (typeof orders)[number]
type Row = { id: string; publishedAt: Date; createdAt: Date; counter: { readCount: number; lastReadAt: Date | null } | null }

const pageQuery = `query ($first: Int, $after: String, $last: Int, $before: String, $filter: ArticleFilter, $orderBy: ArticleOrder! = PUBLISHED_DESC) {
  articles(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
    totalCount edges { cursor node { id } } nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`
type PageArgs = { first?: number; after?: string; last?: number; before?: string; orderBy?: Order; filter?: object }
type Edge = { cursor: string; node: { id: string } }
const page = async (at: App, args: PageArgs) =>
  (await at.gql(pageQuery, args)).articles as { totalCount: number; edges: Edge[]; nodes: { id: string }[]; pageInfo: Record<string, any> }

/** Ids of all pages, one after the other as they are asked for, each page in the list's order. */
async function walk(at: App, size: number, args: PageArgs & { backward?: boolean; between?: (step: number) => Promise<void> }): Promise<string[][]> {
  const { backward = false, between, ...rest } = args
  const pages: string[][] = []
  let cursor: string | undefined
  for (;;) {
    const given = backward ? { last: size, ...(cursor !== undefined && { before: cursor }) } : { first: size, ...(cursor !== undefined && { after: cursor }) }
    const { edges, pageInfo } = await page(at, { ...rest, ...given })
    pages.push(edges.map((edge) => edge.node.id))
    if (!pageInfo[backward ? 'hasPreviousPage' : 'hasNextPage']) return pages
    cursor = pageInfo[backward ? 'startCursor' : 'endCursor']
    await between?.(pages.length)
  }
}

const time = (date: Date | null | undefined) => date?.getTime() ?? -Infinity
const ascending = (a: number | string, b: number | string) => (a < b ? -1 : a > b ? 1 : 0)
const keys: Record<Order, (row: Row) => number> = {
  PUBLISHED_DESC: (row) => -time(row.publishedAt),
  PUBLISHED_ASC: (row) => time(row.publishedAt),
  CREATED_DESC: (row) => -time(row.createdAt),
  CREATED_ASC: (row) => time(row.createdAt),
  READ_COUNT_DESC: (row) => -(row.counter?.readCount ?? 0),
  LAST_READ_DESC: (row) => -time(row.counter?.lastReadAt),
}
/** The list as it must be, sorted here; ties by id in the list's direction. */
const sorted = (rows: Row[], order: Order) =>
  rows
    .toSorted((a, b) => ascending(keys[order](a), keys[order](b)) || (order.endsWith('_ASC') ? ascending(a.id, b.id) : ascending(b.id, a.id)))
    .map((row) => row.id)

let shared: App | undefined
const sharedApp = () => shared!
afterAll(() => shared?.close())

describe('a list that stays as it is', () => {
  let app: App
  let rows: Row[]

  beforeAll(async () => {
    app = shared = await startApp()
    await addCategory(app)
    await addCategory(app, 'empty')
    await addCategory(app, 'sport')
    // Many of one moment, and nearly all created in one.
    const articles = Array.from({ length: 33 }, (_, n) =>
      draft(n, { publishedAt: `2026-01-0${(n % 4) + 1}T00:00:00Z`, categoryId: n % 3 === 0 ? 'sport' : 'world' }),
    )
    await ingest(app, articles.slice(0, 25))
    await ingest(app, articles.slice(25))
    const prisma = app.services.database.prisma
    const ids = (await prisma.article.findMany({ select: { id: true }, orderBy: { url: 'asc' } })).map((row) => row.id)
    for (const [n, id] of ids.slice(0, 14).entries()) if (n % 4 > 0) await readAt(app, id, new Date(Date.UTC(2026, 5, (n % 3) + 1)), n % 4)
    await fold(app)
    rows = (await prisma.article.findMany({ select: { id: true, publishedAt: true, createdAt: true, counter: true } })) as Row[]
  })

  it.each(orders)('is walked forwards and backwards in order %s, every article once, and both ways are the same', async (orderBy) => {
    const expected = sorted(rows, orderBy)
    for (const size of [1, 4, 11, 33, 100]) {
      expect((await walk(app, size, { orderBy })).flat()).toEqual(expected)
      expect((await walk(app, size, { orderBy, backward: true })).toReversed().flat()).toEqual(expected)
    }
  })

  it('is any slice of the sorted list between two cursors, from the front and from the back', async () => {
    const cursors = new Map(
      await Promise.all(orders.map(async (orderBy) => [orderBy, (await page(app, { first: 100, orderBy })).edges.map((edge) => edge.cursor)] as const)),
    )
    const index = fc.option(fc.nat({ max: 32 }), { nil: undefined })
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...orders),
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        index,
        index,
        async (orderBy, size, backward, after, before) => {
          const all = sorted(rows, orderBy)
          const between = all.slice(after === undefined ? 0 : after + 1, before ?? all.length)
          const { edges, nodes, pageInfo, totalCount } = await page(app, {
            orderBy,
            ...(backward ? { last: size } : { first: size }),
            ...(after !== undefined && { after: cursors.get(orderBy)![after]! }),
            ...(before !== undefined && { before: cursors.get(orderBy)![before]! }),
          })
          expect(edges.map((edge) => edge.node.id)).toEqual(backward ? between.slice(-size) : between.slice(0, size))
          expect(nodes).toEqual(edges.map((edge) => edge.node))
          expect(pageInfo).toMatchObject({ startCursor: edges[0]?.cursor ?? null, endCursor: edges.at(-1)?.cursor ?? null })
          expect(pageInfo[backward ? 'hasPreviousPage' : 'hasNextPage']).toBe(between.length > size)
          expect(totalCount).toBe(rows.length)
        },
      ),
      { numRuns: 150 },
    )
  })

  it('has 20 members a page when nothing is said, and 100 at most', async () => {
    expect((await page(app, {})).edges).toHaveLength(20)
    expect((await page(app, { first: 100 })).edges).toHaveLength(33)
  })

  it('counts exactly what the filter takes, on every page', async () => {
    const filter = { categoryIds: ['sport'] }
    const first = await page(app, { first: 4, filter })
    expect(first.totalCount).toBe(11)
    expect((await page(app, { first: 4, filter, after: first.pageInfo['endCursor'] })).totalCount).toBe(11)
    expect((await page(app, { filter: { categoryIds: ['nowhere'] } })).totalCount).toBe(0)
  })

  it('says whether there is more before and after', async () => {
    const whole = await page(app, { first: 33 })
    expect(whole.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false })
    const cursors = whole.edges.map((edge) => edge.cursor)
    expect((await page(app, { first: 32 })).pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false })
    expect((await page(app, { first: 5, after: cursors[3]! })).pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true })
    expect((await page(app, { last: 33 })).pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false })
    expect((await page(app, { last: 5, before: cursors[30]! })).pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true })
    expect((await page(app, { filter: { categoryIds: [] } })).pageInfo).toEqual({
      hasNextPage: false,
      hasPreviousPage: false,
      startCursor: null,
      endCursor: null,
    })
  })

  it.each([
    [{ first: 0 }, 'first'],
    [{ first: 101 }, 'first'],
    [{ first: -1 }, 'first'],
    [{ last: 0 }, 'last'],
    [{ last: 101 }, 'last'],
    [{ first: 5, last: 5 }, 'last'],
    [{ first: 99_999_999_999 }, 'first'],
    [{ first: 1.5 }, 'first'],
    [{ orderBy: 'BEST_FIRST' }, 'orderBy'],
  ])('refuses %j', async (args, field) => {
    expect(await refused(app, pageQuery, args)).toEqual({ code: 'BAD_USER_INPUT', field })
  })

  it('refuses a cursor of another order or filter, and names the argument', async () => {
    const { endCursor } = (await page(app, { first: 3 })).pageInfo
    for (const other of [
      { orderBy: 'PUBLISHED_ASC' },
      { orderBy: 'READ_COUNT_DESC' },
      { filter: { categoryIds: ['world'] } },
      { filter: { minWordCount: 0 } },
    ]) {
      expect(await refused(app, pageQuery, { first: 3, after: endCursor, ...other })).toEqual({ code: 'CURSOR_INVALID', field: 'after' })
      expect(await refused(app, pageQuery, { last: 3, before: endCursor, ...other })).toEqual({ code: 'CURSOR_INVALID', field: 'before' })
    }
    const feeds = `query ($after: String) { feeds(after: $after) { totalCount } }`
    expect(await refused(app, feeds, { after: endCursor })).toEqual({ code: 'CURSOR_INVALID', field: 'after' })
  })

  it.each(orders)('refuses garbage and forged cursors in order %s', async (orderBy) => {
    const { endCursor } = (await page(app, { first: 3, orderBy })).pageInfo
    const [scope, value, id] = JSON.parse(Buffer.from(endCursor, 'base64url').toString())
    const encode = (parts: unknown) => Buffer.from(JSON.stringify(parts)).toString('base64url')
    const values = [
      '',
      'x',
      'NaN',
      '+275760-09-13T00:00:00.000Z',
      '-000001-01-01T00:00:00.000Z',
      '-271821-04-20T00:00:00.000Z',
      1e300,
      2 ** 31,
      0.5,
      true,
      {},
      [],
      'nul\0',
      '\ud800',
      0,
      -1,
    ]
    const forged = [
      ...strangeTexts.filter((text) => text !== ''),
      ...[
        [],
        {},
        'text',
        1,
        null,
        [scope],
        [scope, value],
        [scope, value, 'x'],
        [scope, value, 1],
        [scope, value, null],
        [null, value, id],
        [[scope], value, id],
      ].map(encode),
      ...values.map((other) => encode([scope, other, id])),
    ]
    for (const cursor of forged) {
      const answer = await app.ask(pageQuery, { first: 3, orderBy, after: cursor })
      expect(answer.errors?.[0]?.extensions, Buffer.from(cursor, 'base64url').toString()).toEqual({ code: 'CURSOR_INVALID', field: 'after' })
    }
    expect(await refused(app, pageQuery, { first: 3, orderBy, before: '' })).toEqual({ code: 'CURSOR_INVALID', field: 'before' })
  })

  it('lists the articles of a category and of a feed in the same way', async () => {
    const query = `query ($first: Int, $after: String) { category(id: "sport") { articles(first: $first, after: $after, orderBy: PUBLISHED_ASC) { totalCount edges { cursor node { id } } pageInfo { hasNextPage endCursor } } } }`
    const sport = new Set((await page(app, { first: 100, filter: { categoryIds: ['sport'] } })).nodes.map((node) => node.id))
    const expected = sorted(rows, 'PUBLISHED_ASC').filter((id) => sport.has(id))
    const first = (await app.gql(query, { first: 6 })).category.articles
    const second = (await app.gql(query, { first: 6, after: first.pageInfo.endCursor })).category.articles
    expect([...first.edges, ...second.edges].map((edge: Edge) => edge.node.id)).toEqual(expected)
    expect(first).toMatchObject({ totalCount: 11, pageInfo: { hasNextPage: true } })
    expect(await refused(app, query, { first: 101 })).toEqual({ code: 'BAD_USER_INPUT', field: 'first' })
    expect(await refused(app, query, { first: 5, after: 'x' })).toEqual({ code: 'CURSOR_INVALID', field: 'after' })
  })
})

describe('lists within a list', () => {
  it.each(orders)('are what each of them is alone, in order %s, and their cursors go on', async (orderBy) => {
    const app = sharedApp()
    const fields = 'totalCount edges { cursor node { id readCount } } nodes { title } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }'
    for (const args of ['first: 4', 'last: 4', 'first: 100', 'first: 22']) {
      const page = `articles(${args}, orderBy: ${orderBy}) { ${fields} }`
      const { categories } = await app.gql(`{ categories { id ${page} } }`)
      expect(categories.map(({ id }: { id: string }) => id)).toEqual(['empty', 'sport', 'world'])
      for (const { id, articles } of categories) {
        expect(articles).toEqual((await app.gql(`{ category(id: "${id}") { ${page} } }`)).category.articles)
      }
      const { endCursor } = categories[2].articles.pageInfo
      const within = await app.ask(`{ categories { id articles(after: "${endCursor}", orderBy: ${orderBy}) { nodes { id } } } }`)
      // A cursor is of one list alone, and so of none of the others.
      expect(within.errors![0]).toMatchObject({ path: ['categories', 0, 'articles'], extensions: { code: 'CURSOR_INVALID', field: 'after' } })
    }
  })
})

describe('a list that changes during a walk', () => {
  it('gives what was there once, whatever comes in before, between and after', async () => {
    const app = await useApp()
    await addCategory(app)
    const of = (n: number, day: number) => draft(n, { publishedAt: `2026-01-${String(day).padStart(2, '0')}T00:00:00Z` })
    const old = (
      await ingest(
        app,
        Array.from({ length: 12 }, (_, n) => of(n, 10 + (n % 3))),
      )
    ).map((result) => result.article!.id)
    for (const [i, backward] of [false, true].entries()) {
      let n = 100 + i * 100
      const between = async () => void (await ingest(app, [of(n++, 1), of(n++, 10), of(n++, 11), of(n++, 12), of(n++, 30)]))
      const seen = (await walk(app, 5, { backward, between })).flat()
      expect(new Set(seen).size).toBe(seen.length)
      expect(seen.filter((id) => old.includes(id)).toSorted()).toEqual(old.toSorted())
    }
  })

  it('goes on after an article that was deleted since', async () => {
    const app = await useApp()
    await addCategory(app)
    await ingest(
      app,
      Array.from({ length: 9 }, (_, n) => draft(n)),
    )
    const all = (await page(app, {})).edges
    const deleted = all[4]!
    await app.gql('mutation ($id: ID!) { deleteArticle(id: $id) { id } }', { id: deleted.node.id })
    expect((await page(app, { first: 2, after: deleted.cursor })).nodes).toEqual([all[5]!.node, all[6]!.node])
    expect((await page(app, { last: 2, before: deleted.cursor })).nodes).toEqual([all[2]!.node, all[3]!.node])
    expect((await page(app, {})).totalCount).toBe(8)
  })
})
