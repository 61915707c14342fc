// What becomes of the articles of an archive: all that they have is kept, once, whatever comes twice or at once.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addCategory, addFeed, draft, ingest, refreshFeed, startApp, type App } from '../helpers/app.ts'
import { rss, startFeedServer, type FeedServer } from '../helpers/feed-server.ts'
import { refused, strangeTexts } from '../helpers/refused.ts'
import { subscribe } from '../helpers/subscriber.ts'
import { archived, exportedFields, importAll, readsOf } from './archive.ts'

let app: App
let site: FeedServer
beforeAll(async () => {
  site = await startFeedServer()
  app = await startApp({ env: { ALLOW_PRIVATE_NETWORKS: 'true' } })
  await addCategory(app)
  await addCategory(app, 'sport')
})
afterAll(async () => {
  await app?.close()
  await site?.close()
})

const one = async (fields: object) => (await importAll(app, [fields]))[0]!
const article = async (id: string) => (await app.gql(`query ($id: ID!) { article(id: $id) { ${exportedFields} wordCount } }`, { id })).article
const remove = (id: string) => app.gql('mutation ($id: ID!) { deleteArticle(id: $id) { id } }', { id })
const full = () =>
  archived({
    content: '<p>One <b>two</b>.</p><script>x</script>',
    contentFormat: 'HTML',
    createdAt: '2023-10-08T08:32:00Z',
    updatedAt: '2023-10-09T08:32:00Z',
    lastReadAt: '2023-10-08T15:51:00Z',
    readCount: 1,
    byline: 'Ada',
    summary: 'One, then two.',
    imageUrl: 'https://example.com/a.png',
    language: 'en-gb',
    tags: ['a', 'b'],
    guid: 'g',
    enclosures: [{ url: 'https://example.com/a.mp3', mediaType: 'audio/mpeg', byteLength: 5 }],
  })

