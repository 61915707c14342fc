// What one document may ask for, and what the scalars take.
import { getIntrospectionQuery } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addCategory, startApp, type App } from '../helpers/app.ts'
import { refused, strangeTexts } from '../helpers/refused.ts'
import { subscribe } from '../helpers/subscriber.ts'
import { startFeedServer, rss, type FeedServer } from '../helpers/feed-server.ts'

let app: App
let site: FeedServer
beforeAll(async () => {
  site = await startFeedServer()
  app = await startApp({ env: { ALLOW_PRIVATE_NETWORKS: 'true' } })
  await addCategory(app)
})
afterAll(async () => {
  await app?.close()
  await site?.close()
})

const times = (count: number, one: (n: number) => string) => Array.from({ length: count }, (_, n) => one(n)).join(' ')

describe('a document', () => {
  it.each([
    ['deep', `{ categories { feeds { nodes { category { feeds { nodes { category { feeds { nodes { category { feeds { nodes { id } } } } } } } } } } } } }`],
    ['broad', `{ ${times(501, (n) => `a${n}: streamCursor`)} }`],
    [
      'broad through a fragment',
      `{ ${times(100, (n) => `a${n}: category(id: "world") { ...f }`)} } fragment f on Category { ${times(10, (n) => `b${n}: id`)} }`,
    ],
    ['complex', '{ articles(first: 100) { nodes { category { articles(first: 100) { nodes { id title } } } } } }'],
    ['complex by aliases', `{ ${times(40, (n) => `a${n}: statistics { overTime { start articleCount wordCount readCount } }`)} }`],
  ])('that is too %s is refused', async (_what, query) => {
    expect(await refused(app, query)).toEqual({ code: 'TOO_COMPLEX' })
  })

  it('is refused over the size that its variables give, and taken below it', async () => {
    const query =
      'query ($first: Int!) { categories { articles(first: $first) { nodes { id title url publishedAt sightings(first: $first) { url seenAt guid } } } } }'
    expect(await refused(app, query, { first: 100 })).toEqual({ code: 'TOO_COMPLEX' })
    expect((await app.ask(query, { first: 2 })).errors).toBeUndefined()
  })

  it('of too many tokens is refused while it is parsed', async () => {
    expect((await refused(app, `{ ${times(5001, () => 'streamCursor')} }`)).code).toMatch(/^(TOO_COMPLEX|BAD_USER_INPUT)$/)
    expect((await refused(app, '{'.repeat(5001))).code).toMatch(/^(TOO_COMPLEX|BAD_USER_INPUT)$/)
  })

  it('is judged before a subscription starts, too', async () => {
    const subscriber = subscribe(app.url, `subscription { articleIngested { article { ${times(501, (n) => `a${n}: id`)} } } }`)
    expect(await subscriber.ended).toMatchObject([{ extensions: { code: 'TOO_COMPLEX' } }])
    await subscriber.stop()
  })

  it('may introspect the graph', async () => {
    const { __schema } = await app.gql(getIntrospectionQuery({ descriptions: true, inputValueDeprecation: true, oneOf: true, specifiedByUrl: true }))
    expect(__schema.types.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(['Article', 'Feed', 'Query', 'Subscription']))
  })

  it.each([
    '{ a: previewFeed(url: $url) { title } b: previewFeed(url: $url) { title } }',
    '{ previewFeed(url: $url) { title } ...f } fragment f on Query { b: previewFeed(url: $url) { title } }',
    '{ ...f ... on Query { a: previewFeed(url: $url) { title } } } fragment f on Query { b: previewFeed(url: $url) { title } }',
  ])('may preview one feed: %s', async (selection) => {
    const url = `${site.url}/preview`
    site.serve('/preview', { body: rss([]) })
    const asked = site.requests.length
    expect(await refused(app, `query ($url: URL!) ${selection}`, { url })).toEqual({ code: 'TOO_COMPLEX', field: 'previewFeed' })
    expect(site.requests).toHaveLength(asked)
  })

  it.each([
    ['no document', ''],
    ['no syntax', '{ articles { '],
    ['no such field', '{ nothing }'],
    ['no such type', 'query ($a: Nothing) { streamCursor }'],
    ['no operation', 'fragment f on Query { streamCursor }'],
    ['an argument that is missing', '{ article { id } }'],
    ['a variable that is missing', 'query ($id: ID!) { article(id: $id) { id } }'],
    ['NUL', '{ \0 }'],
  ])('with %s is bad input', async (_what, query) => {
    expect(await refused(app, query)).toMatchObject({ code: 'BAD_USER_INPUT' })
  })
})

