// What each list costs the database, in SQL statements: as many for one row as for many. A body is read where it is asked for.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { addCategory, addFeed, draft, ingest, refreshFeed, startApp, type App } from '../helpers/app.ts'
import { rss, startFeedServer, type FeedServer } from '../helpers/feed-server.ts'

let app: App
let site: FeedServer
beforeAll(async () => {
  site = await startFeedServer()
  app = await startApp({ env: { ALLOW_PRIVATE_NETWORKS: 'true' } })
  await grow('a')
})
afterAll(async () => {
  await app?.close()
  await site?.close()
})

/** Two categories more, each with a feed of its own that carries three articles, two of which the other feed has too. */
async function grow(name: string) {
  for (const part of ['x', 'y']) {
    const id = `${name}-${part}`
    await addCategory(app, id)
    const item = (n: string) => ({ title: `Story ${n}`, link: `https://example.com/${name}/${n}` })
    site.serve(`/${id}`, { body: rss([item('1'), item('2'), item(part)], id) })
    const feed = await addFeed(app, `${site.url}/${id}`, { categoryId: id })
    for (let pass = 0; pass < 3; pass++) await refreshFeed(app, feed)
  }
}

const first = async (query: string, path: string[]) => path.reduce((value, key) => value[key], await app.gql(query))

const lists: [name: string, statements: number, query: string | (() => Promise<string>)][] = [
  ['articles', 1, '{ articles { nodes { id title url publishedAt wordCount tags } edges { cursor } pageInfo { hasNextPage endCursor } } }'],
  ['articles as edges', 1, '{ articles(orderBy: CREATED_DESC) { edges { cursor node { id title enclosures { url } } } } }'],
  ['articles by reads, with their counts', 3, '{ articles(orderBy: READ_COUNT_DESC) { nodes { id readCount lastReadAt } } }'],
  ['articles by their last read', 2, '{ articles(orderBy: LAST_READ_DESC) { nodes { id } } }'],
  ['articles with their counts', 2, '{ articles { nodes { id readCount lastReadAt } } }'],
  ['articles with summaries', 2, '{ articles { nodes { id summary sourceSummary } } }'],
  ['articles with bodies', 1, '{ articles { nodes { content contentHtml paragraphs } } }'],
  ['articles with their category', 2, '{ articles { nodes { id category { id name } } } }'],
  ['articles with their category, in both spellings', 2, '{ articles { edges { node { category { id } } } nodes { category { name } } } }'],
  ['articles with sightings', 2, '{ articles { nodes { sightings { url guid seenAt } } } }'],
  ['articles with revisions', 2, '{ articles { nodes { revisions { title content replacedAt } } } }'],
  ['articles with sightings and their feeds', 3, '{ articles { nodes { sightings { feed { id title } } } } }'],
  ['articles with sightings, their feeds and categories', 4, '{ articles { nodes { sightings { feed { category { name } } } } } }'],
  ['articles with everything', 5, '{ articles { totalCount nodes { category { name } readCount sightings { url } } } }'],
  [
    'articles of a feed',
    1,
    async () => `{ articles(filter: { feedIds: ["${await first('{ feeds { nodes { id } } }', ['feeds', 'nodes', '0', 'id'])}"] }) { nodes { id } } }`,
  ],
  ['articles with a text', 3, '{ articles(filter: { text: "story" }) { nodes { id title } } }'],
  ['articles with a text, and how many', 4, '{ articles(filter: { text: "story" }) { totalCount nodes { id } } }'],
  ['articles without a text', 2, '{ articles(filter: { text: "-nothing" }) { nodes { id } } }'],
  ['articles with a text, by reads', 4, '{ articles(filter: { text: "story" }, orderBy: READ_COUNT_DESC) { nodes { id readCount } } }'],
  ['totals of a text', 1, '{ statistics(filter: { text: "story" }) { articleCount wordCount readCount averageWordCount lastIngestedAt lastReadAt } }'],
  ['how many articles', 2, '{ articles { totalCount } }'],
  ['where a page of articles stands', 1, '{ articles { pageInfo { hasNextPage } } }'],
  ['categories', 1, '{ categories { id name description } }'],
  ['categories with statistics', 2, '{ categories { name statistics { articleCount wordCount lastReadAt } } }'],
  ['articles of a category', 2, '{ category(id: "a-x") { articles { nodes { id title } } } }'],
  ['articles of each category', 3, '{ categories { id articles(first: 2) { nodes { id title } pageInfo { hasNextPage } } } }'],
  ['articles of each category, and how many', 4, '{ categories { id articles(first: 2) { totalCount nodes { id title } } } }'],
  [
    'articles of each category, by reads and with sightings',
    5,
    '{ categories { articles(first: 2, orderBy: READ_COUNT_DESC) { nodes { readCount sightings { url } } } } }',
  ],
  ['feeds of each category', 3, '{ categories { id feeds(first: 2) { nodes { id title } } } }'],
  ['feeds of each category, and how many', 4, '{ categories { id feeds(first: 2) { totalCount nodes { id title } } } }'],
  ['articles of each feed', 3, '{ feeds { nodes { id articles(first: 2) { nodes { id title } } } } }'],
  ['feeds', 1, '{ feeds { nodes { id title url health { state nextCheckAt lastError } } } }'],
  ['feeds with their category', 2, '{ feeds { nodes { id category { name } } } }'],
  ['feeds with their last checks', 2, '{ feeds { nodes { id health { recentFetches(first: 2) { outcome } } } } }'],
  ['feeds with everything', 4, '{ feeds { totalCount nodes { category { name } health { recentFetches { outcome rejected { reason } } } } } }'],
  [
    'a node that is an article',
    1,
    async () => `{ node(id: "${await first('{ articles { nodes { id } } }', ['articles', 'nodes', '0', 'id'])}") { id ... on Article { title } } }`,
  ],
  [
    'a node that is a feed',
    2,
    async () => `{ node(id: "${await first('{ feeds { nodes { id } } }', ['feeds', 'nodes', '0', 'id'])}") { id ... on Feed { title } } }`,
  ],
  ['a node that is a category', 1, '{ node(id: "a-x") { ... on Category { name } } }'],
  ['an article by a URL', 1, '{ articleByUrl(url: "https://example.com/a/1") { id title } }'],
  ['totals', 1, '{ statistics { articleCount wordCount readCount averageWordCount lastIngestedAt lastReadAt } }'],
  ['numbers by category', 1, '{ statistics { byCategory { articleCount wordCount } } }'],
  ['numbers by category, with its name', 2, '{ statistics { byCategory { category { id name } articleCount } } }'],
  ['numbers by category, with its numbers', 3, '{ statistics { byCategory { category { name statistics { articleCount } } } } }'],
  ['numbers over time', 2, '{ statistics { overTime { start articleCount } } }'],
  ['all statistics', 5, '{ statistics { articleCount overTime { articleCount } byCategory { category { name } } } }'],
  ['the cursor of the stream', 1, '{ streamCursor }'],
]

