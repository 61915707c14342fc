import { once } from 'node:events'
import { text as textOf } from 'node:stream/consumers'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { isPublicAddress } from '../../src/feeds/address.ts'
import { createFetcher, FetchFailed, type Fetcher, type FeedRequest } from '../../src/feeds/fetch.ts'

let fetcher: Fetcher
let servers: Server[]

beforeEach(() => {
  fetcher = createFetcher({ allowPrivateNetworks: true, hostSpacingMs: 0 })
  servers = []
})

afterEach(async () => {
  await fetcher.close()
  for (const server of servers) {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
})

/** @returns its origin, and the requests that it was sent */
async function serve(answer: RequestListener): Promise<{ origin: string; port: number; requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = []
  const server = createServer((request, response) => {
    requests.push(request)
    answer(request, response)
  })
  servers.push(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, port, requests }
}

const get = (url: string, more: Partial<FeedRequest> = {}, signal = new AbortController().signal) =>
  fetcher.fetch({ url, headers: [], etag: null, lastModified: null, ...more }, signal)
const text = (body: Uint8Array) => Buffer.from(body).toString()
const failure = async (promise: Promise<unknown>) => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(FetchFailed)
  return error as FetchFailed
}

test('answers with what the server said, and says honestly who asks', async () => {
  const { origin, requests } = await serve((_request, response) =>
    response.writeHead(200, { 'content-type': 'application/rss+xml', etag: 'W/"a,b"', 'last-modified': 'yesterday' }).end('<rss/>'),
  )
  const { body, ...rest } = await get(`${origin}/feed#part`)
  expect(text(body)).toBe('<rss/>')
  expect(rest).toEqual({
    status: 200,
    notModified: false,
    etag: 'W/"a,b"',
    lastModified: 'yesterday',
    contentType: 'application/rss+xml',
    link: null,
    finalUrl: `${origin}/feed`,
    movedTo: null,
    freshSeconds: 0,
  })
  expect(requests[0]?.headers).toMatchObject({
    'user-agent': expect.stringMatching(/^Newswire\/\d+\.\d+\.\d+ \(\+self-hosted feed reader\)$/),
    accept: expect.stringContaining('application/rss+xml'),
  })
  expect(requests[0]?.headers).not.toHaveProperty('if-none-match')
})

test('posts a form, which only 307 and 308 lead on', async () => {
  const got: string[] = []
  const { origin } = await serve((request, response) => {
    void textOf(request).then((body) => {
      got.push(`${request.method} ${request.url} ${request.headers['content-type']} ${body}`)
      response.writeHead(Number(request.url?.slice(1)) || 200, { location: '/' }).end()
    })
  })
  const form = new URLSearchParams({ 'hub.mode': 'a b&c' })
  for (const status of [307, 308]) {
    got.length = 0
    expect(await get(`${origin}/${status}`, { form })).toMatchObject({ status: 200, finalUrl: `${origin}/` })
    expect(got).toEqual([`/${status}`, '/'].map((path) => `POST ${path} application/x-www-form-urlencoded hub.mode=a+b%26c`))
  }
  for (const status of [301, 302, 303]) expect(await failure(get(`${origin}/${status}`, { form }))).toMatchObject({ httpStatus: status })
})

test('tells all of its Link headers', async () => {
  const { origin } = await serve((_request, response) => response.setHeader('link', ['</a>; rel=hub', '</b>; rel=self']).end())
  expect((await get(origin)).link).toBe('</a>; rel=hub, </b>; rel=self')
})

describe('asks whether it changed', () => {
  const validators = { etag: '"odd\\ one"', lastModified: 'not even a date' }

  test('with the validators as they were given, which stay when the answer does not repeat them', async () => {
    const { origin, requests } = await serve((_request, response) => response.writeHead(304).end())
    expect(await get(origin, validators)).toMatchObject({ status: 304, notModified: true, ...validators, body: new Uint8Array() })
    expect(requests[0]?.headers).toMatchObject({ 'if-none-match': validators.etag, 'if-modified-since': validators.lastModified })
  })

  test('and takes those that the answer brings', async () => {
    const { origin } = await serve((_request, response) => response.writeHead(304, { etag: '"new"' }).end())
    expect(await get(origin, validators)).toMatchObject({ etag: '"new"', lastModified: validators.lastModified })
  })

  test('an answer of 200 without validators has none', async () => {
    const { origin } = await serve((_request, response) => response.end('a'))
    expect(await get(origin, validators)).toMatchObject({ notModified: false, etag: null, lastModified: null })
  })

  test('304 to a question that was none is a failure', async () => {
    const { origin } = await serve((_request, response) => response.writeHead(304).end())
    expect(await failure(get(origin))).toMatchObject({ httpStatus: 304 })
  })
})

