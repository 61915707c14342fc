// The stream as a subscriber sees it: nothing missed, nothing twice, in order, whatever happens around it.
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { addCategory, addFeed, draft, ingest, refreshFeed, startApp, useApp, type App } from '../helpers/app.ts'
import { createDatabase, type TestDatabase } from '../helpers/database.ts'
import { rss, startFeedServer, type FeedServer } from '../helpers/feed-server.ts'
import { openGreeted } from '../helpers/raw-socket.ts'
import { subscribe } from '../helpers/subscriber.ts'
import { until } from '../helpers/until.ts'

const ingested = `subscription ($after: String, $filter: ArticleFilter) { articleIngested(after: $after, filter: $filter) { cursor article { id title } } }`
const changed = `subscription ($after: String, $filter: ArticleFilter) { articleChanged(after: $after, filter: $filter) { cursor kind articleId article { title } } }`

const head = async (app: Pick<App, 'gql'>): Promise<string> => (await app.gql('{ streamCursor }')).streamCursor
const titles = (events: any[]) => events.map((event) => event.article.title)

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

describe('two writers, and subscribers that come and go', () => {
  const writers = 2
  const batches = 8
  const subscribers = 12

  let database: TestDatabase
  const apps: App[] = []

  beforeAll(async () => {
    database = await createDatabase()
    apps.push(await startApp({ database }))
    // The embedded database belongs to one process; on PostgreSQL two servers share one.
    if (inject('databaseUrl')) apps.push(await startApp({ database }))
    await addCategory(apps[0]!)
  })

  afterAll(async () => {
    for (const app of apps) await app.close()
    await database?.drop()
  })

  it.each([1, 2, 3])('misses nothing and repeats nothing (seed %i)', async (seed) => {
    const chance = random(seed)
    const below = (n: number) => Math.floor(chance() * n)
    const start = await head(apps[0]!)
    let written = 0

    // Each writer sends articles of its own and, in each batch, some that the other one sends too.
    const write = async (writer: number) => {
      for (let batch = 0; batch < batches; batch++) {
        const own = Array.from({ length: 1 + below(9) }, (_, i) => draft(`${seed}-${writer}-${batch}-${i}`))
        const shared = Array.from({ length: 3 }, (_, i) => draft(`${seed}-both-${batch}-${i}`))
        await ingest(apps[writer % apps.length]!, writer === 0 ? [...shared, ...own] : [...own, ...shared.toReversed()])
        written++
      }
    }

    /** Follows with breaks: some events, gone, and on after the last of them, on either server. */
    const followInParts = async (subscriber: number, after: string) => {
      const seen: any[] = []
      for (let part = 0; seen.at(-1)?.article.title !== 'The end'; part++) {
        const follower = subscribe(apps[(subscriber + part) % apps.length]!.url, ingested, { after: seen.at(-1)?.cursor ?? after })
        const wanted = 1 + below(20)
        await until(() => follower.events.length >= wanted || follower.events.at(-1)?.article.title === 'The end')
        await follower.stop()
        seen.push(...follower.events) // all that came, more than was waited for too
      }
      return seen
    }

    const beginning = Array.from({ length: subscribers }, async (_, subscriber) => {
      const begin = subscriber === 0 ? 0 : below(writers * batches)
      await until(() => written >= begin)
      return subscriber === 0 ? start : await head(apps[subscriber % apps.length]!)
    })
    const following = beginning.map(async (begins, subscriber) => {
      const after = await begins
      return { after, seen: await followInParts(subscriber, after) }
    })
    await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)))
    await Promise.all(beginning) // whoever begins after the end would wait for it for ever
    await ingest(apps[0]!, [draft(`${seed}-end`, { title: 'The end' })])
    const seenByAll = await Promise.all(following)

    const stored = await apps[0]!.services.database.prisma.article.count({ where: { url: { startsWith: `https://example.com/${seed}-` } } })
    const whole = subscribe(apps[0]!.url, ingested, { after: start })
    const log = await whole.first(stored)
    await whole.stop()
    expect(log.at(-1).cursor).toBe(await head(apps[0]!))
    expect(new Set(log.map((event) => event.article.id)).size).toBe(stored)
    for (const { after, seen } of seenByAll) {
      const from = after === start ? 0 : log.findIndex((event) => event.cursor === after) + 1
      expect(seen).toEqual(log.slice(from))
    }
  })
})

