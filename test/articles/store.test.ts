// What becomes of drafts and entries: which article they are, whether they change it, and that nothing is lost or kept twice.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { storeEntries } from '../../src/articles/store.ts'
import { addCategory, addFeed, draft, ingest, refreshFeed, startApp, type App } from '../helpers/app.ts'
import { rss, startFeedServer, type FeedServer, type RssItem } from '../helpers/feed-server.ts'
import { refused, strangeTexts } from '../helpers/refused.ts'
import { subscribe } from '../helpers/subscriber.ts'

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

let counter = 0
/** A name that no other test has. */
const name = () => `n${++counter}`

const statusesOf = (results: { status: string }[]) => results.map((result) => result.status)
const one = async (fields: object) => (await ingest(app, [fields]))[0]!
const remove = (id: string) => app.gql('mutation ($id: ID!) { deleteArticle(id: $id) { id cursor } }', { id })
const article = async (id: string) =>
  (
    await app.gql(
      `query ($id: ID!) { article(id: $id) {
        id url title content byline imageUrl language tags enclosures { url } publishedAt createdAt updatedAt textSource categoryId sightings { url guid feed { id } }
      } }`,
      { id },
    )
  ).article

/** A feed of this test's own, and how to change and read it. */
async function feedOf(items: RssItem[], fields: Record<string, unknown> = {}) {
  const path = `/${name()}.xml`
  site.serve(path, { body: rss(items) })
  const id = await addFeed(app, `${site.url}${path}`, fields)
  const { fetch } = await refreshFeed(app, id)
  return {
    id,
    fetch,
    again: async (changed: RssItem[]) => {
      site.serve(path, { body: rss(changed, `Feed ${name()}`) })
      return (await refreshFeed(app, id)).fetch as { ingested: number; updated: number; duplicates: number; rejected: object[] }
    },
  }
}

