// The orders by reads: whatever was read how often and when, a walk gives every article once, those that were never read last.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { addCategory, draft, ingest, startApp, useApp, type App } from '../helpers/app.ts'
import { fold, readAt } from '../helpers/reads.ts'

const orders = ['READ_COUNT_DESC', 'LAST_READ_DESC'] as const
type Order = (typeof orders)[number]
type Read = { articleId: string; count: number; at: Date }

const query = `query ($first: Int, $after: String, $last: Int, $before: String, $filter: ArticleFilter, $orderBy: ArticleOrder!) {
  articles(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
    totalCount edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`
type Page = { totalCount: number; edges: { cursor: string; node: { id: string } }[]; pageInfo: Record<string, any> }
const page = async (at: App, args: Record<string, unknown>): Promise<Page> => (await at.gql(query, args)).articles
const ids = ({ edges }: Page) => edges.map((edge) => edge.node.id)

async function walk(at: App, size: number, backward: boolean, args: object, between?: (step: number) => Promise<void>): Promise<string[]> {
  const pages: string[][] = []
  for (let cursor: string | undefined; ;) {
    const found = await page(at, { ...args, ...(backward ? { last: size, before: cursor } : { first: size, after: cursor }) })
    pages.push(ids(found))
    if (pages.length > 100) throw new Error('a walk without end')
    if (!found.pageInfo[backward ? 'hasPreviousPage' : 'hasNextPage']) return (backward ? pages.toReversed() : pages).flat()
    cursor = found.pageInfo[backward ? 'startCursor' : 'endCursor']
    await between?.(pages.length)
  }
}

/** The list as it must be, sorted here. Ids sort as they are spelt. */
function sorted(articles: string[], reads: Read[], order: Order): string[] {
  const byId = new Map(reads.map((read) => [read.articleId, order === 'READ_COUNT_DESC' ? read.count : read.at.getTime()]))
  return articles.toSorted((a, b) => (byId.get(b) ?? 0) - (byId.get(a) ?? 0) || (a < b ? 1 : -1))
}

let app: App
let world: string[]
let sport: string[]
beforeAll(async () => {
  app = await startApp()
  await addCategory(app)
  await addCategory(app, 'sport')
  const results = await ingest(
    app,
    Array.from({ length: 12 }, (_, n) => draft(n, { categoryId: n % 2 === 0 ? 'sport' : 'world' })),
  )
  const all = results.map(({ article }) => article!.id)
  sport = all.filter((_, n) => n % 2 === 0)
  world = all.filter((_, n) => n % 2 !== 0)
})
afterAll(() => app?.close())

async function readAndFold(at: App, reads: Read[]) {
  for (const { articleId, at: moment, count } of reads) await readAt(at, articleId, moment, count)
  await fold(at)
}

/** Reads of these articles and of nothing else. */
async function readAnew(reads: Read[]) {
  await app.services.database.pool.query('TRUNCATE article_counter, article_rank, read_bucket')
  await readAndFold(app, reads)
}

it('give every article once and in order, whatever was read, in pages of any size, from the front and from the back', { timeout: 120_000 }, async () => {
  const all = [...sport, ...world]
  // Few counts and few moments: there are many equals.
  const each = fc.record({ count: fc.constantFrom(0, 0, 1, 1, 2, 2 ** 31 - 1), minute: fc.nat({ max: 3 }) })
  await fc.assert(
    fc.asyncProperty(
      fc.array(each, { minLength: all.length, maxLength: all.length }),
      fc.integer({ min: 1, max: 14 }),
      fc.boolean(),
      async (states, size, filtered) => {
        const reads = states.flatMap(({ count, minute }, i) =>
          count === 0 ? [] : [{ articleId: all[i]!, count, at: new Date(Date.UTC(2026, 5, 1, 0, minute)) }],
        )
        await readAnew(reads)
        for (const orderBy of orders) {
          const expected = sorted(filtered ? sport : all, reads, orderBy)
          const args = { orderBy, ...(filtered && { filter: { categoryIds: ['sport'] } }) }
          expect(await walk(app, size, false, args)).toEqual(expected)
          expect(await walk(app, size, true, args)).toEqual(expected)
          expect((await page(app, args)).totalCount).toBe(expected.length)
        }
      },
    ),
    { numRuns: 20 },
  )
})

