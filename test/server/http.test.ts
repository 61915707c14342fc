// The HTTP side: what is taken, what is refused, and how each says so.
import { connect } from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { maxBodyBytes } from '../../src/server/http.ts'
import { addCategory, startApp, useApp, type App } from '../helpers/app.ts'
import { postJson, request } from '../helpers/request.ts'

let app: App
let host: string
let port: string

beforeAll(async () => {
  app = await startApp()
  ;({ host, port } = new URL(app.url))
  await addCategory(app)
})

afterAll(() => app?.close())

const at = (path: string) => new URL(path, app.url).href
const query = { query: '{ category(id: "world") { id } }' }
const data = { data: { category: { id: 'world' } } }
const refusal = (code: string) => ({ errors: [{ message: expect.any(String), extensions: { code } }] })

describe('an operation', () => {
  it('is taken by POST as JSON, with or without a charset', async () => {
    for (const type of ['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON']) {
      expect(await postJson(app.url, query, { 'content-type': type })).toMatchObject({ status: 200, json: data })
    }
  })

  it('is refused with 415 as anything else, and then does nothing', async () => {
    const mutation = 'mutation { addCategory(input: { id: "forged", name: "x" }) { category { id } } }'
    const bodies: [string, string][] = [
      ['application/x-www-form-urlencoded', new URLSearchParams({ query: mutation }).toString()],
      ['text/plain', JSON.stringify({ query: mutation })],
      ['application/graphql', mutation],
      [
        'multipart/form-data; boundary=x',
        `--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n${JSON.stringify({ query: mutation })}\r\n--x--\r\n`,
      ],
      ['application/jsonp', JSON.stringify({ query: mutation })],
      ['text/plain; application/json', JSON.stringify({ query: mutation })],
    ]
    for (const [type, body] of bodies)
      expect(await postJson(app.url, body, { 'content-type': type })).toMatchObject({ status: 415, json: refusal('BAD_USER_INPUT') })
    const none = await request(app.url, { method: 'POST', body: JSON.stringify({ query: mutation }) })
    expect(none).toMatchObject({ status: 415 })
    expect(await app.gql('{ category(id: "forged") { id } }')).toEqual({ category: null })
  })

  it('is taken by GET when it is a query, and refused when it is a mutation', async () => {
    const get = (query: string, rest: Record<string, string> = {}) =>
      request(app.url, { target: `/graphql?${new URLSearchParams({ query, ...rest })}`, headers: { accept: 'application/json' } })
    expect(await get('query ($id: ID!) { category(id: $id) { id } }', { variables: '{"id":"world"}' })).toMatchObject({ status: 200, json: data })
    const mutation = await get('mutation { addCategory(input: { id: "by-get", name: "x" }) { category { id } } }')
    expect(mutation).toMatchObject({ status: 405, json: refusal('BAD_USER_INPUT') })
    const hidden = await get('query A { streamCursor } mutation B { addCategory(input: { id: "by-get", name: "x" }) { category { id } } }', {
      operationName: 'B',
    })
    expect(hidden).toMatchObject({ status: 405 })
    expect(await app.gql('{ category(id: "by-get") { id } }')).toEqual({ category: null })
    expect(await get('{ streamCursor }', { variables: '{no json' })).toMatchObject({ status: 400, json: refusal('BAD_USER_INPUT') })
  })

  it.each([
    ['no JSON', '{"query": "{ stre'],
    ['nothing', ''],
    ['no object', '"{ streamCursor }"'],
    ['null', 'null'],
    ['a batch', JSON.stringify([query, query])],
    ['an empty batch', '[]'],
    ['no query', '{}'],
    ['a query that is no text', '{"query": 7}'],
    ['variables that are no object', '{"query": "{ streamCursor }", "variables": "x"}'],
    ['an unknown operation name', '{"query": "query A { streamCursor }", "operationName": "B"}'],
    ['a syntax error', '{"query": "{ streamCursor"}'],
    ['an unknown field', '{"query": "{ nothing }"}'],
  ])('of %s is refused with 400 and a code', async (_what, body) => {
    const answer = await postJson(app.url, body, { accept: 'application/graphql-response+json' })
    expect(answer).toMatchObject({ status: 400, json: refusal('BAD_USER_INPUT') })
    expect(answer.json).not.toHaveProperty('data')
  })

  it('that fails inside the server is masked, with an id', async () => {
    const own = await useApp()
    const { pool } = own.services.database
    await pool.query('ALTER TABLE category RENAME TO category_gone')
    const { status, json, text } = await postJson(own.url, { query: '{ categories { id } }' })
    expect({ status, json }).toEqual({
      status: 200,
      json: {
        data: null,
        errors: [
          {
            message: 'Internal server error.',
            path: ['categories'],
            locations: expect.anything(),
            extensions: { code: 'INTERNAL_SERVER_ERROR', id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
          },
        ],
      },
    })
    expect(text).not.toMatch(/prisma|does not exist|select/i)
    // Not found is null, and a failure is never "not found".
    expect((await postJson(own.url, { query: '{ category(id: "world") { id } }' })).json).toMatchObject({
      data: { category: null },
      errors: [{ path: ['category'], extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    })
  })
})

describe('a body', () => {
  // A query in a body that a comment makes as large as is wanted.
  const bodyOf = (bytes: number) => {
    const [before, after] = ['{"query":"{ category(id: \\"world\\") { id } }","extensions":{"padding":"', '"}}']
    return before + 'x'.repeat(bytes - before.length - after.length) + after
  }
  const limit = maxBodyBytes

  it('of 16 MiB is taken', async () => {
    expect(await postJson(app.url, bodyOf(limit))).toMatchObject({ status: 200, json: data })
  })

  it('of more is refused with 413, whether its length is told or not', async () => {
    const body = bodyOf(limit + 1)
    expect(await postJson(app.url, body, { 'content-length': String(body.length) })).toMatchObject({ status: 413, json: refusal('BAD_USER_INPUT') })
    const chunk = Buffer.alloc(1024 * 1024, 'x')
    const chunks = Array.from({ length: 24 }, () => chunk)
    expect(await request(app.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: chunks })).toMatchObject({
      status: 413,
      json: refusal('BAD_USER_INPUT'),
    })
    const response = await fetch(app.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: bodyOf(limit * 2) })
    expect(response.status).toBe(413)
    await response.text()
    expect(await postJson(app.url, query)).toMatchObject({ status: 200 })
  })

  it('that breaks off in the middle harms nobody', async () => {
    const socket = connect(Number(port), '127.0.0.1')
    socket.write(`POST /graphql HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"query":`)
    await once(socket, 'connect')
    socket.resetAndDestroy()
    expect(await postJson(app.url, query)).toMatchObject({ status: 200, json: data })
  })
})

describe('who asks', () => {
  it.each([
    ['another site', { origin: 'http://evil.example' }],
    ['a file or a frame without an origin', { origin: 'null' }],
    ['another port of this machine', { origin: 'http://localhost:1' }],
    ['the same host over https', { origin: 'https://HOST' }],
    ['a name that resolves to this machine', { host: 'evil.example' }],
    ['the same with its port', { host: 'evil.example:PORT', origin: 'http://evil.example:PORT' }],
    ['a name that begins like ours', { host: '127.0.0.1.evil.example:PORT' }],
    ['a name with a user', { host: '127.0.0.1@evil.example' }],
    ['our name with a user', { host: 'evil.example@127.0.0.1' }],
    ['our name with a path', { host: '127.0.0.1/evil' }],
    ['another address of this machine', { host: '0.0.0.0:PORT' }],
  ])('is refused with 403 when it is %s', async (_what, headers) => {
    const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replace('HOST', host).replace('PORT', port)]))
    expect(await postJson(app.url, query, given)).toMatchObject({ status: 403, json: refusal('FORBIDDEN') })
    for (const path of ['/graphql', '/health', '/']) expect((await request(at(path), { headers: given })).status).toBe(403)
    expect((await request(app.url, { method: 'OPTIONS', headers: { ...given, 'access-control-request-method': 'POST' } })).status).toBe(403)
  })

  it('is refused without a Host', async () => {
    const socket = connect(Number(port), '127.0.0.1')
    socket.end('GET /health HTTP/1.0\r\n\r\n')
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    await once(socket, 'close')
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1\.1 403/)
  })

  it.each([['127.0.0.1:PORT'], ['localhost:PORT'], ['LOCALHOST:PORT'], ['[::1]:PORT']])('is taken under the name %s, and from its own pages', async (name) => {
    const own = name.replace('PORT', port)
    expect(await postJson(app.url, query, { host: own })).toMatchObject({ status: 200, json: data })
    const answer = await postJson(app.url, query, { host: own, origin: `http://${own.toLowerCase()}` })
    expect(answer).toMatchObject({ status: 200, json: data })
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
  })
})

