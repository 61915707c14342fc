// Subscriptions over server-sent events, at the same /graphql.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addCategory, draft, ingest, startApp, useApp, type App } from '../helpers/app.ts'
import { openEventStream } from '../helpers/event-stream.ts'
import { until } from '../helpers/until.ts'

const ingested = 'subscription ($after: String) { articleIngested(after: $after) { cursor article { title } } }'

let app: App

beforeAll(async () => {
  app = await startApp()
  await addCategory(app)
})

afterAll(() => app?.close())

describe.each(['POST', 'GET'] as const)('by %s', (method) => {
  it('replays after a cursor, and goes on live', async () => {
    const { streamCursor: after } = await app.gql('{ streamCursor }')
    await ingest(app, [draft(`${method}-1`), draft(`${method}-2`)])
    const stream = await openEventStream(app.url, ingested, { method, variables: { after } })
    expect(stream.response.status).toBe(200)
    expect(stream.response.headers.get('content-type')).toMatch(/^text\/event-stream/)
    const next = async () => {
      const { event, data } = await stream.next()
      return [event, data.data.articleIngested.article.title]
    }
    expect(await next()).toEqual(['next', `Title ${method}-1`])
    expect(await next()).toEqual(['next', `Title ${method}-2`])
    await ingest(app, [draft(`${method}-3`)])
    expect(await next()).toEqual(['next', `Title ${method}-3`])
    stream.leave()
    await until(() => app.subscriptions.live() === 0)
  })

  it('leaves nothing behind when the client goes while it waits', async () => {
    const streams = await Promise.all(Array.from({ length: 5 }, () => openEventStream(app.url, ingested, { method })))
    await until(() => app.subscriptions.live() === 5)
    for (const { leave } of streams) leave()
    await until(() => app.subscriptions.live() === 0)
  })

  it('tells of a cursor that is none, and completes', async () => {
    const stream = await openEventStream(app.url, ingested, { method, variables: { after: 'none' } })
    expect(await stream.next()).toMatchObject({
      event: 'next',
      data: { errors: [{ path: ['articleIngested'], extensions: { code: 'CURSOR_INVALID', field: 'after' } }] },
    })
    expect((await stream.next()).event).toBe('complete')
    await expect(stream.next()).rejects.toThrow('the stream ended')
  })

  it('tells of an operation that is none, and completes', async () => {
    for (const query of ['subscription { nothing }', 'subscription {']) {
      const stream = await openEventStream(app.url, query, { method })
      expect(await stream.next()).toMatchObject({ event: 'next', data: { errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] } })
      expect((await stream.next()).event).toBe('complete')
    }
  })

  it('answers a query with one event', async () => {
    const stream = await openEventStream(app.url, '{ category(id: "world") { id } }', { method })
    expect(await stream.next()).toEqual({ event: 'next', data: { data: { category: { id: 'world' } } } })
    expect((await stream.next()).event).toBe('complete')
  })
})

it('masks a failure of the server, and completes', async () => {
  const own = await useApp()
  await addCategory(own)
  const { streamCursor: after } = await own.gql('{ streamCursor }')
  await ingest(own, [draft(1)])
  await own.services.database.pool.query('ALTER TABLE stream_event RENAME TO stream_event_gone')
  const stream = await openEventStream(own.url, ingested, { variables: { after } })
  const failed = await stream.next()
  expect(failed).toEqual({
    event: 'next',
    data: { errors: [{ message: 'Internal server error.', extensions: { code: 'INTERNAL_SERVER_ERROR', id: expect.any(String) } }] },
  })
  expect((await stream.next()).event).toBe('complete')
  expect(own.subscriptions.live()).toBe(0)
})

it('ends when the server stops', async () => {
  const own = await startApp()
  const stream = await openEventStream(own.url, ingested)
  await until(() => own.subscriptions.live() === 1)
  await own.close()
  await expect(stream.next()).rejects.toThrow()
})

it('does not run a mutation by GET', async () => {
  const stream = await openEventStream(app.url, 'mutation { addCategory(input: { id: "by-get", name: "x" }) { category { id } } }', { method: 'GET' })
  expect(
    await stream.response.body!.cancel().then(
      () => stream.response.status,
      () => stream.response.status,
    ),
  ).toBe(405)
  expect(await app.gql('{ category(id: "by-get") { id } }')).toEqual({ category: null })
})

it('is refused with 503 when there are as many streams and sockets as may be, and taken once another has gone', async () => {
  const own = await useApp({ env: { MAX_SOCKETS: '1' } })
  const first = await openEventStream(own.url, ingested)
  const refused = await openEventStream(own.url, ingested)
  expect(refused.response.status).toBe(503)
  expect(refused.response.headers.get('retry-after')).toBe('10')
  first.leave()
  await until(() => own.subscriptions.live() === 0)
  const taken = await openEventStream(own.url, ingested)
  expect(taken.response.status).toBe(200)
  taken.leave()
})
