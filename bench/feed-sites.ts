// The sites of bench/feed-round.ts, in a process of their own: one server on every address of 127.0.0.0/8. The path of a
// request says what to do, and the address that it came to is the feed. Prints the port that answers, and one that does not.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline, Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'

const entries = 15
const slowMs = 10_000
const slowPieces = 20

/** In words of its own: what two feeds tell in the same words is one article. */
const text = (host: string, n: number) =>
  Array.from({ length: 8 }, (_, i) => `<p>${Array.from({ length: 12 }, (_w, w) => `word${w}of${i}in${n}at${host.replace(/\W/g, 'x')}`).join(' ')}.</p>`).join(
    '',
  )
const numbers = Array.from({ length: entries }, (_, n) => n)
const rss = (host: string) =>
  `<?xml version="1.0"?><rss version="2.0"><channel><title>RSS of ${host}</title><link>http://${host}/</link><description>d</description>${numbers
    .map((n) => `<item><title>Entry ${n} of ${host}</title><link>http://${host}/${n}</link><description><![CDATA[${text(host, n)}]]></description></item>`)
    .join('')}</channel></rss>`
const atom = (host: string) =>
  `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Atom of ${host}</title><id>http://${host}/</id><updated>2026-01-01T00:00:00Z</updated>${numbers
    .map(
      (n) =>
        `<entry><title>Entry ${n} of ${host}</title><id>http://${host}/${n}</id><link href="http://${host}/${n}"/><updated>2026-01-01T00:00:00Z</updated><content type="html"><![CDATA[${text(host, n)}]]></content></entry>`,
    )
    .join('')}</feed>`
const jsonFeed = (host: string) =>
  JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    title: `JSON Feed of ${host}`,
    items: numbers.map((n) => ({ id: `http://${host}/${n}`, url: `http://${host}/${n}`, title: `Entry ${n} of ${host}`, content_html: text(host, n) })),
  })

const piece = Buffer.alloc(64 * 1024, 'x')
const pieces = (11 * 1024 * 1024) / piece.length
const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024))

type Answer = (host: string, res: ServerResponse, req: IncomingMessage) => void
const send =
  (body: (host: string) => string, type = 'application/xml'): Answer =>
  (host, res, req) => {
    const etag = `"${host}"`
    if (req.headers['if-none-match'] === etag) res.writeHead(304, { etag }).end()
    else res.writeHead(200, { 'content-type': type, etag }).end(body(host))
  }
const status =
  (code: number): Answer =>
  (_host, res) =>
    void res.writeHead(code).end('no feed')
const lead =
  (code: number, to: string): Answer =>
  (_host, res) =>
    void res.writeHead(code, { location: to }).end()

const answers: Record<string, Answer> = {
  '/healthy/rss': send(rss),
  '/healthy/atom': send(atom),
  '/healthy/json': send(jsonFeed, 'application/feed+json'),
  '/slow': (host, res) => {
    const body = rss(host)
    const size = Math.ceil(body.length / slowPieces)
    let sent = 0
    res.writeHead(200, { 'content-type': 'application/xml' })
    const timer = setInterval(() => {
      res.write(body.slice(sent, (sent += size)))
      if (sent >= body.length) res.end()
    }, slowMs / slowPieces)
    res.on('close', () => clearInterval(timer))
  },
  '/stalled/body': (_host, res) => res.writeHead(200, { 'content-type': 'application/xml' }).flushHeaders(),
  '/stalled/answer': () => {},
  '/status/500': status(500),
  '/status/404': status(404),
  '/status/410': status(410),
  '/reset': (_host, _res, req) => req.socket.resetAndDestroy(),
  '/redirect/301': lead(301, '/healthy/rss'),
  '/redirect/302': lead(302, '/healthy/atom'),
  '/redirect/loop': lead(302, '/redirect/loop'),
  '/huge': (_host, res) => {
    res.writeHead(200, { 'content-type': 'application/xml' })
    const body = function* () {
      for (let n = 0; n < pieces; n++) yield piece
    }
    // Who breaks it off is right to.
    pipeline(Readable.from(body()), res, () => {})
  },
  '/bomb': (_host, res) => void res.writeHead(200, { 'content-type': 'application/xml', 'content-encoding': 'gzip' }).end(bomb),
  '/malformed/cut': send((host) => rss(host).slice(0, 1000)),
  '/malformed/noise': send(() => `<?xml version="1.0"?><<&&${'<\0]]>&#x;'.repeat(1_000)}`),
  '/page': send((host) => `<!doctype html><html><head><title>${host}</title></head><body><p>A page, and no feed.</p></body></html>`, 'text/html'),
  '/empty': send(() => ''),
}

const server = createServer((req, res) => {
  const answer = answers[req.url ?? ''] ?? status(400)
  answer(req.socket.localAddress ?? '', res, req)
})
const closed = createServer()
await Promise.all([once(server.listen(0, '0.0.0.0'), 'listening'), once(closed.listen(0, '127.0.0.1'), 'listening')])
const portOf = (of: typeof server) => (of.address() as AddressInfo).port
console.log(`sites ${portOf(server)} ${portOf(closed)}`)
closed.close()
