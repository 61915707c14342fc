// One filter, judged three ways: by the query, in the statistics' SQL, and on an event. They must agree.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { addCategory, addFeed, draft, ingest, refreshFeed, startApp, type App } from '../helpers/app.ts'
import { rss, startFeedServer, type FeedServer } from '../helpers/feed-server.ts'
import { refused } from '../helpers/refused.ts'
import { subscribe } from '../helpers/subscriber.ts'

let app: App
let site: FeedServer
let feed: string
let start: string

const words = (count: number) => Array.from({ length: count }, (_, n) => `word${n}`).join(' ')

beforeAll(async () => {
  site = await startFeedServer()
  app = await startApp({ env: { ALLOW_PRIVATE_NETWORKS: 'true' } })
  await addCategory(app)
  await addCategory(app, 'sport')
  start = (await app.gql('{ streamCursor }')).streamCursor
  await ingest(app, [
    draft('a', { language: 'en', publishedAt: '2026-01-01T00:00:00Z', content: words(10) }),
    draft('b', { language: 'EN-gb', publishedAt: '2026-01-01T12:30:00.123Z', content: words(20), categoryId: 'sport' }),
    draft('c', { language: 'de', publishedAt: '2026-01-02T00:00:00Z', content: words(30) }),
    draft('d', { language: 'zh-hant-tw', publishedAt: '0001-01-01T00:00:00Z', content: words(40), categoryId: 'sport' }),
    draft('e', { publishedAt: '9999-12-31T23:59:59.999Z', content: '' }),
    draft('f', { language: 'enm', publishedAt: '1899-12-31T23:59:59+14:00', content: words(10) }),
  ])
  site.serve('/feed', { body: rss([{ title: 'g', link: 'https://example.com/g', description: words(15), pubDate: 'Fri, 02 Jan 2026 00:00:00 GMT' }]) })
  feed = await addFeed(app, `${site.url}/feed`, { categoryId: 'sport' })
  await refreshFeed(app, feed)
})
afterAll(async () => {
  await app?.close()
  await site?.close()
})