describe('a new article', () => {
  it('answers with exactly what it has', async () => {
    const given = full()
    expect(await one(given)).toMatchObject({ status: 'INGESTED', cursor: expect.any(String), error: null, article: { id: given.id } })
    expect(await article(given.id)).toEqual({
      id: given.id,
      categoryId: 'world',
      url: given.url,
      title: given.title,
      content: 'One two.',
      contentHtml: '<p>One <b>two</b>.</p>',
      textSource: 'API',
      wordCount: 2,
      publishedAt: '2023-10-08T08:00:00.000Z',
      createdAt: '2023-10-08T08:32:00.000Z',
      updatedAt: '2023-10-09T08:32:00.000Z',
      lastReadAt: '2023-10-08T15:51:00.000Z',
      readCount: 1,
      byline: 'Ada',
      summary: 'One, then two.',
      imageUrl: 'https://example.com/a.png',
      language: 'en-GB',
      tags: ['a', 'b'],
      sightings: [{ guid: 'g', url: given.url, seenAt: '2023-10-08T08:32:00.000Z' }],
      enclosures: [{ url: 'https://example.com/a.mp3', mediaType: 'audio/mpeg', byteLength: 5 }],
    })
    expect(await readsOf(app, given.id)).toEqual([{ start: '2023-10-08T15:45:00.000Z', reads: 1 }])
  })

  it('is made now, and was never read, where it says nothing of that', async () => {
    const given = archived({ updatedAt: undefined, createdAt: undefined })
    const before = Date.now()
    await one(given)
    const { createdAt, updatedAt, lastReadAt, readCount } = await article(given.id)
    expect(Date.parse(createdAt)).toBeGreaterThanOrEqual(before)
    expect({ updatedAt, lastReadAt, readCount }).toEqual({ updatedAt: createdAt, lastReadAt: null, readCount: 0 })
    expect(await readsOf(app, given.id)).toEqual([])
  })

  it.each([
    ['updatedAt', { createdAt: '2020-01-01T00:00:00Z', updatedAt: '2020-01-02T00:00:00Z', readCount: 3 }, '2020-01-02T00:00:00.000Z', 3],
    ['createdAt', { createdAt: '2020-01-01T00:00:00Z', readCount: 3 }, '2020-01-01T00:00:00.000Z', 3],
    ['its time alone, once', { lastReadAt: '2020-01-03T00:00:00Z' }, '2020-01-03T00:00:00.000Z', 1],
  ])('was read at %s', async (_what, fields, lastReadAt, readCount) => {
    const given = archived(fields)
    await one(given)
    expect(await article(given.id)).toMatchObject({ lastReadAt, readCount })
  })

  it('is told of on the stream, in order', async () => {
    const { streamCursor } = await app.gql('{ streamCursor }')
    const subscriber = subscribe(app.url, 'subscription ($after: String) { articleIngested(after: $after) { cursor article { id createdAt } } }', {
      after: streamCursor,
    })
    const given = Array.from({ length: 120 }, (_, n) => archived({ createdAt: new Date(Date.UTC(2020, 0, 1) - n * 1000).toISOString() }))
    const results = await importAll(app, given)
    const events = await subscriber.first(given.length)
    expect(events).toEqual(results.map(({ cursor }, n) => ({ cursor, article: { id: given[n]!.id, createdAt: given[n]!.createdAt } })))
    await subscriber.stop()
  })

  it('is no copy of another in the same words, and a feed finds it under its link', async () => {
    const content = Array.from({ length: 120 }, (_, n) => `word${n}`).join(' ')
    const [first, second] = [archived({ content, url: 'https://a.example/1' }), archived({ content, url: 'https://b.example/1' })]
    expect(await importAll(app, [first, second])).toMatchObject([{ status: 'INGESTED' }, { status: 'INGESTED' }])
    site.serve('/feed.xml', { body: rss([{ title: 'Another title', link: second!.url, guid: 'x', description: 'Another text.' }]) })
    const feed = await addFeed(app, `${site.url}/feed.xml`)
    expect((await refreshFeed(app, feed)).fetch).toMatchObject({ ingested: 0, updated: 0, duplicates: 1 })
    expect(await article(second!.id)).toMatchObject({ title: second!.title, sightings: [{ url: second!.url }, { url: second!.url, guid: 'x' }] })
  })
})