describe('one draft', () => {
  it('is a new article, then a duplicate, then an edit', async () => {
    const n = name()
    const first = await one(draft(n))
    expect(first).toMatchObject({ status: 'INGESTED', error: null, article: { title: `Title ${n}` } })
    expect(first.cursor).toEqual(expect.any(String))
    const second = await one(draft(n))
    expect(second).toMatchObject({ status: 'DUPLICATE', cursor: null, article: { id: first.article!.id } })
    const third = await one(draft(n, { title: 'Another' }))
    expect(third).toMatchObject({ status: 'UPDATED', cursor: expect.any(String), article: { id: first.article!.id, title: 'Another' } })
  })

  it('is the same article under any spelling of its link, which stays as it was first seen', async () => {
    const n = name()
    const spellings = [
      `https://Example.com/${n}/a?b=2&a=1&utm_source=x#top`,
      `http://example.com/${n}/a?a=1&b=2`,
      `HTTPS://EXAMPLE.COM:443/${n}/a/?a=1&b=2`,
      `https://user:secret@example.com./${n}/%61?b=2&a=1&fbclid=1`,
    ]
    const results = await ingest(
      app,
      spellings.map((url) => draft(n, { url })),
    )
    expect(statusesOf(results)).toEqual(['INGESTED', 'DUPLICATE', 'DUPLICATE', 'DUPLICATE'])
    expect(new Set(results.map((result) => result.article!.id)).size).toBe(1)
    expect(results[0]!.article!.url).toBe(`https://example.com/${n}/a?b=2&a=1`)
    for (const url of spellings) {
      expect((await app.gql('query ($url: URL!) { articleByUrl(url: $url) { id } }', { url })).articleByUrl).toEqual({ id: results[0]!.article!.id })
    }
    expect((await one(draft(n, { url: `https://example.com/${n}/a?a=1&b=3` }))).status).toBe('INGESTED')
  })

  it.each([
    ['another title', { title: 'Other' }, 'UPDATED'],
    ['another text', { content: 'Other.' }, 'UPDATED'],
    ['another byline', { byline: 'Somebody else' }, 'UPDATED'],
    ['another picture', { imageUrl: 'https://example.com/other.png' }, 'UPDATED'],
    ['another language', { language: 'fr' }, 'UPDATED'],
    ['another date', { publishedAt: '2026-01-01T00:00:00.001Z' }, 'UPDATED'],
    ['another category', { categoryId: 'sport' }, 'UPDATED'],
    ['nothing else', {}, 'DUPLICATE'],
    ['no byline', { byline: undefined }, 'DUPLICATE'],
    ['a byline of null', { byline: null }, 'DUPLICATE'],
    ['no picture', { imageUrl: undefined }, 'DUPLICATE'],
    ['no language', { language: undefined }, 'DUPLICATE'],
    ['no date', { publishedAt: undefined }, 'DUPLICATE'],
    ['the same date in another zone', { publishedAt: '2026-01-01T02:00:00+02:00' }, 'DUPLICATE'],
    ['the same language in another spelling', { language: 'EN' }, 'DUPLICATE'],
    ['the same text as HTML', { content: '<p>Same&#32;text.</p>', contentFormat: 'HTML' }, 'DUPLICATE'],
    ['a title with other white space', { title: '  Same \n title ' }, 'DUPLICATE'],
    ['other tags alone', { tags: ['other'] }, 'DUPLICATE'],
  ])('with %s', async (_what, change, status) => {
    const n = name()
    const full = draft(n, {
      title: 'Same title',
      content: 'Same text.',
      byline: 'Somebody',
      imageUrl: 'https://example.com/p.png',
      language: 'en',
      tags: ['a'],
    })
    const first = await one(full)
    const before = await article(first.article!.id)
    expect((await one({ ...full, ...change })).status).toBe(status)
    const after = await article(first.article!.id)
    if (status === 'DUPLICATE') expect(after).toEqual(before)
    else {
      const given = Object.entries(change)
      expect(after).toMatchObject(Object.fromEntries(given))
      expect(after.createdAt).toBe(before.createdAt)
      expect(Date.parse(after.updatedAt)).toBeGreaterThanOrEqual(Date.parse(before.updatedAt))
    }
  })

  it('keeps what an edit leaves out: byline, picture, language, date, tags', async () => {
    const n = name()
    const full = draft(n, { byline: 'Somebody', imageUrl: 'https://example.com/p.png', language: 'en', tags: ['a', 'b'] })
    const { id } = (await one(full)).article!
    const before = await article(id)
    expect((await one({ url: full.url, title: 'New', content: 'New.', categoryId: 'world' })).status).toBe('UPDATED')
    expect(await article(id)).toEqual({ ...before, title: 'New', content: 'New.', updatedAt: expect.any(String) })
    expect((await one({ ...full, tags: [] })).status).toBe('UPDATED')
    expect((await article(id)).tags).toEqual([])
  })

  it('is dated now where it brings no date, and a duplicate later', async () => {
    const n = name()
    const from = Date.now()
    const { id } = (await one(draft(n, { publishedAt: null }))).article!
    const { publishedAt, createdAt, updatedAt } = await article(id)
    expect(Date.parse(publishedAt)).toBeGreaterThanOrEqual(from)
    expect([createdAt, updatedAt]).toEqual([publishedAt, publishedAt])
    expect((await one(draft(n, { publishedAt: null }))).status).toBe('DUPLICATE')
  })

  it('moves updatedAt with an edit, not with reads, duplicates or other sightings', async () => {
    const n = name()
    const { id } = (await one(draft(n))).article!
    const before = await article(id)
    await app.gql('mutation ($id: ID!) { recordRead(input: { articleId: $id }) { counted } }', { id })
    await one(draft(n))
    await feedOf([{ title: 'Other title', link: `https://example.com/${n}` }])
    expect((await article(id)).updatedAt).toBe(before.updatedAt)
    await one(draft(n, { title: 'Edited' }))
    const after = await article(id)
    expect(Date.parse(after.updatedAt)).toBeGreaterThan(Date.parse(before.updatedAt))
    expect(after.createdAt).toBe(before.createdAt)
  })
})

