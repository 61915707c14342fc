// The feeds of a site, asked of a real page; and what is told of a page that was taken for a feed.
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { addCategory, addFeed, refreshFeed, startApp, useApp, type App } from '../helpers/app.ts'
import { rss, startFeedServer, type FeedServer } from '../helpers/feed-server.ts'
import { refused } from '../helpers/refused.ts'
import { request } from '../helpers/request.ts'
import { until } from '../helpers/until.ts'

let app: App
let site: FeedServer
beforeAll(async () => {
  site = await startFeedServer()
  app = await startApp({ env: { ALLOW_PRIVATE_NETWORKS: 'true' } })
  await addCategory(app)
})
afterAll(async () => {
  await app?.close()
  await site?.close()
})

const query = 'query ($url: URL!) { discoverFeeds(url: $url) { url title format } }'
const discover = async (url: string) => (await app.gql(query, { url })).discoverFeeds
const page = (head: string, body = '') => ({
  body: `<!DOCTYPE html><html><head><title>A page</title>${head}</head><body>${body}</body></html>`,
  headers: { 'content-type': 'text/html' },
})
const link = (type: string, href: string, title = '') => `<link rel="alternate" type="application/${type}" href="${href}" title="${title}">`
/** A host of its own, for pages whose root matters. */
async function newSite(): Promise<FeedServer> {
  const own = await startFeedServer()
  onTestFinished(() => own.close())
  return own
}

describe('discovery', () => {
  it('answers what the page announces, relative to where it came from, and asks for nothing more', async () => {
    site.serve('/blog', { status: 302, headers: { location: '/blog/home/' } })
    site.serve(
      '/blog/home/',
      page(link('rss+xml', 'feed', 'All &#9731;') + link('atom+xml', '/atom') + link('rss+xml', './feed#again'), '<a href="/other.rss">RSS</a>'),
    )
    const before = site.requests.length
    expect(await discover(`${site.url}/blog`)).toEqual([
      { url: `${site.url}/blog/home/feed`, title: 'All ☃', format: 'RSS' },
      { url: `${site.url}/atom`, title: null, format: 'ATOM' },
    ])
    expect(site.requests).toHaveLength(before + 2)
  })

  it('answers a feed with itself: without credentials, where it moved for good', async () => {
    site.serve('/itself.xml', { body: rss([], 'Itself') })
    expect(await discover(`${site.url.replace('//', '//user:word@')}/itself.xml#top`)).toEqual([
      { url: `${site.url}/itself.xml`, title: 'Itself', format: 'RSS' },
    ])
    site.serve('/moved.xml', { status: 301, headers: { location: '/itself.xml' } })
    site.serve('/lent.xml', { status: 302, headers: { location: '/itself.xml' } })
    expect(await discover(`${site.url}/moved.xml`)).toMatchObject([{ url: `${site.url}/itself.xml` }])
    expect(await discover(`${site.url}/lent.xml`)).toMatchObject([{ url: `${site.url}/lent.xml` }])
  })

  it('answers links that look like feeds where the page announces none', async () => {
    site.serve('/links', page('', '<a href="news.rss" title="News">Feed</a> <a href="/about">About</a> <a href="/sitemap.xml">Map</a>'))
    expect(await discover(`${site.url}/links`)).toEqual([{ url: `${site.url}/news.rss`, title: 'News', format: null }])
  })

  it('tries the usual paths last, one after another, up to the first feed', async () => {
    const own = await newSite()
    own.serve('/deep/page', page(''))
    own.serve('/feed', page(link('rss+xml', '/not-asked')))
    own.serve('/atom.xml', { body: rss([], 'Found') })
    expect(await discover(`${own.url}/deep/page`)).toEqual([{ url: `${own.url}/atom.xml`, title: 'Found', format: 'RSS' }])
    expect(own.requests.map(({ path }) => path)).toEqual(['/deep/page', '/feed', '/rss', '/atom.xml'])
    own.serve('/atom.xml', { status: 500 })
    expect(await discover(`${own.url}/deep/page`)).toEqual([])
    expect(own.requests).toHaveLength(4 + 6)
    own.serve('/feed', { answer: (res) => res.destroy() })
    expect(await discover(`${own.url}/deep/page`)).toEqual([])
    expect(own.requests).toHaveLength(10 + 2)
  })

  it('refuses what is neither, is not there, is private, or comes by GET', async () => {
    site.serve('/data.json', { body: '{"a": 1}' })
    expect(await refused(app, query, { url: `${site.url}/data.json` })).toEqual({ code: 'FEED_INVALID', field: 'url' })
    expect(await refused(app, query, { url: `${site.url}/nothing` })).toEqual({ code: 'FEED_UNREACHABLE', field: 'url' })
    expect(await refused(app, query, { url: 'ftp://example.com/' })).toEqual({ code: 'BAD_USER_INPUT', field: 'url' })
    expect(await refused(app, `{ a: discoverFeeds(url: "${site.url}") { url } b: discoverFeeds(url: "${site.url}") { url } }`)).toEqual({
      code: 'TOO_COMPLEX',
      field: 'discoverFeeds',
    })
    const answer = await request(app.url, { target: `/graphql?query=${encodeURIComponent(`{ discoverFeeds(url: "${site.url}") { url } }`)}` })
    expect(answer.json.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
    const closed = await useApp()
    const asked = site.requests.length
    expect(await refused(closed, query, { url: site.url })).toEqual({ code: 'FEED_UNREACHABLE', field: 'url' })
    expect(site.requests).toHaveLength(asked)
  })

  it('shares the bound of previews', async () => {
    const narrow = await useApp({ env: { ALLOW_PRIVATE_NETWORKS: 'true', FEED_CONCURRENCY: '1' } })
    let finish: (() => void) | undefined
    site.serve('/slow', { answer: (res) => void (finish = () => res.end(rss([]))) })
    const first = narrow.gql(query, { url: `${site.url}/slow` })
    await until(() => finish !== undefined)
    expect(await refused(narrow, query, { url: `${site.url}/slow` })).toEqual({ code: 'RATE_LIMITED' })
    finish!()
    expect((await first).discoverFeeds).toHaveLength(1)
  })
})

describe('a page that was taken for a feed', () => {
  const preview = 'query ($url: URL!) { previewFeed(url: $url) { title } }'

  it('is told with the first five feeds that it announces', async () => {
    site.serve('/page', page(Array.from({ length: 7 }, (_, n) => link('rss+xml', n === 1 ? `/${'x'.repeat(600)}` : `/feed/${n}`)).join('')))
    const message = `This is a web page, no feed. It announces: ${[0, 2, 3, 4, 5].map((n) => `${site.url}/feed/${n}`).join(' ')}`
    expect((await app.ask(preview, { url: `${site.url}/page` })).errors).toMatchObject([{ message, extensions: { code: 'FEED_INVALID', field: 'url' } }])
    const { fetch, feed } = await refreshFeed(app, await addFeed(app, `${site.url}/page`))
    expect(fetch).toMatchObject({ outcome: 'FAILED', httpStatus: 200, error: message })
    expect(feed.health.lastError).toBe(message)
  })

  it('is told plainly where it announces none', async () => {
    site.serve('/plain', page('', '<a href="/likely.rss">Feed</a>'))
    expect((await app.ask(preview, { url: `${site.url}/plain` })).errors).toMatchObject([
      { message: expect.stringMatching(/^This is a web page \(HTML\), not a feed/) },
    ])
  })
})
