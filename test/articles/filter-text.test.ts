// A text in every order and on both ways to it, and on the stream: replay and live say the same.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { articleFilter } from '../../src/articles/filter.ts'
import { keysSql, keyOf, readKeys, type ArticleOrder, type RawKey } from '../../src/articles/list.ts'
import { filterSql } from '../../src/articles/filter.ts'
import { wayToFirst } from '../../src/articles/filter-text.ts'
import { addCategory, draft, ingest, startApp, useApp, type App } from '../helpers/app.ts'
import { fold, readAt } from '../helpers/reads.ts'
import { subscribe } from '../helpers/subscriber.ts'

const count = 40
let app: App
beforeAll(async () => {
  app = await startApp()
  await addCategory(app)
  const results = await ingest(
    app,
    // Many at the same moment, so that ids decide.
    Array.from({ length: count }, (_, n) =>
      draft(n, { language: 'en', content: n % 3 === 0 ? 'The comet returns.' : 'Nothing new.', publishedAt: `2026-01-0${1 + (n % 4)}T00:00:00Z` }),
    ),
  )
  for (const [n, { article }] of results.entries()) if (n % 2 === 0) await readAt(app, article!.id, new Date(`2026-02-01T00:${10 + (n % 5)}:00Z`), 1 + (n % 4))
  await fold(app)
})
afterAll(() => app?.close())

const orders: ArticleOrder[] = ['PUBLISHED_DESC', 'PUBLISHED_ASC', 'CREATED_DESC', 'CREATED_ASC', 'READ_COUNT_DESC', 'LAST_READ_DESC']
const query = `query ($first: Int, $after: String, $last: Int, $before: String, $text: String, $orderBy: ArticleOrder!) {
  articles(first: $first, after: $after, last: $last, before: $before, filter: { text: $text }, orderBy: $orderBy) {
    totalCount nodes { id url } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`

async function walk(orderBy: string, text: string | null, size: number, backward: boolean): Promise<string[]> {
  const pages: string[][] = []
  for (let cursor: string | undefined; pages.length <= count;) {
    const { articles } = await app.gql(query, { text, orderBy, ...(backward ? { last: size, before: cursor } : { first: size, after: cursor }) })
    pages.push(articles.nodes.map(({ id }: { id: string }) => id))
    if (!articles.pageInfo[backward ? 'hasPreviousPage' : 'hasNextPage']) return (backward ? pages.toReversed() : pages).flat()
    cursor = articles.pageInfo[backward ? 'startCursor' : 'endCursor']
  }
  throw new Error('a walk without end')
}

it.each(orders)('walks a text in the order of the whole list, both ways: %s', async (orderBy) => {
  const { articles } = await app.gql(query, { first: 100, text: 'comet', orderBy })
  const having = new Set(articles.nodes.map(({ id }: { id: string }) => id))
  expect([having.size, articles.totalCount]).toEqual([14, 14])
  const all = await walk(orderBy, null, 100, false)
  for (const [text, expected] of [
    ['comets', all.filter((id) => having.has(id))],
    ['-comet', all.filter((id) => !having.has(id))],
  ] as const) {
    expect(await walk(orderBy, text, 3, false)).toEqual(expected)
    expect(await walk(orderBy, text, 5, true)).toEqual(expected)
  }
})

it.each(orders)('comes to the same on either way: %s', async (orderBy) => {
  const filter = articleFilter({ text: 'comet "comet returns" -nothing' })
  const { prisma } = app.services.database
  const keys = async (way: 'index' | 'each') => {
    const rows = await prisma.$queryRaw<RawKey[]>(keysSql(orderBy, { article: filterSql(filter, way), rank: filterSql({}) }, { limit: 10, backward: false }))
    return rows.map(keyOf)
  }
  const found = await keys('index')
  expect(found).toHaveLength(11)
  expect(await keys('each')).toEqual(found)
})

it.each(orders)('comes to the same however far it walks before it asks the index: %s', async (orderBy) => {
  const { prisma } = app.services.database
  const read = async (backward: boolean, limit: number, limits: { sorted: number; walked: number }, after?: ReturnType<typeof keyOf>) =>
    (
      await readKeys(prisma, orderBy, articleFilter({ text: 'comet' }), { limit, backward, ...(after && { [backward ? 'before' : 'after']: after }) }, limits)
    ).map(keyOf)
  for (const backward of [false, true]) {
    const all = await read(backward, 99, { sorted: 100, walked: 1 })
    expect(all).toHaveLength(14)
    for (const walked of [1, 4, 9, 41, 100]) {
      expect(await read(backward, 3, { sorted: 0, walked })).toEqual(all.slice(0, 4))
      expect(await read(backward, 3, { sorted: 0, walked }, all[9])).toEqual(all.slice(10))
      expect(await read(backward, 99, { sorted: 0, walked })).toEqual(all)
    }
  }
})