describe('a wrong draft', () => {
  const long = (length: number) => 'x'.repeat(length)
  const table: [fields: Record<string, unknown>, code: string, field: string | null][] = [
    [{ url: 'not a link' }, 'INVALID_URL', 'url'],
    [{ url: '' }, 'INVALID_URL', 'url'],
    [{ url: 'ftp://example.com/' }, 'INVALID_URL', 'url'],
    [{ url: 'javascript:alert(1)' }, 'INVALID_URL', 'url'],
    [{ url: '/relative' }, 'INVALID_URL', 'url'],
    [{ url: 'https://nul\0.example.com/' }, 'INVALID_URL', 'url'],
    [{ imageUrl: 'data:image/png;base64,AAAA' }, 'INVALID_URL', 'imageUrl'],
    [{ imageUrl: '' }, 'INVALID_URL', 'imageUrl'],
    [{ publishedAt: 'yesterday' }, 'INVALID_DATE', 'publishedAt'],
    [{ publishedAt: '2026-02-30T00:00:00Z' }, 'INVALID_DATE', 'publishedAt'],
    [{ publishedAt: '2026-01-01' }, 'INVALID_DATE', 'publishedAt'],
    [{ publishedAt: '0000-01-01T00:00:00Z' }, 'INVALID_DATE', 'publishedAt'],
    [{ publishedAt: '' }, 'INVALID_DATE', 'publishedAt'],
    [{ publishedAt: 'nul\0' }, 'INVALID_DATE', 'publishedAt'],
    [{ language: 'not a language' }, 'INVALID_LANGUAGE', 'language'],
    [{ language: 'nul\0' }, 'INVALID_LANGUAGE', 'language'],
    [{ title: ' ', content: ' \n ' }, 'EMPTY', 'title'],
    [{ title: '\0', content: '<p><br></p>', contentFormat: 'HTML' }, 'EMPTY', 'title'],
    [{ url: `https://example.com/${long(8200)}` }, 'TOO_LONG', 'url'],
    [{ title: long(1001) }, 'TOO_LONG', 'title'],
    [{ byline: long(501) }, 'TOO_LONG', 'byline'],
    [{ guid: long(2049) }, 'TOO_LONG', 'guid'],
    [{ imageUrl: `https://example.com/${long(8200)}` }, 'TOO_LONG', 'imageUrl'],
    [{ tags: Array.from({ length: 51 }, (_, n) => `tag ${n}`) }, 'TOO_LONG', 'tags'],
    [{ tags: [long(101)] }, 'TOO_LONG', 'tags'],
    [{ content: long(4_194_305) }, 'TOO_LONG', 'content'],
    [{ categoryId: 'nowhere' }, 'UNKNOWN_CATEGORY', 'categoryId'],
    [{ categoryId: 'World' }, 'UNKNOWN_CATEGORY', 'categoryId'],
    ...strangeTexts.map((categoryId): (typeof table)[number] => [{ categoryId }, 'UNKNOWN_CATEGORY', 'categoryId']),
  ]

  it('is rejected with its code and field, one after the other and all among good ones', async () => {
    for (const [fields, code, field] of table) {
      expect(await one(draft(name(), fields)), JSON.stringify(fields).slice(0, 100)).toMatchObject({
        status: 'REJECTED',
        article: null,
        cursor: null,
        error: { code, field },
      })
    }
    const mixed = table
      .filter(([fields]) => !('content' in fields && String(fields['content']).length > 1000))
      .flatMap(([fields]) => [draft(name(), fields), draft(name())])
    const results = await ingest(app, mixed)
    expect(statusesOf(results)).toEqual(mixed.map((_, i) => (i % 2 === 0 ? 'REJECTED' : 'INGESTED')))
    results.forEach((result, i) => i % 2 === 1 && expect(result.article!.url).toBe(mixed[i]!.url))
  })

  it('is none for texts that PostgreSQL does not take: they are stored without what it cannot', async () => {
    const strange = 'nul\0, half \ud800 and the other \udc00 half'
    const n = name()
    const fields = { title: strange, content: strange, byline: strange, guid: strange, tags: [strange, '\0', ''], url: `https://example.com/${n}/\ud800?q=\0` }
    const result = await one(draft(n, fields))
    expect(result).toMatchObject({ status: 'INGESTED', error: null })
    const stored = await article(result.article!.id)
    expect(JSON.stringify(stored)).not.toMatch(/\\u0000|\\ud[89a-f]/)
    expect(stored.title).toBe('nul , half \ufffd and the other \ufffd half')
    expect(stored.tags).toHaveLength(1)
    expect((await one(draft(n, fields))).status).toBe('DUPLICATE')
  })

  it.each([0, 501])('is no matter of its own when there are %i: the whole is refused', async (count) => {
    const articles = Array.from({ length: count }, (_, n) => draft(n))
    expect(
      await refused(app, 'mutation ($articles: [ArticleInput!]!) { ingestArticles(input: { articles: $articles }) { results { status } } }', { articles }),
    ).toEqual({
      code: 'BAD_USER_INPUT',
      field: 'input.articles',
    })
  })
})