const unknownId = '00000000-0000-7000-8000-000000000000'
const table: [name: string, filter: () => object | null, expected: string][] = [
  ['nothing', () => ({}), 'abcdefg'],
  ['null', () => null, 'abcdefg'],
  [
    'nulls',
    () => ({
      categoryIds: null,
      feedIds: null,
      languages: null,
      publishedFrom: null,
      publishedBefore: null,
      minWordCount: null,
      maxWordCount: null,
      text: null,
    }),
    'abcdefg',
  ],
  ['one category', () => ({ categoryIds: ['sport'] }), 'bdg'],
  ['two categories', () => ({ categoryIds: ['sport', 'world'] }), 'abcdefg'],
  ['an unknown category', () => ({ categoryIds: ['nowhere'] }), ''],
  ['a category and an unknown one', () => ({ categoryIds: ['nowhere', 'world'] }), 'acef'],
  ['no category', () => ({ categoryIds: [] }), ''],
  ['ids that can be none', () => ({ categoryIds: ['nul\0nul', '\ud800', 'World', '', "'"] }), ''],
  ['a feed', () => ({ feedIds: [feed] }), 'g'],
  ['a feed in capitals', () => ({ feedIds: [feed.toUpperCase()] }), 'g'],
  ['an unknown feed', () => ({ feedIds: [unknownId] }), ''],
  ['feeds that are no UUIDs', () => ({ feedIds: ['x', '', 'nul\0nul', '\ud800', '12'] }), ''],
  ['no feed', () => ({ feedIds: [] }), ''],
  ['a language takes its regions', () => ({ languages: ['en'] }), 'ab'],
  ['a region is not its language', () => ({ languages: ['en-GB'] }), 'b'],
  ['another spelling', () => ({ languages: ['En-gB'] }), 'b'],
  ['two languages', () => ({ languages: ['de', 'zh'] }), 'cd'],
  ['language and script', () => ({ languages: ['zh-Hant'] }), 'd'],
  ['a language that nothing is in', () => ({ languages: ['fr'] }), ''],
  ['no language', () => ({ languages: [] }), ''],
  ['published from', () => ({ publishedFrom: '2026-01-01T12:30:00.123Z' }), 'bceg'],
  ['published before', () => ({ publishedBefore: '2026-01-01T12:30:00.123Z' }), 'adf'],
  ['published between', () => ({ publishedFrom: '2026-01-01T00:00:00Z', publishedBefore: '2026-01-02T00:00:00Z' }), 'ab'],
  ['published between in another zone', () => ({ publishedFrom: '2026-01-01T02:00:00+02:00', publishedBefore: '2026-01-01T19:00:00-05:00' }), 'ab'],
  ['a span that ends before it begins', () => ({ publishedFrom: '2026-01-02T00:00:00Z', publishedBefore: '2026-01-01T00:00:00Z' }), ''],
  ['the ends of time', () => ({ publishedFrom: '0001-01-01T00:00:00Z', publishedBefore: '9999-12-31T23:59:59.999Z' }), 'abcdfg'],
  ['at least so many words', () => ({ minWordCount: 20 }), 'bcd'],
  ['at most so many words', () => ({ maxWordCount: 15 }), 'aefg'],
  ['words between', () => ({ minWordCount: 15, maxWordCount: 20 }), 'bg'],
  ['none at all', () => ({ maxWordCount: 0 }), 'e'],
  ['fewer than none', () => ({ maxWordCount: -1 }), ''],
  ['the largest numbers', () => ({ minWordCount: -2_147_483_648, maxWordCount: 2_147_483_647 }), 'abcdefg'],
  ['a word of the text', () => ({ text: 'word19' }), 'bcd'],
  ['a word of the title, in another case', () => ({ text: 'TITLE' }), 'abcdef'],
  ['every word', () => ({ text: 'word19 word29' }), 'cd'],
  ['words of title and text', () => ({ text: 'title c word0' }), 'c'],
  ['a phrase', () => ({ text: '"word8 word9"' }), 'abcdfg'],
  ['words that stand in another order', () => ({ text: '"word9 word8"' }), ''],
  ['no phrase from the title into the text', () => ({ text: '"a word0"' }), ''],
  ['without a word', () => ({ text: 'word5 -word15' }), 'afg'],
  ['nothing but without', () => ({ text: '-word0' }), 'e'],
  ['without a phrase', () => ({ text: 'word5 -"word29 word30"' }), 'abcfg'],
  ['a word that nothing has', () => ({ text: 'wordless' }), ''],
  ['no beginnings of words', () => ({ text: 'word' }), ''],
  ['a text of nothing', () => ({ text: '' }), 'abcdefg'],
  ['a text without words', () => ({ text: ' "" -- !?' }), 'abcdefg'],
  ['a text with what means something elsewhere', () => ({ text: "word19 & | ! <-> :* \\ '); \0 \ud800" }), 'bcd'],
  ['a text and a category', () => ({ text: 'word19', categoryIds: ['sport'] }), 'bd'],
  ['a text and a feed', () => ({ text: 'word5', feedIds: [feed] }), 'g'],
  ['a text and a language', () => ({ text: 'word5', languages: ['en'] }), 'ab'],
  ['everything at once', () => ({ categoryIds: ['sport'], feedIds: [feed], publishedFrom: '2026-01-02T00:00:00Z', minWordCount: 15, maxWordCount: 15 }), 'g'],
  [
    'everything at once, but for one',
    () => ({ categoryIds: ['world'], feedIds: [feed], publishedFrom: '2026-01-02T00:00:00Z', minWordCount: 15, maxWordCount: 15 }),
    '',
  ],
]

