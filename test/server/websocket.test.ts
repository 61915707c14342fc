// The protocol graphql-transport-ws as a bare socket sees it.
import { connect } from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addCategory, draft, ingest, startApp, useApp, type App } from '../helpers/app.ts'
import { openGreeted, openSocket } from '../helpers/raw-socket.ts'
import { until } from '../helpers/until.ts'

let app: App

beforeAll(async () => {
  app = await startApp()
  await addCategory(app)
  await ingest(app, [draft(1)])
})

afterAll(() => app?.close())

const subscription = 'subscription { articleIngested { cursor } }'
const subscribeTo = (id: string, query: string, rest: object = {}) => ({ type: 'subscribe', id, payload: { query, ...rest } })

describe('what ends a socket', () => {
  const greeting = { type: 'connection_init' }

  it.each([
    ['a second greeting', [greeting, greeting], 4429],
    ['an operation before the greeting', [subscribeTo('1', '{ streamCursor }')], 4401],
    ['an id that runs', [greeting, subscribeTo('1', subscription), subscribeTo('1', subscription)], 4409],
    ['no JSON', [greeting, 'hello'], 4400],
    ['no object', [greeting, '"hello"'], 4400],
    ['an unknown type', [greeting, { type: 'start', id: '1' }], 4400],
    ['an operation without an id', [greeting, { type: 'subscribe', payload: { query: '{ streamCursor }' } }], 4400],
    ['an operation without a query', [greeting, { type: 'subscribe', id: '1', payload: {} }], 4400],
    ['variables that are no object', [greeting, subscribeTo('1', '{ streamCursor }', { variables: 'x' })], 4400],
    ['a message over 1 MiB', [greeting, subscribeTo('1', `{ streamCursor } # ${'x'.repeat(1024 * 1024)}`)], 1009],
  ])('is %s', async (_what, messages, code) => {
    const raw = await openSocket(app.url)
    for (const message of messages) {
      raw.send(message)
      if (message === greeting && messages[1] !== greeting) await raw.until('connection_ack')
    }
    expect((await raw.closed).code).toBe(code)
  })

  it.each([['graphql-ws'], ['something-else'], [[]]])('is the subprotocol %j', async (protocol) => {
    const opened = openSocket(app.url, { protocol })
    // A client that asked for another one refuses the answer itself; one that asked for none is told.
    if (protocol.length > 0) await expect(opened).rejects.toThrow(/subprotocol/i)
    else expect((await (await opened).closed).code).toBe(4406)
  })

  it('is silence instead of a greeting', async () => {
    const raw = await openSocket(app.url)
    expect((await raw.closed).code).toBe(4408)
  })

  it('is nothing that a client may do', async () => {
    const raw = await openGreeted(app.url)
    raw.send({ type: 'ping' })
    expect(await raw.next()).toEqual({ type: 'pong' })
    raw.send({ type: 'ping', payload: { at: 1 } })
    expect(await raw.next()).toEqual({ type: 'pong', payload: { at: 1 } })
    raw.send({ type: 'pong' })
    raw.send({ type: 'complete', id: 'of nothing' })
    raw.send(subscribeTo('__proto__', '{ __typename }'))
    expect(await raw.until('complete')).toHaveLength(2)
    raw.socket.ping('are you there?')
    expect(String((await once(raw.socket, 'pong'))[0])).toBe('are you there?')
    raw.socket.terminate()
    await raw.closed
  })
})