describe('many drafts', () => {
  it('are taken 500 at a time, in the order of the input, each with a position of its own without a gap', async () => {
    const n = name()
    const { streamCursor } = await app.gql('{ streamCursor }')
    const results = await ingest(
      app,
      Array.from({ length: 500 }, (_, i) => draft(`${n}/${i}`)),
    )
    expect(results.every((result, i) => result.status === 'INGESTED' && result.article!.url === `https://example.com/${n}/${i}`)).toBe(true)
    const positions = [streamCursor, ...results.map((result) => result.cursor!)].map(positionOf)
    expect(positions).toEqual(positions.map((_, i) => positions[0]! + i))
  })

  it('may be the same article: twice alike, and edited in between', async () => {
    const n = name()
    const results = await ingest(app, [
      draft(n),
      draft(n),
      draft(n, { title: 'Second' }),
      draft(n, { title: 'Second' }),
      draft(n, { title: 'Third' }),
      draft(name()),
    ])
    expect(statusesOf(results)).toEqual(['INGESTED', 'DUPLICATE', 'UPDATED', 'DUPLICATE', 'UPDATED', 'INGESTED'])
    expect((await article(results[0]!.article!.id)).title).toBe('Third')
    const positions = results.flatMap((result) => (result.cursor === null ? [] : positionOf(result.cursor)))
    expect(positions).toEqual(positions.map((_, i) => positions[0]! + i))
  })

  it('tells each edit on the stream, with the article as it is', async () => {
    const n = name()
    const { streamCursor } = await app.gql('{ streamCursor }')
    await ingest(app, [draft(n), draft(n, { title: 'Second' }), draft(n, { categoryId: 'sport', title: 'Second' })])
    const changes = subscribe(
      app.url,
      'subscription ($after: String) { articleChanged(after: $after, filter: { categoryIds: ["world"] }) { kind article { title categoryId } } }',
      { after: streamCursor },
    )
    expect(await changes.first(2)).toEqual([
      { kind: 'UPDATED', article: { title: 'Second', categoryId: 'sport' } },
      { kind: 'UPDATED', article: { title: 'Second', categoryId: 'sport' } },
    ])
    await changes.stop()
  })

  it('may be long: more than 1 MiB of text is kept whole', async () => {
    const paragraph = 'The quick brown fox jumps over the lazy dog. '.repeat(20).trim()
    const content = Array.from({ length: 1300 }, (_, i) => `${i} ${paragraph}`).join('\n\n')
    expect(content.length).toBeGreaterThan(2 ** 20)
    const { article: stored } = await one(draft(name(), { content }))
    expect((await article(stored!.id)).content).toBe(content)
  })

  it('are each stored once when four clients bring the same 200 at once, in orders of their own', async () => {
    const n = name()
    const drafts = Array.from({ length: 200 }, (_, i) => draft(`${n}/${i}`))
    const { streamCursor } = await app.gql('{ streamCursor }')
    const shuffled = [drafts, drafts.toReversed(), [...drafts.slice(100), ...drafts.slice(0, 100)], drafts.toSorted((a, b) => a.url.localeCompare(b.url))]
    const answers = await Promise.all(shuffled.map((articles) => ingest(app, articles)))
    const results = answers.flat()
    const ingested = results.filter((result) => result.status === 'INGESTED')
    expect(results.every((result) => result.status === 'INGESTED' || result.status === 'DUPLICATE')).toBe(true)
    expect(ingested.map((result) => result.article!.url).toSorted()).toEqual(drafts.map((d) => d.url).toSorted())
    expect(new Set(results.map((result) => result.article!.id)).size).toBe(200)
    const start = positionOf(streamCursor)
    expect(ingested.map((result) => positionOf(result.cursor!)).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => start + 1 + i))
  })
})