describe('one subscription', () => {
  let app: App
  let site: FeedServer

  beforeAll(async () => {
    site = await startFeedServer()
    app = await startApp({ env: { ALLOW_PRIVATE_NETWORKS: 'true' } })
    for (const id of ['world', 'sport', 'arts']) await addCategory(app, id)
  })

  afterAll(async () => {
    await app?.close()
    await site?.close()
  })

  it.each([
    ['categoryIds', { categoryIds: ['sport', 'arts'] }, ['b', 'd', 'last']],
    ['languages, with their regions', { languages: ['en'] }, ['a', 'b', 'last']],
    ['languages in another spelling', { languages: ['EN-gb'] }, ['b', 'last']],
    ['publishedFrom, inclusive', { publishedFrom: '2026-02-02T00:00:00Z' }, ['b', 'c', 'd', 'last']],
    ['publishedBefore, exclusive', { publishedBefore: '2026-02-04T00:00:00Z' }, ['a', 'b', 'c', 'last']],
    ['minWordCount', { minWordCount: 3 }, ['c', 'd', 'last']],
    ['maxWordCount', { maxWordCount: 3 }, ['a', 'b', 'c', 'last']],
    ['all conditions together', { categoryIds: ['world', 'sport'], languages: ['en', 'fr'], minWordCount: 2, maxWordCount: 3 }, ['b', 'c', 'last']],
    ['an unknown category', { categoryIds: ['nowhere', 'sport'] }, ['b', 'last']],
    ['nothing asked', {}, ['a', 'b', 'c', 'd', 'last']],
    ['no filter', null, ['a', 'b', 'c', 'd', 'last']],
  ])('filters by %s', async (name, filter, expected) => {
    const after = await head(app)
    const link = (n: string) => `filter/${encodeURIComponent(name)}/${n}`
    const one = (title: string, day: number, words: number, fields: object) =>
      draft(link(title), { title, content: 'word '.repeat(words), publishedAt: `2026-02-0${day}T00:00:00Z`, ...fields })
    const live = subscribe(app.url, ingested, { after, filter })
    await ingest(app, [
      one('a', 1, 1, { language: 'en' }),
      one('b', 2, 2, { language: 'en-GB', categoryId: 'sport' }),
      one('c', 3, 3, { language: 'fr' }),
      one('d', 4, 4, { categoryId: 'arts' }),
    ])
    // The last one passes every filter, so that whatever else passed must have come before it.
    const last = { ...one('last', 3, 3, { language: 'en-GB', categoryId: 'sport' }) }
    await ingest(app, [last])
    const replayed = subscribe(app.url, ingested, { after, filter })
    expect(titles(await live.first(expected.length))).toEqual(expected)
    expect(titles(await replayed.first(expected.length))).toEqual(expected)
    await live.stop()
    await replayed.stop()
  })

  it('filters by feed', async () => {
    const after = await head(app)
    const feeds = []
    for (const name of ['one', 'two']) {
      site.serve(`/${name}.xml`, { body: rss([{ title: `In ${name}`, link: `https://example.com/feeds/${name}` }]) })
      feeds.push(await addFeed(app, `${site.url}/${name}.xml`))
    }
    for (const feed of feeds) await refreshFeed(app, feed)
    const second = subscribe(app.url, ingested, { after, filter: { feedIds: [feeds[1]!.toUpperCase(), 'no-id'] } })
    expect(titles(await second.first(1))).toEqual(['In two'])
    await second.stop()
  })

  it('refuses a filter that makes no sense, before the first event', async () => {
    const refused = subscribe(app.url, ingested, { filter: { languages: ['not a language'] } })
    expect(await refused.ended).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: 'filter.languages' } }])
    await refused.stop()
  })

  it('delivers a change when the filter held before it or holds after it', async () => {
    const [moving, staying] = await ingest(app, [draft('moving', { categoryId: 'world' }), draft('staying', { categoryId: 'arts' })])
    const after = await head(app)
    const in_ = (id: string) => subscribe(app.url, changed, { after, filter: { categoryIds: [id] } })
    const [world, sport, arts] = [in_('world'), in_('sport'), in_('arts')]
    await ingest(app, [draft('moving', { categoryId: 'sport', title: 'Moved' })])
    await ingest(app, [draft('staying', { categoryId: 'arts', title: 'Stayed' })])
    await ingest(app, [draft('moving', { categoryId: 'world', title: 'Moved back' })])
    const moved = { kind: 'UPDATED', articleId: moving!.article!.id }
    expect(await world.first(2)).toMatchObject([moved, moved])
    expect(await sport.first(2)).toMatchObject([moved, moved])
    expect(await arts.first(1)).toMatchObject([{ kind: 'UPDATED', articleId: staying!.article!.id, article: { title: 'Stayed' } }])
    for (const each of [world, sport, arts]) await each.stop()
  })

  it('tells of a removal with no article, and of the edits before it too', async () => {
    const [result] = await ingest(app, [draft('leaving')])
    const after = await head(app)
    const live = subscribe(app.url, changed, { after, filter: { categoryIds: ['world'] } })
    await ingest(app, [draft('leaving', { title: 'Edited' })])
    const id = result!.article!.id
    expect(await live.first(1)).toMatchObject([{ kind: 'UPDATED', articleId: id, article: { title: 'Edited' } }])
    const { deleteArticle } = await app.gql('mutation ($id: ID!) { deleteArticle(id: $id) { id cursor } }', { id })
    expect((await live.first(2))[1]).toEqual({ cursor: deleteArticle.cursor, kind: 'REMOVED', articleId: id, article: null })
    const replayed = subscribe(app.url, changed, { after })
    expect(await replayed.first(2)).toMatchObject([
      { kind: 'UPDATED', articleId: id, article: null },
      { kind: 'REMOVED', articleId: id, article: null },
    ])
    await live.stop()
    await replayed.stop()
  })

  it('passes over articles that were removed since', async () => {
    const after = await head(app)
    const results = await ingest(app, [draft('kept-1'), draft('removed'), draft('kept-2')])
    await app.gql('mutation ($id: ID!) { deleteArticle(id: $id) { id } }', { id: results[1]!.article!.id })
    const late = subscribe(app.url, ingested, { after })
    expect(titles(await late.first(2))).toEqual(['Title kept-1', 'Title kept-2'])
    await late.stop()
  })

  it('sends no error for an article that is removed while it is delivered', async () => {
    const after = await head(app)
    const results = await ingest(
      app,
      Array.from({ length: 60 }, (_, n) => draft(`fleeting-${n}`)),
    )
    // Two selections of one article under different arguments, and lists below it: whatever is read for it, is read of a row that may go.
    const query = `subscription ($after: String) { articleIngested(after: $after) { cursor
      article { title category { name } sightings { url } } again: article { title readCount few: sightings(first: 1) { url } } } }`
    const followers = Array.from({ length: 4 }, () => subscribe(app.url, query, { after }))
    await Promise.all(followers.map((follower) => follower.first(1)))
    for (const { article } of results) await app.gql('mutation ($id: ID!) { deleteArticle(id: $id) { id } }', { id: article!.id })
    await ingest(app, [draft('after-the-fleeting')])
    for (const follower of followers) {
      await until(() => follower.events.some((event) => event.article?.title === 'Title after-the-fleeting'), 'the last article came')
      expect(follower.events.filter((event) => event.errors)).toEqual([])
      await follower.stop()
    }
  })

  it('shows what is there at each event, not what was there at an earlier one', async () => {
    const url = 'https://example.com/seen-twice'
    await ingest(app, [draft('x', { url })])
    const live = subscribe(
      app.url,
      'subscription ($after: String) { articleChanged(after: $after) { article { title sightings { url } category { name } } } }',
      { after: await head(app) },
    )
    await ingest(app, [draft('x', { url, title: 'First' })])
    expect((await live.first(1))[0].article).toMatchObject({ title: 'First', sightings: [{ url }], category: { name: 'world' } })
    site.serve('/again.xml', { body: rss([{ title: 'Seen again', link: url, guid: 'again' }]) })
    await refreshFeed(app, await addFeed(app, `${site.url}/again.xml`))
    await app.gql('mutation { updateCategory(input: { id: "world", name: "The world" }) { category { id } } }')
    await ingest(app, [draft('x', { url, title: 'Second' })])
    expect((await live.first(2))[1].article).toMatchObject({ title: 'Second', sightings: [{ url }, { url }], category: { name: 'The world' } })
    await live.stop()
  })

  it('reads streamCursor before every other field, wherever it stands', async () => {
    const own = await useApp() // where nobody follows
    const statements = await own.statements(() =>
      own.gql('{ articles(first: 1) { nodes { id title } totalCount } categories { id } ...Position } fragment Position on Query { streamCursor }'),
    )
    expect(statements[0]).toMatch(/stream_head/)
    expect(statements.filter((statement) => statement.includes('stream_head'))).toHaveLength(1)
  })

  it('goes on from now without a cursor, and after a null one', async () => {
    const lines = [subscribe(app.url, ingested), subscribe(app.url, ingested, { after: null })]
    const before = app.subscriptions.live()
    await until(() => app.subscriptions.live() >= before + 2)
    await ingest(app, [draft('from-now-on')])
    for (const line of lines) {
      expect(titles(await line.first(1))).toEqual(['Title from-now-on'])
      await line.stop()
    }
  })
})