describe('an article that is there', () => {
  it('is a duplicate, and nothing changes, when it comes again, in upper case too', async () => {
    const given = full()
    await one(given)
    const { streamCursor } = await app.gql('{ streamCursor }')
    const before = await article(given.id)
    for (const again of [given, { ...given, id: given.id.toUpperCase() }]) expect(await one(again)).toMatchObject({ status: 'DUPLICATE', cursor: null })
    expect(await article(given.id)).toEqual(before)
    expect(await readsOf(app, given.id)).toHaveLength(1)
    expect((await app.gql('{ streamCursor }')).streamCursor).toBe(streamCursor)
  })

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['title', { title: 'Other' }, { title: 'Other' }],
    ['content', { content: 'Other words.' }, { content: 'Other words.' }],
    ['category', { categoryId: 'sport' }, { categoryId: 'sport' }],
    ['publishedAt', { publishedAt: '2020-02-02T00:00:00Z' }, { publishedAt: '2020-02-02T00:00:00.000Z' }],
    ['byline', { byline: 'Bob' }, { byline: 'Bob' }],
    ['summary', { summary: 'Short.' }, { summary: 'Short.' }],
    ['picture', { imageUrl: 'https://example.com/b.png' }, { imageUrl: 'https://example.com/b.png' }],
    ['language', { language: 'de' }, { language: 'de' }],
    ['tags', { tags: ['b', 'a'] }, { tags: ['b', 'a'] }],
    ['enclosures', { enclosures: [] }, { enclosures: [] }],
    ['updatedAt, later', { updatedAt: '2024-01-01T00:00:00Z' }, {}],
  ])('is edited where the archive has been amended: %s', async (_what, amended, expected) => {
    const given = full()
    await one(given)
    const before = await article(given.id)
    const result = await one({ ...given, createdAt: '2019-01-01T00:00:00Z', ...amended })
    expect(result).toMatchObject({ status: 'UPDATED', cursor: expect.any(String) })
    const { updatedAt = given.updatedAt } = amended as { updatedAt?: string }
    const { contentHtml: _html, wordCount: _count, ...rest } = before
    expect(await article(given.id)).toMatchObject({ ...rest, ...expected, updatedAt: new Date(updatedAt as string).toISOString() })
    expect(await one({ ...given, ...amended })).toMatchObject({ status: 'DUPLICATE' })
  })

  it('keeps what was edited here later, and what is not supplied', async () => {
    const given = archived({ createdAt: '2020-01-01T00:00:00Z', updatedAt: '2020-01-01T00:00:00Z', byline: 'Ada', tags: ['a'] })
    await one(given)
    const [edited] = await ingest(app, [draft('', { url: given.url, title: 'Edited here', publishedAt: given.publishedAt })])
    expect(edited).toMatchObject({ status: 'UPDATED', article: { id: given.id } })
    expect(await one(given)).toMatchObject({ status: 'DUPLICATE' })
    expect(await article(given.id)).toMatchObject({ title: 'Edited here' })
    // One that does not say when it was edited is as old as it is.
    const { updatedAt: _u, ...undated } = given
    expect(await one(undated)).toMatchObject({ status: 'DUPLICATE' })
    const { byline: _b, tags: _t, ...fewer } = given
    expect(await one({ ...fewer, updatedAt: '2999-01-01T00:00:00Z' })).toMatchObject({ status: 'UPDATED' })
    expect(await article(given.id)).toMatchObject({ title: given.title, byline: 'Ada', tags: ['a'], updatedAt: '2999-01-01T00:00:00.000Z' })
  })

  it('is amended by one without dates where it was not edited since, and then stays', async () => {
    const given = archived({ updatedAt: undefined })
    await one(given)
    const before = Date.now()
    expect(await one({ ...given, title: 'Amended' })).toMatchObject({ status: 'UPDATED' })
    expect(Date.parse((await article(given.id)).updatedAt)).toBeGreaterThanOrEqual(before)
    expect(await one(given)).toMatchObject({ status: 'DUPLICATE' })
    expect(await article(given.id)).toMatchObject({ title: 'Amended' })
  })

  it('counts more reads where the archive has more, and never fewer', async () => {
    const given = archived({ readCount: 5, lastReadAt: '2023-01-01T00:00:00Z' })
    await one(given)
    expect(await one({ ...given, readCount: 3, lastReadAt: '2024-01-01T00:00:00Z' })).toMatchObject({ status: 'DUPLICATE' })
    expect(await article(given.id)).toMatchObject({ readCount: 5, lastReadAt: '2023-01-01T00:00:00.000Z' })
    const subscriber = subscribe(app.url, 'subscription ($ids: [ID!]) { articleRead(articleIds: $ids) { readCount } }', { ids: [given.id] })
    // Its start is told by nothing: counts are raised until one is seen.
    let readCount = 5
    let seen: unknown
    const first = subscriber.first(1).then((events) => (seen = events[0]))
    while (seen === undefined) {
      expect(await one({ ...given, readCount: ++readCount, lastReadAt: '2022-01-01T00:00:00Z' })).toMatchObject({ status: 'UPDATED', cursor: null })
    }
    await first
    await subscriber.stop()
    expect(await article(given.id)).toMatchObject({ readCount, lastReadAt: '2023-01-01T00:00:00.000Z', updatedAt: '2023-10-08T09:00:00.000Z' })
    const reads = await readsOf(app, given.id)
    expect(reads.reduce((sum, row) => sum + row.reads, 0)).toBe(readCount)
  })
})