describe('operations over a socket', () => {
  it('runs queries and mutations, many at once, under the same id again', async () => {
    const raw = await openGreeted(app.url)
    raw.send(subscribeTo('q', 'query ($id: ID!) { category(id: $id) { id } }', { variables: { id: 'world' } }))
    expect(await raw.until('complete')).toEqual([
      { type: 'next', id: 'q', payload: { data: { category: { id: 'world' } } } },
      { type: 'complete', id: 'q' },
    ])
    raw.send(subscribeTo('q', 'mutation { addCategory(input: { id: "sport", name: "Sport" }) { category { name } } }'))
    expect(await raw.until('complete')).toEqual([
      { type: 'next', id: 'q', payload: { data: { addCategory: { category: { name: 'Sport' } } } } },
      { type: 'complete', id: 'q' },
    ])
    for (let n = 0; n < 50; n++) raw.send(subscribeTo(String(n), '{ categories { id } }'))
    const completed = new Set<string>()
    while (completed.size < 50) completed.add((await raw.until('complete')).at(-1).id)
    raw.socket.terminate()
    await raw.closed
  })

  it('answers with the chosen one of several operations', async () => {
    const raw = await openGreeted(app.url)
    const query = `query One { articles(first: 1000) { totalCount } categories { id } } query Two { category(id: "world") { id } } ${subscription}`
    raw.send(subscribeTo('two', query.replace('subscription', 'subscription Three'), { operationName: 'Two' }))
    expect((await raw.until('complete'))[0].payload).toEqual({ data: { category: { id: 'world' } } })
    // A query that fails is a result with errors, also where the document has a subscription too.
    raw.send(subscribeTo('one', query.replace('subscription', 'subscription Three'), { operationName: 'One' }))
    expect((await raw.until('complete'))[0]).toMatchObject({
      type: 'next',
      payload: { data: null, errors: [{ path: ['articles'], extensions: { code: 'BAD_USER_INPUT', field: 'first' } }] },
    })
    raw.send(subscribeTo('none', query.replace('subscription', 'subscription Three'), { operationName: 'Four' }))
    expect(await raw.next()).toMatchObject({ type: 'error', id: 'none', payload: [{ extensions: { code: 'BAD_USER_INPUT' } }] })
    raw.socket.terminate()
    await raw.closed
  })

  it.each([
    ['syntax', '{ streamCursor', {}],
    ['validation', '{ nothing }', {}],
    ['a subscription of two fields', 'subscription { articleIngested { cursor } articleChanged { cursor } }', {}],
    ['a variable of another type', 'subscription ($after: String) { articleIngested(after: $after) { cursor } }', { variables: { after: 7 } }],
    ['a variable that is missing', 'subscription ($filter: ArticleFilter!) { articleIngested(filter: $filter) { cursor } }', {}],
    ['too many tokens', `{ ${'streamCursor '.repeat(6000)} }`, {}],
  ])('tells of %s in an error message, and goes on', async (_what, query, rest) => {
    const raw = await openGreeted(app.url)
    raw.send(subscribeTo('1', query, rest))
    const { type, id, payload } = await raw.next()
    expect({ type, id }).toEqual({ type: 'error', id: '1' })
    expect(payload.length).toBeGreaterThan(0)
    for (const error of payload) expect(error).toMatchObject({ message: expect.any(String), extensions: { code: 'BAD_USER_INPUT' } })
    raw.send(subscribeTo('1', '{ __typename }'))
    expect(await raw.until('complete')).toHaveLength(2)
    raw.socket.terminate()
    await raw.closed
  })

  it('refuses one more than 100 at the same time, and takes it once another has ended', async () => {
    const raw = await openGreeted(app.url)
    const before = app.subscriptions.live()
    for (let n = 1; n <= 100; n++) raw.send(subscribeTo(String(n), subscription))
    raw.send(subscribeTo('one more', subscription))
    expect(await raw.next()).toMatchObject({ type: 'error', id: 'one more', payload: [{ extensions: { code: 'RATE_LIMITED' } }] })
    await until(() => app.subscriptions.live() === before + 100)
    raw.send({ type: 'complete', id: '7' })
    raw.send(subscribeTo('one more', '{ __typename }'))
    expect(await raw.until('complete')).toMatchObject([{ type: 'next', id: 'one more' }, { type: 'complete' }])
    raw.socket.terminate()
    await raw.closed
    await until(() => app.subscriptions.live() === before)
  })
})

describe('a failure of the server', () => {
  it('is masked wherever it happens: at the start, in the iterator, in a field', async () => {
    const own = await useApp()
    await addCategory(own)
    const { pool } = own.services.database
    const raw = await openGreeted(own.url)
    const masked = (message: any) => {
      expect(message.payload.errors ?? message.payload).toMatchObject([
        { message: 'Internal server error.', extensions: { code: 'INTERNAL_SERVER_ERROR', id: expect.stringMatching(/^[0-9a-f-]{36}$/) } },
      ])
      expect(JSON.stringify(message)).not.toMatch(/stream_|article_counter|relation|prisma|select|raw query/i)
    }

    const { streamCursor: after } = await own.gql('{ streamCursor }')
    await ingest(own, [draft(0)])
    await pool.query('ALTER TABLE stream_event RENAME TO stream_event_gone')
    raw.send(subscribeTo('iterator', 'subscription ($after: String) { articleIngested(after: $after) { cursor } }', { variables: { after } }))
    const inIterator = await raw.next()
    expect(inIterator).toMatchObject({ type: 'error', id: 'iterator' })
    masked(inIterator)
    expect(own.subscriptions.live()).toBe(0)
    await pool.query('ALTER TABLE stream_event_gone RENAME TO stream_event')

    await pool.query('ALTER TABLE stream_head RENAME TO stream_head_gone')
    raw.send(subscribeTo('start', subscription))
    const atStart = await raw.next()
    expect(atStart).toMatchObject({ type: 'error', id: 'start' })
    masked(atStart)
    raw.send(subscribeTo('query', '{ streamCursor }'))
    masked((await raw.until('complete'))[0])
    await pool.query('ALTER TABLE stream_head_gone RENAME TO stream_head')

    raw.send(subscribeTo('field', 'subscription { articleIngested { cursor article { readCount } } }'))
    await until(() => own.subscriptions.live() === 1)
    await ingest(own, [draft(1)])
    expect(await raw.next()).toMatchObject({ type: 'next', id: 'field', payload: { data: { articleIngested: { article: { readCount: 0 } } } } })
    await until(() => own.subscriptions.live() === 1)
    const { url } = draft(2)
    // An article that another process stored, whose counter cannot be read.
    await pool.query(`INSERT INTO article (id, category_id, url, title, content, content_html, text_hash, text_source, word_count, reading_time_minutes, published_at, created_at, updated_at)
      VALUES ('00000000-0000-7000-8000-000000000001', 'world', '${url}', 't', 'c', 'c', '00000000-0000-7000-8000-000000000001', 'API', 1, 1, now(), now(), now())`)
    await pool.query('ALTER TABLE article_counter RENAME TO article_counter_gone')
    await pool.query(`INSERT INTO stream_event (position, kind, article_id, facts, occurred_at) SELECT position + 1, 'INGESTED', '00000000-0000-7000-8000-000000000001',
      '{"categoryId":"world","feedIds":[],"language":null,"publishedAt":"2026-01-01T00:00:00.000Z","wordCount":1}', now() FROM stream_head`)
    await pool.query('UPDATE stream_head SET position = position + 1')
    own.services.wake.hint()
    const inField = await raw.next()
    expect(inField).toMatchObject({ type: 'next', id: 'field' })
    masked(inField)
    raw.socket.terminate()
    await raw.closed
  })
})