describe('a cursor that names no position of the stream', () => {
  const pastTheHead = (cursor: string) => {
    const bytes = Buffer.from(cursor, 'base64url')
    bytes.writeBigInt64BE(bytes.readBigInt64BE(16) + 1n, 16)
    return bytes.toString('base64url')
  }
  // Copies of one database are one stream: the other one is made up.
  const ofAnother = (cursor: string) => {
    const bytes = Buffer.from(cursor, 'base64url')
    bytes[0]! ^= 1
    return bytes.toString('base64url')
  }
  const negative = (cursor: string) => {
    const bytes = Buffer.from(cursor, 'base64url')
    bytes.writeBigInt64BE(-1n, 16)
    return bytes.toString('base64url')
  }

  it('is CURSOR_INVALID, as an error message on a socket that goes on', async () => {
    const app = await useApp()
    await addCategory(app)
    await ingest(app, [draft(1)])
    const cursor = await head(app)
    const raw = await openGreeted(app.url)
    const wrong: [string, string][] = [
      ['empty', ''],
      ['garbage', 'no cursor at all'],
      ['of another length', `${cursor}AA`],
      ['padded', `${cursor}=`],
      ['of another stream', ofAnother(cursor)],
      ['past the head', pastTheHead(cursor)],
      ['negative', negative(cursor)],
      ['of a list', Buffer.from(JSON.stringify(['articles', 1])).toString('base64url')],
    ]
    for (const [what, after] of wrong) {
      for (const field of ['articleIngested', 'articleChanged']) {
        raw.send({
          type: 'subscribe',
          id: `${field} ${what}`,
          payload: { query: `subscription ($after: String) { ${field}(after: $after) { cursor } }`, variables: { after } },
        })
        expect(await raw.next()).toEqual({
          type: 'error',
          id: `${field} ${what}`,
          payload: [expect.objectContaining({ message: expect.any(String), path: [field], extensions: { code: 'CURSOR_INVALID', field: 'after' } })],
        })
      }
    }
    // The socket still serves, and so does the newest position.
    raw.send({ type: 'subscribe', id: 'right', payload: { query: ingested, variables: { after: cursor } } })
    await ingest(app, [draft(2)])
    expect(await raw.next()).toMatchObject({ type: 'next', id: 'right', payload: { data: { articleIngested: { article: { title: 'Title 2' } } } } })
    raw.socket.close()
    await raw.closed
  })
})