const positionOf = (cursor: string) => Number(Buffer.from(cursor, 'base64url').readBigInt64BE(16))

describe('feeds', () => {
  it('bring one article under one link: two sightings, and only the first feed edits it', async () => {
    const n = name()
    const link = `https://example.com/${n}`
    const first = await feedOf([{ title: 'Original', link, description: 'Text.' }])
    const second = await feedOf([{ title: 'Copy', link: `${link}?utm_source=second#x`, description: 'Other text.' }], { categoryId: 'sport' })
    expect([first.fetch, second.fetch]).toMatchObject([{ ingested: 1 }, { ingested: 0, updated: 0, duplicates: 1 }])
    const { id } = (await app.gql('query ($link: URL!) { articleByUrl(url: $link) { id } }', { link })).articleByUrl
    expect(await article(id)).toMatchObject({
      title: 'Original',
      categoryId: 'world',
      textSource: 'FEED',
      sightings: [{ feed: { id: first.id } }, { feed: { id: second.id } }],
    })

    expect(await second.again([{ title: 'Copy, edited', link }])).toMatchObject({ updated: 0, duplicates: 1 })
    expect((await article(id)).title).toBe('Original')
    expect(await first.again([{ title: 'Original, edited', link, description: 'Text.' }])).toMatchObject({ updated: 1 })
    expect((await article(id)).title).toBe('Original, edited')

    // ingestArticles edits every article, and it alone moves one.
    expect((await one({ url: link, title: 'From the API', content: 'Text.', categoryId: 'sport' })).status).toBe('UPDATED')
    expect(await article(id)).toMatchObject({ title: 'From the API', categoryId: 'sport', textSource: 'API' })
    expect(await first.again([{ title: 'Original, once more', link, description: 'Text.' }])).toMatchObject({ updated: 1 })
    expect(await article(id)).toMatchObject({ title: 'Original, once more', categoryId: 'sport', textSource: 'FEED' })
    // The filter by feed takes it for both.
    for (const feed of [first.id, second.id]) {
      expect((await app.gql('query ($feed: ID!) { feed(id: $feed) { articles { nodes { id } } } }', { feed })).feed.articles.nodes).toEqual([{ id }])
    }
  })

  it('edit no article that ingestArticles brought first', async () => {
    const n = name()
    const { id } = (await one(draft(n))).article!
    const { fetch } = await feedOf([{ title: 'From a feed', link: `https://example.com/${n}` }])
    expect(fetch).toMatchObject({ ingested: 0, updated: 0, duplicates: 1 })
    expect(await article(id)).toMatchObject({ title: `Title ${n}`, sightings: [{ feed: null }, { feed: { id: expect.any(String) } }] })
  })

  it('stay the first where the clock of another server is behind', async () => {
    const n = name()
    const first = await feedOf([{ title: 'Original', link: `https://example.com/${n}` }])
    const second = await feedOf([])
    const { services } = app
    const entry = { url: `https://example.com/${n}`, title: 'Copy', content: '', contentFormat: 'TEXT' as const, categoryId: 'world' }
    const behind = { source: second.id, clock: () => new Date(Date.now() - 60_000) }
    expect(await storeEntries({ prisma: services.database.prisma, wake: services.wake }, [entry], behind)).toMatchObject([{ status: 'DUPLICATE' }])
    expect(await second.again([{ title: 'Copy, edited', link: `https://example.com/${n}` }])).toMatchObject({ updated: 0, duplicates: 1 })
    expect(await first.again([{ title: 'Edited', link: `https://example.com/${n}` }])).toMatchObject({ updated: 1 })
  })

  it('tell the episodes of a podcast apart by guid, whatever their order, and edit the right one', async () => {
    const n = name()
    const link = `https://example.com/${n}/podcast`
    const episode = (i: number, fields: Partial<RssItem> = {}): RssItem => ({
      title: `Episode ${i}`,
      link,
      guid: `${n}-${i}`,
      description: `Text ${i}`,
      pubDate: new Date(Date.UTC(2026, 0, i)).toUTCString(),
      ...fields,
    })
    const feed = await feedOf([episode(3), episode(2), episode(1)])
    expect(feed.fetch).toMatchObject({ ingested: 3, duplicates: 0 })
    expect(await feed.again([episode(1), episode(3), episode(2)])).toMatchObject({ ingested: 0, updated: 0, duplicates: 3 })
    expect(await feed.again([episode(4), episode(2, { title: 'Episode 2, corrected' }), episode(1), episode(3)])).toMatchObject({
      ingested: 1,
      updated: 1,
      duplicates: 2,
    })
    expect(await feed.again([episode(2, { title: 'Episode 2, corrected' }), episode(1)])).toMatchObject({ ingested: 0, updated: 0, duplicates: 2 })
    const { nodes } = (await app.gql('query ($id: ID!) { feed(id: $id) { articles { nodes { title sightings { guid } } } } }', { id: feed.id })).feed.articles
    expect(nodes).toEqual([4, 3, 2, 1].map((i) => ({ title: i === 2 ? 'Episode 2, corrected' : `Episode ${i}`, sightings: [{ guid: `${n}-${i}` }] })))
    // Several under one link: the newest.
    expect((await app.gql('query ($link: URL!) { articleByUrl(url: $link) { title } }', { link })).articleByUrl).toEqual({ title: 'Episode 4' })
  })

  it('keep the enclosure of an article that the API edits', async () => {
    const n = name()
    const path = `/${name()}.xml`
    const item = `<item><title>Episode</title><link>https://example.com/${n}</link><enclosure url="https://example.com/${n}.mp3" type="audio/mpeg" length="3"/><category>talk</category></item>`
    site.serve(path, { body: `<rss version="2.0"><channel><title>Podcast</title>${item}</channel></rss>` })
    await refreshFeed(app, await addFeed(app, `${site.url}${path}`))
    const { status, article: edited } = await one(draft(n))
    expect(status).toBe('UPDATED')
    expect(await article(edited!.id)).toMatchObject({ title: `Title ${n}`, enclosures: [{ url: `https://example.com/${n}.mp3` }], tags: ['talk'] })
  })

  it('lose no entry to a bad one', async () => {
    const n = name()
    const { fetch } = await feedOf([
      { title: 'No link' },
      { title: '', link: `https://example.com/${n}/empty` },
      { title: 'Script', link: 'javascript:alert(1)' },
      { title: 'Good', link: `https://example.com/${n}/good` },
    ])
    expect(fetch).toMatchObject({ outcome: 'CHANGED', ingested: 1 })
    expect(fetch.rejected.map(({ title }: { title: string | null }) => title).toSorted()).toEqual(['No link', 'Script', null])
  })
})