it('takes the way past the index where more have the text than are looked up for a page, and where none is asked for', async () => {
  const { pool, prisma } = app.services.database
  const way = (text: string) => wayToFirst(prisma, articleFilter({ text }).text)
  expect(await way('comet')).toBe('index')
  expect(await way('-comet')).toBe('each')
  await pool.query(`WITH a AS (
      INSERT INTO article (id, category_id, url, title, content, content_html, copy_keys, text_hash, text_source, tags, word_count, reading_time_minutes, published_at, created_at, updated_at)
      SELECT gen_random_uuid(), 'world', 'https://many.example/' || n, 'Many', '', '', '{}', md5(n::text)::uuid, 'API', '{}', 0, 1, now(), now(), now() FROM generate_series(1, 10001) n RETURNING id
    ) INSERT INTO article_lexemes (article_id, lexemes, length) SELECT id, 'plenty:1', 1 FROM a`)
  try {
    expect(await way('plenty')).toBe('each')
    expect(await way('comet')).toBe('index')
    const { articles } = await app.gql('{ articles(first: 3, filter: { text: "plenty" }) { totalCount nodes { title } pageInfo { hasNextPage } } }')
    expect(articles).toEqual({ totalCount: 10_001, nodes: [{ title: 'Many' }, { title: 'Many' }, { title: 'Many' }], pageInfo: { hasNextPage: true } })
  } finally {
    await pool.query(`DELETE FROM article WHERE url LIKE 'https://many.example/%'`)
  }
})

const ingested = 'subscription ($after: String, $filter: ArticleFilter) { articleIngested(after: $after, filter: $filter) { cursor article { title } } }'
const changed = 'subscription ($after: String, $filter: ArticleFilter) { articleChanged(after: $after, filter: $filter) { kind articleId article { title } } }'

it('delivers what has the text now, live as in a replay; what is removed, when all else holds', async () => {
  const at = await useApp()
  await addCategory(at)
  await addCategory(at, 'sport')
  const after = (await at.gql('{ streamCursor }')).streamCursor
  const filter = { text: 'comet', categoryIds: ['world'] }
  const live = [subscribe(at.url, ingested, { after, filter }), subscribe(at.url, changed, { after, filter })] as const
  const end = [subscribe(at.url, ingested, { after, filter: { text: 'end' } }), subscribe(at.url, changed, { after, filter: { text: 'end' } })] as const

  const [first, second, third, , removed, sport] = await ingest(at, [
    draft(1, { title: 'One', content: 'A comet.' }),
    draft(2, { title: 'Two', content: 'No such thing.' }),
    draft(3, { title: 'Three', content: 'Comets!', language: 'en' }),
    draft(4, { title: 'Four', content: 'A comet.', categoryId: 'sport' }),
    draft(5, { title: 'Five', content: 'Nothing at all.' }),
    draft(6, { title: 'Six', content: 'Nothing at all, at length.', categoryId: 'sport' }),
  ])
  expect(await live[0].first(2)).toMatchObject([{ article: { title: 'One' } }, { article: { title: 'Three' } }])
  const remove = (id: string) => at.gql('mutation ($id: ID!) { deleteArticle(id: $id) { id } }', { id })
  await ingest(at, [draft(2, { title: 'Two', content: 'The comet after all.' }), draft(3, { title: 'Three', content: 'It was a star.' })])
  expect(await live[1].first(1)).toMatchObject([{ kind: 'UPDATED', article: { title: 'Two' } }])
  await remove(removed!.article!.id)
  await remove(sport!.article!.id)
  await remove(first!.article!.id)
  await ingest(at, [draft(7, { title: 'End' })])
  await ingest(at, [draft(7, { title: 'End again' })])
  await Promise.all([end[0].first(1), end[1].first(4)]) // three removals, and the last edit

  const told = [
    { kind: 'UPDATED', articleId: second!.article!.id, article: { title: 'Two' } },
    { kind: 'REMOVED', articleId: removed!.article!.id, article: null },
    { kind: 'REMOVED', articleId: first!.article!.id, article: null },
  ]
  expect(await live[1].first(3)).toEqual(told)
  expect(live[0].events.map(({ article }) => article.title)).toEqual(['One', 'Three'])

  // A replay asks the text as it is now: the second has it, the third no more, and the first is gone.
  const replay = [subscribe(at.url, ingested, { after, filter }), subscribe(at.url, changed, { after, filter })] as const
  expect((await replay[0].first(1)).map(({ article }) => article.title)).toEqual(['Two'])
  expect(await replay[1].first(3)).toEqual(told)
  const last = subscribe(at.url, ingested, { after, filter: { text: 'again' } })
  await last.first(1)
  expect(replay[0].events).toHaveLength(1)
  expect(third!.status).toBe('INGESTED')
  await Promise.all([...live, ...end, ...replay, last].map((one) => one.stop()))
})

it('judges a hundred texts of a page of events in one statement, and none where no event is wanted', async () => {
  const at = await useApp()
  await addCategory(at)
  await addCategory(at, 'sport')
  const after = (await at.gql('{ streamCursor }')).streamCursor
  const subscribers = Array.from({ length: 100 }, (_, n) => subscribe(at.url, ingested, { after, filter: { text: `title w${n}`, categoryIds: ['world'] } }))
  const content = Array.from({ length: 100 }, (_, n) => `w${n}`).join(' ')
  await ingest(at, [draft('warm', { content })])
  await Promise.all(subscribers.map((one) => one.first(1)))
  const judging = async (run: () => Promise<unknown>) =>
    (await at.statements(run)).filter((statement) => statement.includes('article_lexemes') && /@@/.test(statement)).length
  expect(
    await judging(async () => {
      await ingest(at, [draft('a', { content }), draft('b', { content }), draft('c')])
      await Promise.all(subscribers.map((one) => one.first(3)))
    }),
  ).toBe(1)
  const everything = subscribe(at.url, ingested, { after })
  await everything.first(4)
  expect(
    await judging(async () => {
      await ingest(at, [draft('d', { content, categoryId: 'sport' })])
      await everything.first(5)
    }),
  ).toBe(0)
  await Promise.all([...subscribers, everything].map((one) => one.stop()))
})