const measured = async () => {
  const counts: Record<string, number> = {}
  for (const [name, , query] of lists) {
    const text = typeof query === 'string' ? query : await query()
    counts[name] = (await app.statements(() => app.gql(text))).length
  }
  return counts
}

it('costs each list its statements, however many rows there are', async () => {
  const expected = Object.fromEntries(lists.map(([name, statements]) => [name, statements]))
  expect(await measured()).toEqual(expected)
  await grow('b')
  await grow('c')
  expect(await measured()).toEqual(expected)
})

it('costs ingestArticles the same for one draft as for a whole batch of 50', async () => {
  const drafts = (count: number, from: number, title?: string) =>
    Array.from({ length: count }, (_, n) => draft(from + n, { categoryId: 'a-x', ...(title && { title }) }))
  const cost = async (articles: object[]) => (await app.statements(() => ingest(app, articles))).length
  // Locks, categories, what is there, the articles, the events; then the articles of the answer and the stream's id.
  const insert = 7
  expect(await cost(drafts(1, 1000))).toBe(insert)
  expect(await cost(drafts(50, 2000))).toBe(insert)
  const duplicate = 5
  expect(await cost(drafts(1, 1000))).toBe(duplicate)
  expect(await cost(drafts(50, 2000))).toBe(duplicate)
  // Three more: the lock of the rows, what stood there, and what they are found by.
  const edit = 10
  expect(await cost(drafts(1, 1000, 'Edited'))).toBe(edit)
  expect(await cost(drafts(50, 2000, 'Edited'))).toBe(edit)
  const rejected = 2
  expect(await cost(drafts(50, 3000).map((one) => ({ ...one, url: 'none' })))).toBe(rejected)
  // One more for texts that are long enough to be copies, and one where some share words with what is there.
  const long = (host: string, count: number, from: number) =>
    drafts(count, from).map((one, i) => ({
      ...one,
      url: `https://${host}.example/${from}/${i}`,
      content: Array.from({ length: 60 }, (_, w) => `w${from + i}x${w}`).join(' '),
    }))
  expect(await cost(long('a', 50, 5000))).toBe(insert + 1)
  // Locks, categories, what is there, copies, their texts, their rows kept, the sightings; the articles of the answer and the stream's id.
  expect(await cost(long('b', 50, 5000))).toBe(9)
  // 50 articles a transaction.
  expect(await cost(drafts(150, 4000))).toBe(3 * (insert - 2) + 2)
})

it('costs recordRead and the feeds of an answer a few statements', async () => {
  const { id } = await first('{ articles { nodes { id } } }', ['articles', 'nodes', '0'])
  const read = 'mutation ($id: ID!, $key: String) { recordRead(input: { articleId: $id, idempotencyKey: $key }) { counted article { id readCount } } }'
  expect(await app.statements(() => app.gql(read, { id }))).toHaveLength(3)
  expect(await app.statements(() => app.gql(read, { id, key: 'k' }))).toHaveLength(3)
  expect(await app.statements(() => app.gql(read, { id, key: 'k' }))).toHaveLength(4) // whose key it was
})

it('reads bodies only for those who ask for them', async () => {
  const body = /content/
  for (const [name, , query] of lists) {
    const text = typeof query === 'string' ? query : await query()
    const statements = await app.statements(() => app.gql(text))
    expect(
      statements.some((statement) => body.test(statement)),
      name,
    ).toBe(/content|paragraphs/.test(text))
  }
  const asking = await app.statements(() => app.gql('{ articles { nodes { content } } }'))
  expect(asking.join()).toMatch(/"content"/)
  expect(asking.join()).not.toMatch(/content_html/)
})
