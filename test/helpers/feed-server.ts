import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Served = {
  body?: string | Uint8Array
  status?: number
  headers?: Record<string, string>
  /** Answers by hand. */ answer?: (res: ServerResponse) => void
}

/** A feed server on loopback. It answers a conditional request with 304 where the etag given to it still holds. */
export type FeedServer = {
  /** Its base, without a slash at the end. */
  url: string
  serve: (path: string, served: Served) => void
  requests: { path: string; headers: IncomingHttpHeaders }[]
  close: () => Promise<void>
}

export async function startFeedServer(): Promise<FeedServer> {
  const pages = new Map<string, Served>()
  const requests: FeedServer['requests'] = []
  const server = createServer((req, res) => {
    requests.push({ path: req.url ?? '', headers: req.headers })
    const page = pages.get(req.url ?? '')
    if (!page) return void res.writeHead(404).end()
    if (page.answer) return page.answer(res)
    const etag = page.headers?.['etag']
    if (etag !== undefined && req.headers['if-none-match'] === etag) return void res.writeHead(304, { etag }).end()
    res.writeHead(page.status ?? 200, { 'content-type': 'application/xml', ...page.headers }).end(page.body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve: (path, served) => pages.set(path, served),
    requests,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

export type RssItem = { title: string; link?: string; guid?: string; description?: string; pubDate?: string }

/** A small RSS 2.0 feed of our own. */
export function rss(items: RssItem[], title = 'Test feed'): string {
  const tag = (name: string, value: string | undefined) =>
    value === undefined ? '' : `<${name}>${value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</${name}>`
  const item = (i: RssItem) =>
    `<item>${tag('title', i.title)}${tag('link', i.link)}${tag('guid', i.guid)}${tag('description', i.description)}${tag('pubDate', i.pubDate)}</item>`
  return `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>${title}</title><link>https://example.com/</link><description>Test</description>${items.map(item).join('')}</channel></rss>`
}