describe('compression', () => {
  const feed = '<rss>é</rss>'.repeat(100)
  test.each([
    ['gzip', gzipSync(feed)],
    ['br', brotliCompressSync(feed)],
    ['deflate', deflateSync(feed)],
    ['Deflate', deflateRawSync(feed)],
    ['gzip, br', brotliCompressSync(gzipSync(feed))],
    ['identity', Buffer.from(feed)],
  ])('%s', async (encoding, bytes) => {
    const { origin } = await serve((_request, response) => response.writeHead(200, { 'content-encoding': encoding }).end(bytes))
    expect(text((await get(origin)).body)).toBe(feed)
  })

  test.each([
    ['what unpacks to more', 'gzip', () => gzipSync(Buffer.alloc(11 * 1024 * 1024)), /larger than 10 MiB/],
    ['what unpacks to more, in two steps', 'gzip, gzip', () => gzipSync(gzipSync(Buffer.alloc(11 * 1024 * 1024))), /larger than 10 MiB/],
    ['what is more', 'identity', () => Buffer.alloc(10 * 1024 * 1024 + 1), /larger than 10 MiB/],
    ['what was not asked for', 'compress', () => Buffer.from('x'), /not asked for/],
    ['what is broken', 'gzip', () => gzipSync(feed).subarray(0, -8), /cannot be decompressed/],
  ])('refuses %s', async (_name, encoding, bytes, message) => {
    const { origin } = await serve((_request, response) => response.writeHead(200, { 'content-encoding': encoding }).end(bytes()))
    expect(await failure(get(origin))).toMatchObject({ httpStatus: 200, message: expect.stringMatching(message) })
  })

  test('takes the most that is allowed', async () => {
    const { origin } = await serve((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(10 * 1024 * 1024))),
    )
    expect((await get(origin)).body.byteLength).toBe(10 * 1024 * 1024)
  })
})

test('what is no feed is asked for with limits of its own', async () => {
  const { origin, requests } = await serve((_request, response) => response.end('x'.repeat(2048)))
  const page = { url: origin, headers: [], etag: null, lastModified: null }
  const fetchPage = (bytes: number) => fetcher.fetch(page, new AbortController().signal, { wanted: { accept: 'text/html', bytes, totalMs: 5_000 } })
  expect((await fetchPage(2048)).body.byteLength).toBe(2048)
  expect(requests[0]?.headers.accept).toBe('text/html')
  expect(await failure(fetchPage(2047))).toMatchObject({ httpStatus: 200, message: expect.stringMatching(/^It is larger than/) })
})

describe('redirects', () => {
  const secrets = [
    { name: 'Authorization', value: 'Bearer s3cret' },
    { name: 'Cookie', value: 'id=s3cret' },
    { name: 'X-Api-Key', value: 's3cret' },
  ]
  const bearing = (request: IncomingMessage | undefined) => JSON.stringify(request?.headers).includes('s3cret')

  test('are followed, with what the feed is given within its origin', async () => {
    const { origin, requests } = await serve((request, response) =>
      request.url === '/old' ? response.writeHead(301, { location: 'new?x' }).end() : response.end('a'),
    )
    expect(await get(`${origin}/old`, { headers: secrets, etag: '"e"' })).toMatchObject({ finalUrl: `${origin}/new?x` })
    expect(requests[1]?.headers).toMatchObject({ authorization: 'Bearer s3cret', cookie: 'id=s3cret', 'x-api-key': 's3cret', 'if-none-match': '"e"' })
  })

  test('to another origin take nothing secret along, nor back', async () => {
    const other = await serve((_request, response) => response.writeHead(307, { location: `${home.origin}/back` }).end())
    const home = await serve((request, response) =>
      request.url === '/back' ? response.writeHead(401).end() : response.writeHead(302, { location: other.origin }).end(),
    )
    const { message, httpStatus } = await failure(get(home.origin, { headers: secrets }))
    expect([...home.requests, ...other.requests].map(bearing)).toEqual([true, false, false])
    expect(httpStatus).toBe(401)
    expect(message).not.toContain('s3cret')
  })

  test('the same name on another port is another origin', async () => {
    const other = await serve((_request, response) => response.end('a'))
    const home = await serve((_request, response) => response.writeHead(302, { location: `http://user:s3cret@127.0.0.1:${other.port}/` }).end())
    expect(await get(home.origin, { headers: secrets })).toMatchObject({ finalUrl: `${other.origin}/` })
    expect(bearing(other.requests[0])).toBe(false)
    expect(other.requests[0]?.headers).not.toHaveProperty('authorization')
  })

  test('five are followed, and no more', async () => {
    const { origin, requests } = await serve((request, response) => {
      const left = Number(request.url!.slice(1))
      if (left === 0) response.end('a')
      else response.writeHead(308, { location: `/${left - 1}` }).end()
    })
    expect(await get(`${origin}/5`)).toMatchObject({ finalUrl: `${origin}/0` })
    requests.length = 0
    expect(await failure(get(`${origin}/6`))).toMatchObject({ httpStatus: 308, message: expect.stringContaining('more than 5') })
    expect(requests).toHaveLength(6)
  })

  test.each(['file:///etc/passwd', 'ftp://127.0.0.1/', 'http://'])('not to %s', async (location) => {
    const { origin } = await serve((_request, response) => response.writeHead(302, { location }).end())
    await failure(get(origin))
  })
})

