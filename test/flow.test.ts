// The whole story: a feed server, a pass over its feed, and a subscriber that receives each article once.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { addCategory, addFeed, refreshFeed, startApp, type App } from './helpers/app.ts'
import { rss, startFeedServer, type FeedServer, type RssItem } from './helpers/feed-server.ts'
import { subscribe } from './helpers/subscriber.ts'

let app: App
let site: FeedServer

beforeAll(async () => {
  site = await startFeedServer()
  app = await startApp({ env: { ALLOW_PRIVATE_NETWORKS: 'true' } })
})

afterAll(async () => {
  await app?.close()
  await site?.close()
})

const story = (n: number): RssItem => ({
  title: `Story ${n}`,
  link: `https://example.com/stories/${n}?utm_source=rss`,
  guid: `story-${n}`,
  description: `<p>Paragraph one of ${n}.</p><p>Paragraph two &amp; last.</p>`,
  pubDate: new Date(Date.UTC(2026, 0, n)).toUTCString(),
})

it('brings a feed to a subscriber: every article once, in order, before and after a cursor', async () => {
  await addCategory(app, 'world', 'World')
  site.serve('/feed.xml', { body: rss([story(2), story(1)], 'Stories'), headers: { etag: '"v1"' } })
  const { streamCursor } = await app.gql('{ streamCursor }')
  const feedId = await addFeed(app, `${site.url}/feed.xml`)

  const subscriber = subscribe(
    app.url,
    `subscription ($after: String) {
      articleIngested(after: $after) {
        cursor
        article { title url content contentHtml wordCount textSource publishedAt category { id name } sightings { guid feed { id title } } }
      }
    }`,
    { after: streamCursor },
  )

  const first = await refreshFeed(app, feedId)
  expect(first.fetch).toMatchObject({ outcome: 'CHANGED', httpStatus: 200, ingested: 2, updated: 0, duplicates: 0, rejected: [] })
  expect(first.feed).toMatchObject({ title: 'Stories', format: 'RSS', health: { state: 'HEALTHY' } })

  const [oldest] = await subscriber.first(2)
  expect(oldest.article).toEqual({
    title: 'Story 1',
    url: 'https://example.com/stories/1',
    content: 'Paragraph one of 1.\n\nParagraph two & last.',
    contentHtml: '<p>Paragraph one of 1.</p><p>Paragraph two &amp; last.</p>',
    wordCount: 7,
    textSource: 'FEED',
    publishedAt: '2026-01-01T00:00:00.000Z',
    category: { id: 'world', name: 'World' },
    sightings: [{ guid: 'story-1', feed: { id: feedId, title: 'Stories' } }],
  })

  // The same again costs a 304; a feed with one more story brings that one alone.
  expect((await refreshFeed(app, feedId)).fetch).toMatchObject({ outcome: 'NOT_MODIFIED', httpStatus: 304 })
  site.serve('/feed.xml', { body: rss([story(3), story(2), story(1)], 'Stories'), headers: { etag: '"v2"' } })
  expect((await refreshFeed(app, feedId)).fetch).toMatchObject({ outcome: 'CHANGED', ingested: 1, duplicates: 2 })

  const events = await subscriber.first(3)
  expect(events.map((event) => event.article.title)).toEqual(['Story 1', 'Story 2', 'Story 3'])
  await subscriber.stop()

  // Another subscriber, after the first event, gets the rest: from the log, as if it had been there.
  const late = subscribe(app.url, 'subscription ($after: String) { articleIngested(after: $after) { article { title } } }', { after: events[0].cursor })
  expect((await late.first(2)).map((event) => event.article.title)).toEqual(['Story 2', 'Story 3'])
  await late.stop()

  const { articles, statistics } = await app.gql('{ articles { totalCount nodes { title } } statistics { articleCount wordCount } }')
  expect(articles).toEqual({ totalCount: 3, nodes: [{ title: 'Story 3' }, { title: 'Story 2' }, { title: 'Story 1' }] })
  expect(statistics).toEqual({ articleCount: 3, wordCount: 21 })
})