describe('a deleted article', () => {
  const isGone = async (id: string) =>
    expect(await app.gql('query ($id: ID!) { article(id: $id) { id } node(id: $id) { id } }', { id })).toEqual({ article: null, node: null })

  it('is gone, is told on the stream, and does not come back by its feed, edited or not', async () => {
    const n = name()
    const item = { title: 'Story', link: `https://example.com/${n}`, guid: n }
    const feed = await feedOf([item])
    const { id } = (await app.gql('query ($id: ID!) { feed(id: $id) { articles { nodes { id } } } }', { id: feed.id })).feed.articles.nodes[0]
    const { streamCursor } = await app.gql('{ streamCursor }')
    const { deleteArticle } = await remove(id)
    const changes = subscribe(
      app.url,
      'subscription ($after: String, $feed: ID!) { articleChanged(after: $after, filter: { feedIds: [$feed] }) { kind articleId cursor article { id } } }',
      { after: streamCursor, feed: feed.id },
    )
    expect(await changes.first(1)).toEqual([{ kind: 'REMOVED', articleId: id, cursor: deleteArticle.cursor, article: null }])
    await changes.stop()
    await isGone(id)
    expect(await feed.again([item])).toMatchObject({ ingested: 0, updated: 0, duplicates: 1, rejected: [] })
    expect(await feed.again([{ ...item, title: 'Story, edited' }])).toMatchObject({ ingested: 0, updated: 0, duplicates: 1 })
    expect(await feed.again([{ ...item, link: `${item.link}/?utm_medium=x` }])).toMatchObject({ ingested: 0, updated: 0, duplicates: 1 })
    expect(await one(draft(n))).toMatchObject({ status: 'REJECTED', article: null, error: { code: 'DELETED' } })
    await isGone(id)
  })

  it('is one episode of a podcast: the others stay, and new ones come', async () => {
    const n = name()
    const episode = (i: number) => ({
      title: `Episode ${i}`,
      link: `https://example.com/${n}`,
      guid: `${n}-${i}`,
      pubDate: new Date(Date.UTC(2026, 0, i)).toUTCString(),
    })
    const feed = await feedOf([episode(2), episode(1)])
    const titles = async () =>
      (await app.gql('query ($id: ID!) { feed(id: $id) { articles { nodes { id title } } } }', { id: feed.id })).feed.articles.nodes as {
        id: string
        title: string
      }[]
    await remove((await titles())[0]!.id)
    expect(await feed.again([episode(3), episode(2), episode(1)])).toMatchObject({ ingested: 1, updated: 0, duplicates: 2 })
    expect((await titles()).map(({ title }) => title)).toEqual(['Episode 3', 'Episode 1'])
  })

  it('takes its drafts with it in the same batch, and no others', async () => {
    const n = name()
    const { id } = (await one(draft(n))).article!
    await remove(id)
    expect(statusesOf(await ingest(app, [draft(name()), draft(n, { title: 'Edited' }), draft(name())]))).toEqual(['INGESTED', 'REJECTED', 'INGESTED'])
  })

  it.each([...strangeTexts, 'world'])('is none: id %j', async (id) => {
    expect(await refused(app, 'mutation ($id: ID!) { deleteArticle(id: $id) { id } }', { id })).toEqual({ code: 'NOT_FOUND', field: 'id' })
    expect((await app.gql('query ($id: ID!) { article(id: $id) { id } }', { id })).article).toBeNull()
  })

  it('is deleted once, when several ask for it at once', async () => {
    const { id } = (await one(draft(name()))).article!
    const answers = await Promise.all(Array.from({ length: 5 }, () => app.ask('mutation ($id: ID!) { deleteArticle(id: $id) { cursor } }', { id })))
    expect(answers.filter(({ data }) => data).length).toBe(1)
    expect(answers.flatMap(({ errors }) => errors?.[0]?.extensions.code ?? [])).toEqual(Array.from({ length: 4 }, () => 'NOT_FOUND'))
  })
})

it('is known by the URL it was seen under, and by no other', async () => {
  for (const url of ['https://example.com/unknown', 'https://example.com/%00', `https://example.com/${'x'.repeat(8000)}`]) {
    expect((await app.gql('query ($url: URL!) { articleByUrl(url: $url) { id } }', { url })).articleByUrl).toBeNull()
  }
  for (const url of ['', 'x', 'ftp://example.com/', 'nul\0', `https://example.com/${'x'.repeat(9000)}`]) {
    expect(await refused(app, 'query ($url: URL!) { articleByUrl(url: $url) { id } }', { url })).toEqual({ code: 'BAD_USER_INPUT', field: 'url' })
  }
})