describe('a path', () => {
  it('is /metrics for Prometheus, to this machine alone', async () => {
    const { status, text } = await request(at('/metrics'))
    expect(status).toBe(200)
    expect(text).toMatch(/^# TYPE newswire_sockets gauge\nnewswire_sockets 0$/m)
    expect(text).toMatch(/^newswire_subscriptions 0$/m)
    expect(Number(/^process_resident_memory_bytes (\d+)$/m.exec(text)?.[1])).toBeGreaterThan(1e6)
    expect((await request(at('/metrics'), { headers: { host: 'evil.example' } })).status).toBe(403)
  })

  it('is /health for whether the database answers', async () => {
    expect(await request(at('/health'))).toMatchObject({ status: 200, json: { status: 'ok' } })
    expect(await request(at('/health'), { method: 'HEAD' })).toMatchObject({ status: 200, text: '' })
  })

  it('leads from / to the API, and nowhere else but with 404', async () => {
    expect(await request(at('/'))).toMatchObject({ status: 302, headers: { location: '/graphql' } })
    for (const path of ['/other', '/graphql/', '/graphql/x', '/GRAPHQL', '/health/x', '/favicon.ico'])
      expect(await request(at(path))).toMatchObject({ status: 404, json: refusal('NOT_FOUND') })
    expect(await postJson(at('/other'), query)).toMatchObject({ status: 404, json: refusal('NOT_FOUND') })
  })

  it.each(['//', '//evil.example/graphql', 'http://evil.example/graphql', 'http://', '*', '/%zz', '/graphql%00', '/\\graphql', '/..//graphql'])(
    'that is "%s" is no way in',
    async (target) => {
      expect(await request(app.url, { target })).toMatchObject({ status: 404, json: refusal('NOT_FOUND') })
      expect((await request(app.url, { method: 'POST', target, headers: { 'content-type': 'application/json' }, body: JSON.stringify(query) })).status).toBe(
        404,
      )
    },
  )

  it.each([
    '/graphql?%zz',
    '/graphql?query=%',
    '/graphql?query={streamCursor}&query={streamCursor}',
    '/graphql?',
    '/graphql??',
    '/graphql?variables=[',
    '/graphql?extensions=1&query={streamCursor}',
  ])('that is "%s" is answered, not a failure', async (target) => {
    const { status } = await request(app.url, { target, headers: { accept: 'application/json' } })
    expect(status).toBeLessThan(500)
    expect(status).toBeGreaterThanOrEqual(200)
  })

  it('takes GET and POST', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE']) {
      const answer = await request(app.url, { method })
      expect(answer.status).toBe(405)
      expect(answer.headers['allow']).toBe('GET, POST')
    }
    expect((await request(app.url, { method: 'HEAD', target: `/graphql?query=${encodeURIComponent(query.query)}` })).text).toBe('')
  })
})

describe('GraphiQL', () => {
  it('is a page that asks no other host', async () => {
    const page = await request(app.url, { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } })
    expect(page.status).toBe(200)
    expect(page.headers['content-type']).toMatch(/^text\/html/)
    expect(page.text).toContain('Newswire')
    // Whatever the page itself would load: its scripts' own text may name addresses.
    const outside = page.text.replace(/(<script[^>]*>)[\s\S]*?<\/script>/g, '$1').replace(/(<style[^>]*>)[\s\S]*?<\/style>/g, '$1')
    expect(outside.match(/(?:src|href|action)\s*=\s*["']?(?:https?:)?\/\/[^"'\s>]*/g)).toBeNull()
    expect(page.text).not.toMatch(/unpkg\.com|jsdelivr\.net|esm\.sh|cdnjs/)
  })
})