describe('a subscriber that leaves while it waits', () => {
  it('leaves nothing behind: completed, closed, dropped', async () => {
    const app = await useApp()
    const subscribeTo = (id: string) => ({ type: 'subscribe', id, payload: { query: ingested } })

    const completing = await openGreeted(app.url)
    completing.send(subscribeTo('1'))
    completing.send(subscribeTo('2'))
    const dropped = await openGreeted(app.url)
    dropped.send(subscribeTo('1'))
    const closing = subscribe(app.url, ingested)
    await until(() => app.subscriptions.live() === 4)

    completing.send({ type: 'complete', id: '1' })
    await until(() => app.subscriptions.live() === 3)
    dropped.socket.terminate()
    await until(() => app.subscriptions.live() === 2)
    await closing.stop()
    await until(() => app.subscriptions.live() === 1)
    completing.socket.close()
    await until(() => app.subscriptions.live() === 0)
    await Promise.all([completing.closed, dropped.closed])
  })

  it('leaves nothing behind when it goes before it waits', async () => {
    const app = await useApp()
    const raw = await openGreeted(app.url)
    for (let n = 0; n < 20; n++) {
      raw.send({ type: 'subscribe', id: String(n), payload: { query: ingested } })
      raw.send({ type: 'complete', id: String(n) })
    }
    // What is asked after them is answered after them.
    raw.send({ type: 'subscribe', id: 'last', payload: { query: '{ streamCursor }' } })
    await raw.until('complete')
    await until(() => app.subscriptions.live() === 0)
    raw.socket.terminate()
    await raw.closed
  })
})