describe('each is judged by itself', () => {
  it('and one that is wrong loses no other', async () => {
    const wrong: [Record<string, unknown>, string, string | null][] = [
      [{ id: 'one' }, 'INVALID_ID', 'id'],
      [{ id: 5 }, 'INVALID_ID', 'id'],
      [{ url: 'none' }, 'INVALID_URL', 'url'],
      [{ imageUrl: 'none' }, 'INVALID_URL', 'imageUrl'],
      [{ enclosures: [{ url: 'ftp://example.com/' }] }, 'INVALID_URL', 'enclosures'],
      [{ enclosures: [{ url: 'https://example.com/', byteLength: 0.5 }] }, 'INVALID_COUNT', 'enclosures'],
      [{ enclosures: Array.from({ length: 51 }, (_, n) => ({ url: `https://example.com/${n}` })) }, 'TOO_LONG', 'enclosures'],
      [{ publishedAt: 'yesterday' }, 'INVALID_DATE', 'publishedAt'],
      [{ createdAt: '2023-02-30T00:00:00Z' }, 'INVALID_DATE', 'createdAt'],
      [{ updatedAt: '' }, 'INVALID_DATE', 'updatedAt'],
      [{ lastReadAt: '2999-01-01T00:00:00Z' }, 'INVALID_DATE', 'lastReadAt'],
      [{ lastReadAt: '2023-10-08' }, 'INVALID_DATE', 'lastReadAt'],
      [{ readCount: -1 }, 'INVALID_COUNT', 'readCount'],
      [{ readCount: 1_000_000_001 }, 'INVALID_COUNT', 'readCount'],
      [{ readCount: 0, lastReadAt: '2023-10-08T00:00:00Z' }, 'INVALID_COUNT', 'readCount'],
      [{ language: '-' }, 'INVALID_LANGUAGE', 'language'],
      [{ title: ' ', content: '' }, 'EMPTY', 'title'],
      [{ title: 'x'.repeat(1001) }, 'TOO_LONG', 'title'],
      [{ categoryId: 'nowhere' }, 'UNKNOWN_CATEGORY', 'categoryId'],
    ]
    const given = wrong.flatMap(([fields]) => [archived(fields), archived()])
    const results = await importAll(app, given)
    expect(results.filter((_, n) => n % 2 === 1).map(({ status }) => status)).toEqual(wrong.map(() => 'INGESTED'))
    expect(results.filter((_, n) => n % 2 === 0)).toMatchObject(
      wrong.map(([, code, field]) => ({ status: 'REJECTED', article: null, cursor: null, error: { code, field, message: expect.stringMatching(/\.$/) } })),
    )
  })

  it('and CONFLICT where the id or the link is of something else', async () => {
    const [there] = await ingest(app, [draft(randomUUID())])
    const feed = await addFeed(app, `${site.url}/other.xml`)
    expect(await importAll(app, [archived({ id: there!.article!.id }), archived({ url: there!.article!.url }), archived({ id: feed })])).toMatchObject([
      { status: 'REJECTED', error: { code: 'CONFLICT', field: 'id' } },
      { status: 'REJECTED', error: { code: 'CONFLICT', field: 'url' } },
      { status: 'REJECTED', error: { code: 'CONFLICT', field: 'id' } },
    ])
  })

  it('and DELETED where the article was, by its id and by its link', async () => {
    const given = archived()
    await one(given)
    await remove(given.id)
    const deleted = { status: 'REJECTED', error: { code: 'DELETED', field: null } }
    expect(await importAll(app, [given, { ...archived(), id: given.id }, { ...archived(), url: given.url }])).toMatchObject([deleted, deleted, deleted])
  })

  it('in the order of the input, where an id or a link comes twice', async () => {
    const [a, b] = [archived(), archived()]
    const input = [a, { ...a, title: 'Other' }, { ...b, url: a.url }, b, { ...a, url: b.url }, b]
    expect((await importAll(app, input)).map(({ status, error }) => error?.code ?? status)).toEqual([
      'INGESTED',
      'UPDATED',
      'CONFLICT',
      'INGESTED',
      'CONFLICT',
      'DUPLICATE',
    ])
  })

  it('and articles that share a link are told apart by guid, as those of a podcast', async () => {
    const { url } = archived()
    const episodes = ['g1', 'g2', 'g3'].map((guid) => archived({ url, guid, content: `About ${guid}.` }))
    expect((await importAll(app, episodes)).map(({ status }) => status)).toEqual(['INGESTED', 'INGESTED', 'INGESTED'])
    expect((await importAll(app, [...episodes, archived({ url, guid: 'g2' })])).map(({ status }) => status)).toEqual([
      'DUPLICATE',
      'DUPLICATE',
      'DUPLICATE',
      'REJECTED',
    ])
  })
})

