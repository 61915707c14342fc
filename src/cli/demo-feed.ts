import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { followUps } from './demo-follow-ups.ts'
import { stories, type Story } from './demo-stories.ts'

export type DemoFeed = {
  /** Of its RSS. */
  url: string
  /** Publishes the next story, as if it had just happened. @returns its title, and where it was published when it was told before */
  publish: () => { title: string; before: string | undefined }
  close: () => Promise<void>
}

type Published = { story: Story; guid: string; link: string; at: Date }

/** Stories that are there from the start, and that the feed shows at most. */
const first = 5
const shown = 20
const marker = 'These stories were invented for the Newswire demo.'

/** All of them in order: after the fourth story, and then after every other one, what became of an earlier one. */
export const programme: readonly Story[] = stories.flatMap((story, i) => (i >= 3 && i % 2 === 1 ? [story, followUps[(i - 3) / 2]!] : [story]))

/**
 * An RSS 2.0 feed on a free port of loopback, with a page for each of its stories. After the last story it goes on with the
 * first, under a new guid and link.
 */
export async function startDemoFeed(): Promise<DemoFeed> {
  const published: Published[] = []
  const links = new Map<Story, string>()
  // Links must not come again when a demo is started again on the same folder.
  const edition = Date.now().toString(36)
  let count = 0
  const server = createServer((req, res) => {
    const page = published.find(({ link }) => link === `${base}${req.url}`)
    if (req.url === '/feed.xml') res.writeHead(200, { 'content-type': 'application/rss+xml; charset=utf-8' }).end(rss(base, published))
    else if (page) res.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html(page))
    else res.writeHead(404).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const publish = () => {
    const story = programme[count % programme.length]!
    count += 1
    const guid = `${edition}-${count}`
    const link = `${base}/${guid}/${slug(story.title)}`
    const before = links.get(story)
    links.set(story, link)
    published.unshift({ story, guid, link, at: new Date() })
    published.splice(shown)
    return { title: story.title, before }
  }
  for (let i = 0; i < first; i++) publish()
  const close = async () => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  return { url: `${base}/feed.xml`, publish, close }
}

function rss(base: string, published: readonly Published[]): string {
  const items = published.map(
    ({ story, guid, link, at }) => `<item>
<title>${escape(story.title)}</title><link>${link}</link><guid isPermaLink="false">${guid}</guid><pubDate>${at.toUTCString()}</pubDate>
<dc:creator>Invented for the Newswire demo</dc:creator><category>${escape(story.tag)}</category><category>demo</category>
<description>${escape(paragraphs(story))}</description>
</item>`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>Newswire demo: invented stories</title><link>${base}/</link><description>${marker}</description><language>en</language>
${items.join('\n')}
</channel></rss>
`
}

function html({ story }: Published): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="description" content="${marker}"><title>${escape(story.title)}</title><article><h1>${escape(story.title)}</h1>${paragraphs(story)}</article></html>`
}

function paragraphs(story: Story): string {
  return story.paragraphs.map((text) => `<p>${escape(text)}</p>`).join('')
}

function slug(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