describe('scalars', () => {
  const dated = 'query ($at: DateTime) { articles(filter: { publishedFrom: $at }) { totalCount } }'
  it.each([
    '2026-01-01T00:00:00Z',
    '2026-01-01t00:00:00z',
    '2026-01-01 00:00:00+00:00',
    '2026-01-01T00:00:00.123456789Z',
    '2026-01-01T00:00:00-23:59',
    '2016-12-31T23:59:60Z',
    '2024-02-29T00:00:00Z',
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59.999Z',
  ])('take the instant %s', async (at) => {
    expect((await app.ask(dated, { at })).errors).toBeUndefined()
  })

  it.each<unknown>([
    ...strangeTexts,
    '2026-01-01',
    '2026-01-01T00:00:00',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:00+24:00',
    '2026-02-29T00:00:00Z',
    '2026-1-1T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
    '+012026-01-01T00:00:00Z',
    '-002026-01-01T00:00:00Z',
    1767225600000,
    true,
    {},
    [],
  ])('refuse the instant %j', async (at) => {
    expect(await refused(app, dated, { at })).toEqual({ code: 'BAD_USER_INPUT', field: 'at' })
  })

  const byUrl = 'query ($url: URL!) { articleByUrl(url: $url) { id } }'
  it.each([
    'https://example.com',
    'HTTP://EXAMPLE.COM:80/',
    'https://user:pass@example.com/a b?c=d#e',
    'https://m\u00fcnchen.example/\u00fc',
    'http://[::1]:1/',
    ' https://example.com/ ',
  ])('take the URL %j', async (url) => {
    expect((await app.ask(byUrl, { url })).errors).toBeUndefined()
  })
  it.each<unknown>([
    ...strangeTexts,
    'example.com',
    '//example.com',
    'ftp://example.com/',
    'javascript:alert(1)',
    'https://',
    'https://exa mple.com',
    `https://example.com/${'x'.repeat(8192)}`,
    1,
    null,
    {},
  ])('refuse the URL %j', async (url) => {
    expect(await refused(app, byUrl, { url })).toEqual({ code: 'BAD_USER_INPUT', field: 'url' })
  })
  it('refuse literals as they refuse variables', async () => {
    expect(await refused(app, '{ articles(filter: { publishedFrom: "soon" }) { totalCount } }')).toMatchObject({ code: 'BAD_USER_INPUT' })
    expect(await refused(app, '{ articles(filter: { publishedFrom: 5 }) { totalCount } }')).toMatchObject({ code: 'BAD_USER_INPUT' })
    expect(await refused(app, '{ articleByUrl(url: "nowhere") { id } }')).toMatchObject({ code: 'BAD_USER_INPUT' })
    expect(await refused(app, '{ articles(first: 99999999999) { totalCount } }')).toMatchObject({ code: 'BAD_USER_INPUT' })
  })
})

it.each([...strangeTexts, 'nothing'])('a lookup by the id %j finds nothing, which is no error', async (id) => {
  const data = await app.gql('query ($id: ID!) { node(id: $id) { id } article(id: $id) { id } category(id: $id) { id } feed(id: $id) { id } }', { id })
  expect(data).toEqual({ node: null, article: null, category: null, feed: null })
})