describe('the upgrade', () => {
  const { host } = { host: () => new URL(app.url).host }

  it('is refused to a foreign origin and under a foreign name', async () => {
    for (const origin of ['http://evil.example', 'null', `https://${host()}`, 'http://localhost:1'])
      await expect(openSocket(app.url, { headers: { origin } })).rejects.toThrow('HTTP 403')
    for (const name of ['evil.example', `evil.example:${new URL(app.url).port}`, '127.0.0.1.evil.example'])
      await expect(openSocket(app.url, { headers: { host: name } })).rejects.toThrow('HTTP 403')
    const own = await openGreeted(app.url, { headers: { origin: `http://${host()}` } })
    own.socket.terminate()
    await own.closed
  })

  it('is refused anywhere but at /graphql', async () => {
    for (const path of ['/', '/graphql/', '/other', '/graphql/stream']) await expect(openSocket(new URL(path, app.url).href)).rejects.toThrow('HTTP 404')
  })

  it.each([
    ['GET // HTTP/1.1', /^HTTP\/1\.1 404/],
    ['GET http://evil.example/graphql HTTP/1.1', /^HTTP\/1\.1 404/],
    ['GET * HTTP/1.1', /^HTTP\/1\.1 404/],
    ['GET /%zz?%zz HTTP/1.1', /^HTTP\/1\.1 404/],
    ['POST /graphql HTTP/1.1', /^HTTP\/1\.1 4/],
    ['GET graphql HTTP/1.1', /^HTTP\/1\.1 4/],
    ['GET /graphql HTTP/1.1', /^HTTP\/1\.1 400/],
  ])('answers "%s" without a key, and lives on', async (line, expected) => {
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1')
    socket.write(`${line}\r\nHost: ${host()}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    await once(socket, 'close')
    expect(Buffer.concat(chunks).toString()).toMatch(expected)
    expect(await app.gql('{ __typename }')).toEqual({ __typename: 'Query' })
  })

  it('survives a client that goes, or writes no frames, in the middle of it', async () => {
    for (const after of ['', '\x00\x01\x02 no frame', 'GET / HTTP/1.1\r\n\r\n']) {
      const socket = connect(Number(new URL(app.url).port), '127.0.0.1')
      socket.write(
        `GET /graphql HTTP/1.1\r\nHost: ${host()}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
      )
      await once(socket, 'data')
      if (after === '') socket.resetAndDestroy()
      else socket.end(after)
      if (!socket.closed) await once(socket, 'close')
    }
    expect(await app.gql('{ __typename }')).toEqual({ __typename: 'Query' })
  })
})

describe('MAX_SOCKETS', () => {
  it('closes one more with 1013, whatever that one sends, and takes it once another has gone', async () => {
    const own = await useApp({ env: { MAX_SOCKETS: '2' } })
    const [first, second] = [await openGreeted(own.url), await openGreeted(own.url)]
    const refused = await openSocket(own.url)
    expect(await refused.closed).toEqual({ code: 1013, reason: 'Try again later' })

    // One that answers the close with no frame at all.
    const { port, host } = new URL(own.url)
    const rude = connect(Number(port), '127.0.0.1')
    rude.on('error', () => undefined)
    rude.write(
      `GET /graphql HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    )
    await once(rude, 'data')
    rude.write(Buffer.alloc(100, 0xff))
    await once(rude, 'close')
    expect(await own.gql('{ __typename }')).toEqual({ __typename: 'Query' })

    first.socket.close()
    await first.closed
    const taken = await openGreeted(own.url)
    for (const { socket, closed } of [second, taken]) {
      socket.terminate()
      await closed
    }
  })
})