it.each(orders)('%s says what there is before and after, also where the read end and the others begin', async (orderBy) => {
  const read = world.slice(0, 5)
  await readAnew(read.map((articleId, n) => ({ articleId, count: n + 1, at: new Date(Date.UTC(2026, 5, n + 1)) })))
  const whole = await page(app, { orderBy, first: 12 })
  const cursors = whole.edges.map(({ cursor }) => cursor)
  expect(whole.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false })
  const five = await page(app, { orderBy, first: 5 })
  expect(ids(five)).toEqual(read.toReversed())
  expect(five.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false })
  for (const [after, before] of [
    [3, 6],
    [4, 5],
    [4, 6],
    [3, 5],
    [6, 3],
    [0, 4],
    [5, 11],
  ] as const) {
    const expected = ids(whole).slice(after + 1, before)
    for (const count of ['first', 'last']) {
      expect(ids(await page(app, { orderBy, [count]: 30, after: cursors[after], before: cursors[before] })), `${after} ${before} ${count}`).toEqual(expected)
    }
  }
  expect((await page(app, { orderBy, first: 7, after: cursors[4] })).pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true })
  expect((await page(app, { orderBy, last: 5, before: cursors[5] })).pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false })
})

it.each(orders)('%s goes on where a page ended, although reads have been counted since, and then folded', async (orderBy) => {
  const at = await useApp()
  await addCategory(at)
  const all = (
    await ingest(
      at,
      Array.from({ length: 12 }, (_, n) => draft(n)),
    )
  ).map(({ article }) => article!.id)
  const reads = all.slice(0, 7).map((articleId, n) => ({ articleId, count: 10 - n, at: new Date(Date.UTC(2026, 5, 30 - n)) }))
  await readAndFold(at, reads)
  const expected = sorted(all, reads, orderBy)
  const counted = async () => {
    // As a read is before the next fold: counted, and nothing else.
    await at.services.database.prisma.articleCounter.updateMany({ data: { readCount: { increment: 100 }, lastReadAt: new Date() } })
  }
  for (const backward of [false, true]) expect(await walk(at, 2, backward, { orderBy }, counted)).toEqual(expected)

  // Articles that are read while others walk go to the front; all others stand where they stood.
  const moves = async (step: number) => readAndFold(at, [{ articleId: expected[10 - step]!, count: 1000, at: new Date(Date.UTC(2026, 6, step)) }])
  const seen = await walk(at, 2, false, { orderBy }, moves)
  expect(new Set(seen).size).toBe(seen.length)
  const moved = new Set([1, 2, 3, 4, 5].map((step) => expected[10 - step]!))
  expect(seen.filter((id) => !moved.has(id))).toEqual(expected.filter((id) => !moved.has(id)))
})

it.each(orders)('%s does not show a removed article whose rank is there still', async (orderBy) => {
  const at = new Date(Date.UTC(2026, 5, 1))
  await readAnew([{ articleId: world[0]!, count: 1, at }])
  const gone = { categoryId: 'world', published: at, readCount: 7, lastReadAt: new Date(Date.UTC(2026, 5, 2)), trend: 0, day: 0, week: 0, month: 0 }
  await app.services.database.prisma.articleRank.createMany({
    data: [0, 1, 2].map((n) => ({ ...gone, articleId: `01890000-0000-7000-8000-00000000000${n}` })),
  })
  const expected = sorted([...world, ...sport], [{ articleId: world[0]!, count: 1, at }], orderBy)
  expect(ids(await page(app, { orderBy, first: 3 }))).toEqual(expected.slice(0, 3))
  for (const backward of [false, true]) expect(await walk(app, 3, backward, { orderBy })).toEqual(expected)
})

it.each(orders)('%s shows an article once that has changed its category since the fold, in the category where it is now', async (orderBy) => {
  const reads = [...world, ...sport].slice(3, 9).map((articleId, n) => ({ articleId, count: 1 + (n % 2), at: new Date(Date.UTC(2026, 5, 1 + (n % 3))) }))
  await readAnew(reads)
  const moved = world.slice(4)
  await app.services.database.prisma.articleRank.updateMany({ where: { articleId: { in: moved } }, data: { categoryId: 'sport' } })
  const folded = reads.filter(({ articleId }) => !moved.includes(articleId))
  for (const backward of [false, true]) {
    expect(await walk(app, 2, backward, { orderBy, filter: { categoryIds: ['world'] } })).toEqual(sorted(world, folded, orderBy))
    expect(await walk(app, 2, backward, { orderBy, filter: { categoryIds: ['sport'] } })).toEqual(sorted(sport, reads, orderBy))
    expect(await walk(app, 2, backward, { orderBy, filter: { categoryIds: ['sport', 'world'] } })).toEqual(sorted([...sport, ...world], reads, orderBy))
  }
})