it('many at once import the same, and each article is there once', async () => {
  const given = Array.from({ length: 60 }, (_, n) => archived({ readCount: n + 1 }))
  const orders = [given, given.toReversed(), [...given.slice(30), ...given.slice(0, 30)]]
  const answers = await Promise.all([
    ...orders.map((order) => importAll(app, order)),
    ...given.slice(0, 20).map(({ url, title }) => ingest(app, [draft('', { url, title })])),
  ])
  const ingested = answers.flat().filter(({ status }) => status === 'INGESTED')
  // Who ingests first under the link gives it another id.
  expect(new Set(ingested.map((result) => result.article!.url)).size).toBe(ingested.length)
  expect(ingested).toHaveLength(given.length)
  for (const { id, readCount } of given.slice(20)) {
    expect(await article(id)).toMatchObject({ readCount })
    expect((await readsOf(app, id)).map(({ reads }) => reads)).toEqual([readCount])
  }
})

it('one id under two links at once is one article', async () => {
  for (let round = 0; round < 10; round++) {
    const [given, other] = [archived(), archived()]
    const results = await Promise.all([importAll(app, [given]), importAll(app, [{ ...other, id: given.id }])])
    expect(
      results
        .flat()
        .map(({ status, error }) => error?.code ?? status)
        .toSorted(),
    ).toEqual(['CONFLICT', 'INGESTED'])
  }
})

it('refuses none, and more than 500', async () => {
  const query = 'mutation ($articles: [ArchivedArticleInput!]!) { importArticles(input: { articles: $articles }) { results { status } } }'
  for (const articles of [[], Array.from({ length: 501 }, () => archived())]) {
    expect(await refused(app, query, { articles })).toEqual({ code: 'BAD_USER_INPUT', field: 'input.articles' })
  }
})

it('takes or rejects strange texts', async () => {
  const fields = ['id', 'url', 'title', 'content', 'categoryId', 'publishedAt', 'createdAt', 'byline', 'summary', 'imageUrl', 'language', 'guid']
  const given = strangeTexts.flatMap((text) => [
    ...fields.map((field) => archived({ [field]: text })),
    archived({ tags: [text] }),
    archived({ enclosures: [{ url: 'https://example.com/', mediaType: text }] }),
  ])
  expect((await importAll(app, given)).filter(({ status }) => status !== 'INGESTED' && status !== 'REJECTED')).toEqual([])
})

it('goes well while the category of its articles is taken away', { timeout: 60_000 }, async () => {
  const titled = (n: number) =>
    Array.from({ length: 40 }, (_, i) => archived({ title: `Story ${n}`, categoryId: 'left', url: `https://example.com/left/${n}/${i}` }))
  for (let round = 0; round < 15; round++) {
    await addCategory(app, 'left')
    const there = titled(round)
    await importAll(app, there)
    // First reads of some, and edits of others between them.
    const again = there.map((article, i) => ({
      ...article,
      ...(i % 2 ? { readCount: 1, lastReadAt: '2023-01-01T00:00:00Z' } : { title: 'Edited' }),
      categoryId: 'world',
    }))
    const [results] = await Promise.all([
      importAll(app, again.toReversed()),
      app.gql('mutation { removeCategory(id: "left", moveTo: "world") { id } }').catch((error: Error) => expect(error.message).toMatch(/^CONFLICT/)),
    ])
    expect(results.filter(({ status }) => status === 'REJECTED')).toEqual([])
    await app.ask('mutation { removeCategory(id: "left", moveTo: "world") { id } }')
  }
})
