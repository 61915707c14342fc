// Cursors age with the log; those of who is served do not.
import { describe, expect, it } from 'vitest'
import { prune } from '../../src/stream/prune.ts'
import { addCategory, draft, ingest, useApp, type App } from '../helpers/app.ts'
import { openEventStream } from '../helpers/event-stream.ts'
import { openGreeted } from '../helpers/raw-socket.ts'
import { subscribe } from '../helpers/subscriber.ts'
import { until } from '../helpers/until.ts'

const ingested = 'subscription ($after: String, $filter: ArticleFilter) { articleIngested(after: $after, filter: $filter) { cursor article { title } } }'
const head = async (app: App): Promise<string> => (await app.gql('{ streamCursor }')).streamCursor
const titles = (events: any[]) => events.map((event) => event.article.title)
const later = () => new Date(Date.now() + 1_000)

describe('a cursor from before the kept log', () => {
  it('is CURSOR_EXPIRED, with the oldest that still works', async () => {
    const app = await useApp()
    await addCategory(app)
    const { prisma } = app.services.database
    const first = await head(app)
    await ingest(app, [draft(1), draft(2)])
    const second = await head(app)
    expect(await prune(prisma, later())).toBe(2)
    await ingest(app, [draft(3)])
    expect(await prune(prisma, new Date(0))).toBe(0)

    const raw = await openGreeted(app.url)
    raw.send({ type: 'subscribe', id: '1', payload: { query: ingested, variables: { after: first } } })
    const { type, payload } = await raw.next()
    expect({ type, payload }).toMatchObject({
      type: 'error',
      payload: [{ path: ['articleIngested'], extensions: { code: 'CURSOR_EXPIRED', field: 'after', oldest: second } }],
    })
    const follower = subscribe(app.url, ingested, { after: payload[0].extensions.oldest })
    expect(titles(await follower.first(1))).toEqual(['Title 3'])
    await follower.stop()
    raw.socket.terminate()
    await raw.closed
  })
})

describe('whoever is served without an article that it wants', () => {
  it('learns its position from the pings of a WebSocket', async () => {
    const app = await useApp({ env: { KEEP_ALIVE_MS: '100' } })
    await addCategory(app)
    const raw = await openGreeted(app.url)
    const filter = { categoryIds: ['nothing'] }
    raw.send({ type: 'subscribe', id: 'all', payload: { query: ingested } })
    raw.send({ type: 'subscribe', id: 'none', payload: { query: ingested, variables: { filter } } })
    raw.send({ type: 'subscribe', id: 'reads', payload: { query: 'subscription { articleRead { id } }' } })
    await until(() => app.subscriptions.live() === 3)
    await ingest(app, [draft(1), draft(2)])
    const cursor = await head(app)
    for (;;) {
      const { type, payload } = await raw.next()
      if (type !== 'ping') continue
      expect(payload).toEqual({ cursor: expect.any(String), cursors: { all: expect.any(String), none: expect.any(String) } })
      if (payload.cursor === cursor) break
    }
    const follower = subscribe(app.url, ingested, { after: cursor })
    await ingest(app, [draft(3)])
    expect(titles(await follower.first(1))).toEqual(['Title 3'])
    await follower.stop()
    raw.socket.terminate()
    await raw.closed
  })

  it('learns it from an event stream, as an id alone', async () => {
    const app = await useApp({ env: { KEEP_ALIVE_MS: '100' } })
    await addCategory(app)
    const stream = await openEventStream(app.url, ingested, { variables: { filter: { categoryIds: ['nothing'] } } })
    await until(() => app.subscriptions.live() === 1)
    await ingest(app, [draft(1)])
    const cursor = await head(app)
    for (;;) {
      const { event, id } = await stream.block()
      expect(event).toBeUndefined()
      if (id === cursor) break
    }
    stream.leave()
  })
})

describe('an event stream', () => {
  it('has the cursors as ids, and goes on after Last-Event-ID whatever the variable says', async () => {
    const app = await useApp()
    await addCategory(app)
    const after = await head(app)
    const results = await ingest(app, [draft(1), draft(2)])
    const stream = await openEventStream(app.url, ingested, { variables: { after } })
    const first = await stream.next()
    expect(first).toMatchObject({ event: 'next', id: results[0]!.cursor, data: { data: { articleIngested: { cursor: results[0]!.cursor } } } })
    stream.leave()
    const again = await openEventStream(app.url, ingested, { variables: { after }, lastEventId: first.id! })
    expect(await again.next()).toMatchObject({ id: results[1]!.cursor, data: { data: { articleIngested: { article: { title: 'Title 2' } } } } })
    again.leave()
    const wrong = await openEventStream(app.url, ingested, { lastEventId: 'none' })
    expect(await wrong.next()).toMatchObject({ event: 'next', data: { errors: [{ extensions: { code: 'CURSOR_INVALID', field: 'Last-Event-ID' } }] } })
    expect((await wrong.next()).event).toBe('complete')
  })
})