it.each(table)('takes the same in a list, in the statistics and on the stream: %s', async (_name, filter, expected) => {
  const { articles, statistics } = await app.gql(
    `query ($filter: ArticleFilter) { articles(filter: $filter) { totalCount nodes { url } } statistics(filter: $filter) { articleCount byCategory { articleCount } overTime(interval: MONTH, from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z") { articleCount } } }`,
    { filter: filter() },
  )
  expect(articles.nodes.map(letter).toSorted().join('')).toBe(expected)
  expect(articles.totalCount).toBe(expected.length)
  expect(statistics.articleCount).toBe(expected.length)
  expect(statistics.byCategory.reduce((sum: number, { articleCount }: { articleCount: number }) => sum + articleCount, 0)).toBe(expected.length)
  expect(statistics.overTime).toEqual([{ articleCount: expected.split('').filter((name) => 'abcg'.includes(name)).length }])

  // The one that ends the wait matches every filter but the empty ones: a second operation on the same stream says where it ends.
  const events = await ingestedSince(start, filter())
  expect(
    events
      .map((event) => letter(event.article))
      .toSorted()
      .join(''),
  ).toBe(expected)
})

const letter = ({ url }: { url: string }) => url.at(-1)!

/** What a subscription after a cursor delivers of the seven articles: replay ends where a second one, without a filter, has all. */
async function ingestedSince(after: string, filter: object | null) {
  const query = 'subscription ($after: String, $filter: ArticleFilter) { articleIngested(after: $after, filter: $filter) { article { url } } }'
  const filtered = subscribe(app.url, query, { after, filter })
  const expected = (await app.gql('query ($filter: ArticleFilter) { articles(filter: $filter) { totalCount } }', { filter })).articles.totalCount
  if (expected > 0) await filtered.first(expected)
  const all = subscribe(app.url, query, { after })
  await all.first(7)
  await Promise.all([filtered.stop(), all.stop()])
  return filtered.events
}

it.each([
  [{ languages: ['not a language'] }, 'filter.languages'],
  [{ languages: ['en', 'nul\0'] }, 'filter.languages'],
  [{ languages: [''] }, 'filter.languages'],
  [{ languages: ['\ud800'] }, 'filter.languages'],
  [{ languages: Array.from({ length: 1001 }, () => 'en') }, 'filter.languages'],
  [{ categoryIds: Array.from({ length: 1001 }, () => 'world') }, 'filter.categoryIds'],
  [{ feedIds: Array.from({ length: 1001 }, () => unknownId) }, 'filter.feedIds'],
  [{ publishedFrom: 'yesterday' }, 'filter.publishedFrom'],
  [{ publishedBefore: '2026-02-30T00:00:00Z' }, 'filter.publishedBefore'],
  [{ minWordCount: 2_147_483_648 }, 'filter.minWordCount'],
  [{ maxWordCount: 1.5 }, 'filter.maxWordCount'],
  [{ text: 'a'.repeat(1001) }, 'filter.text'],
  [{ text: 'word '.repeat(33) }, 'filter.text'],
  [{ text: `"${'word '.repeat(17)}" -"${'word '.repeat(16)}"` }, 'filter.text'],
  [{ text: 1 }, 'filter.text'],
])('refuses %j', async (filter, field) => {
  for (const query of [
    'query ($filter: ArticleFilter) { articles(filter: $filter) { totalCount } }',
    'query ($filter: ArticleFilter) { statistics(filter: $filter) { articleCount } }',
  ]) {
    expect(await refused(app, query, { filter })).toEqual({ code: 'BAD_USER_INPUT', field })
  }
})

it('refuses a wrong filter of a subscription with its protocol error', async () => {
  const subscriber = subscribe(app.url, 'subscription { articleIngested(filter: { languages: ["not a language"] }) { cursor } }')
  expect(await subscriber.ended).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'filter.languages' } }])
  await subscriber.stop()
})