test('credentials of an address are sent, and not shown', async () => {
  const { port, requests } = await serve((_request, response) => response.end('a'))
  expect((await get(`http://me:p%40ss@127.0.0.1:${port}/`)).finalUrl).toBe(`http://127.0.0.1:${port}/`)
  expect(requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`)
})

test.each([[401], [404], [410], [429], [503], [418], [300]])('%i is a failure with its status', async (status) => {
  const { origin } = await serve((_request, response) => response.writeHead(status).end('secret page'))
  const { httpStatus, message } = await failure(get(origin, { headers: [{ name: 'authorization', value: 'Bearer s3cret' }] }))
  expect(httpStatus).toBe(status)
  expect(message).toContain(String(status))
  expect(message).not.toMatch(/s3cret|secret page/)
})

describe('a signal', () => {
  test.each([
    ['before an answer', (() => {}) as RequestListener],
    ['within a body', ((_request, response) => response.writeHead(200).write('<rss>')) as RequestListener],
  ])('breaks it off %s, with its reason', async (_name, answer) => {
    const stop = new AbortController()
    const { origin, requests } = await serve((request, response) => {
      answer(request, response)
      setImmediate(() => stop.abort(new Error('stopping')))
    })
    const fetching = get(origin, {}, stop.signal)
    await expect(fetching).rejects.toThrow('stopping')
    const { socket } = requests[0]!
    // Its end may be an error too, which `once` would throw.
    if (!socket.closed) await new Promise((ended) => socket.once('close', ended))
  })

  test('is not needed for a server that never ends: 20 s are the most', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      let asked = () => {}
      const arrived = new Promise<void>((resolve) => (asked = resolve))
      const { origin } = await serve((_request, response) => {
        response.writeHead(200).write('<rss>')
        asked()
      })
      const fetching = failure(get(origin))
      await arrived
      await vi.advanceTimersByTimeAsync(20_000)
      expect(await fetching).toMatchObject({ httpStatus: null, message: expect.stringContaining('longer than 20 s') })
    } finally {
      vi.useRealTimers()
    }
  })

  test('that was given before breaks it off before anything is sent', async () => {
    const { origin, requests } = await serve((_request, response) => response.end('a'))
    await expect(get(origin, {}, AbortSignal.abort(new Error('stopping')))).rejects.toThrow('stopping')
    expect(requests).toHaveLength(0)
  })
})

test('a server that is not there, or hangs up, is a failure without a status', async () => {
  const { origin } = await serve((request) => request.socket.destroy())
  expect(await failure(get(origin))).toMatchObject({ httpStatus: null, message: expect.stringContaining('broke the connection off') })
  const gone = await serve(() => {})
  servers.pop()!.close()
  expect(await failure(get(gone.origin))).toMatchObject({ httpStatus: null, message: expect.stringContaining('takes no connection') })
})

describe('private networks', () => {
  test('are refused unless they are allowed, by address and by name', async () => {
    const { port, requests } = await serve((_request, response) => response.end('a'))
    const careful = createFetcher({ allowPrivateNetworks: false, hostSpacingMs: 0 })
    try {
      for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', '0.0.0.0']) {
        const fetching = careful.fetch({ url: `http://${host}:${port}/`, headers: [], etag: null, lastModified: null }, new AbortController().signal)
        expect(await failure(fetching), host).toMatchObject({ httpStatus: null, message: expect.stringContaining('not on the public internet') })
      }
    } finally {
      await careful.close()
    }
    expect(requests).toHaveLength(0)
  })

  // prettier-ignore
  test.each([
    '0.0.0.0', '10.1.2.3', '100.64.0.1', '100.100.100.200', '127.0.0.1', '169.254.169.254', '172.16.0.1', '192.168.1.1', '192.0.0.1', '198.18.0.1', '203.0.113.1', '224.0.0.1',
    '240.0.0.1', '255.255.255.255', '168.63.129.16', '::', '::1', '::127.0.0.1', '::ffff:10.0.0.1', '::ffff:0:10.0.0.1', '64:ff9b::10.0.0.1', '64:ff9b:1::1', '2002:0a00:0001::1', '2001:0:4136:e378::1',
    '2001:db8::1', 'fc00::1', 'fd00:ec2::254', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1', '100::1', '4000::1', 'localhost', '',
  ])('%s is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })

  test.each(['1.1.1.1', '93.184.215.14', '2606:4700::1111', '2a00:1450::1', '::ffff:1.1.1.1', '64:ff9b::1.1.1.1'])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true)
  })
})
