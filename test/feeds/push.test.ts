// WebSub from end to end: what a hub is asked, what it may ask back, and what it sends.
import { describe, expect, it, onTestFinished } from 'vitest'
import { claimOne, releaseClaim } from '../../src/feeds/claim.ts'
import { createDeliveries } from '../../src/feeds/push-deliveries.ts'
import { addCategory, addFeed, refreshFeed, useApp, type App } from '../helpers/app.ts'
import { rss, startFeedServer, type RssItem } from '../helpers/feed-server.ts'
import { askBack, publicUrl, sendTo, sign, startHub } from '../helpers/hub-server.ts'
import { request } from '../helpers/request.ts'
import { subscribe } from '../helpers/subscriber.ts'

const env = { ALLOW_PRIVATE_NETWORKS: 'true', PUBLIC_URL: publicUrl }
const story = (n: number): RssItem => ({ title: `Story ${n}`, link: `https://example.com/${n}`, guid: `story-${n}`, description: `Text ${n}.` })
const topic = 'https://example.com/feed.xml'

/** A feed with one story that names a hub, read once; nothing is asked by itself. */
async function useFeed({ settings = env }: { settings?: Record<string, string> } = {}) {
  const [site, hub] = [await startFeedServer(), await startHub()]
  onTestFinished(() => Promise.all([site.close(), hub.close()]).then(() => undefined))
  const app = await useApp({ env: settings })
  await addCategory(app)
  const name = (url: string | null) =>
    site.serve('/', { body: rss([story(1)]), headers: url === null ? {} : { link: `<${url}>; rel="hub", <${topic}>; rel="self"` } })
  name(hub.url)
  const feedId = await addFeed(app, `${site.url}/`)
  await refreshFeed(app, feedId)
  const { push } = app.services.feeds
  const { prisma } = app.services.database
  return {
    app,
    site,
    hub,
    name,
    feedId,
    look: () => push!.look(),
    feed: async () => (await prisma.feed.findUniqueOrThrow({ where: { id: feedId } }))!,
    row: () => prisma.feedPush.findUnique({ where: { feedId } }),
    passes: () => prisma.feedFetch.findMany({ where: { feedId }, orderBy: { id: 'asc' } }),
  }
}

/** The same, with the hub's yes. @returns with what the hub was asked */
async function useSubscribed() {
  const feed = await useFeed()
  await feed.look()
  const [form] = feed.hub.requests as [Record<string, string>]
  expect((await askBack(feed.app, form)).status).toBe(200)
  return { ...feed, form }
}

const health = async (app: App, id: string) =>
  (await app.gql('query ($id: ID!) { feed(id: $id) { health { state nextCheckAt push { hub state leaseUntil lastPushAt lastError } } } }', { id })).feed.health

it('asks the hub, says yes to it once, and brings what it sends to a subscriber at once', async () => {
  const { app, hub, look, feedId, feed, passes } = await useFeed()
  expect(hub.requests).toEqual([])
  expect((await health(app, feedId)).push).toEqual({ hub: hub.url, state: 'PENDING', leaseUntil: null, lastPushAt: null, lastError: null })
  await look()
  await look()
  expect(hub.requests).toEqual([
    {
      'hub.mode': 'subscribe',
      'hub.topic': topic,
      'hub.callback': expect.stringMatching(new RegExp(`^${publicUrl}/websub/[0-9a-f-]{36}$`)),
      'hub.secret': expect.stringMatching(/^[0-9a-f]{64}$/),
      'hub.lease_seconds': '864000',
    },
  ])
  const [form] = hub.requests as [Record<string, string>]
  const answer = await askBack(app, form)
  expect(answer).toMatchObject({ status: 200, text: '<b>challenge</b>' })
  expect(answer.headers).toMatchObject({ 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' })
  const subscribed = await health(app, feedId)
  expect(subscribed.push).toMatchObject({ state: 'ACTIVE', lastPushAt: null, lastError: null })
  expect(Math.abs(Date.parse(subscribed.push.leaseUntil) - Date.now() - 864_000_000)).toBeLessThan(60_000)

  const { streamCursor } = await app.gql('{ streamCursor }')
  const subscriber = subscribe(app.url, 'subscription ($after: String) { articleIngested(after: $after) { article { title sightings { feed { id } } } } }', {
    after: streamCursor,
  })
  const mislabelled = rss([story(2), story(1)], 'Café').replace('UTF-8', 'klingon')
  expect(await sendTo(app, form, mislabelled)).toMatchObject({ status: 202, text: '' })
  expect(await subscriber.first(1)).toEqual([{ article: { title: 'Story 2', sightings: [{ feed: { id: feedId } }] } }])
  await subscriber.stop()

  // It is a pass like another one, and no check: the next one is due as before.
  await settled(feed)
  expect(await passes()).toMatchObject([
    { httpStatus: 200 },
    { httpStatus: null, outcome: 'CHANGED', ingested: 1, duplicates: 1, error: null, repaired: ['Its encoding was declared as klingon, and read as UTF-8.'] },
  ])
  const pushed = await health(app, feedId)
  expect(pushed).toMatchObject({ state: 'HEALTHY', nextCheckAt: subscribed.nextCheckAt, push: { state: 'ACTIVE', lastPushAt: expect.any(String) } })

  // From the next check on it is asked for safety alone.
  await refreshFeed(app, feedId)
  const { lastCheckedAt, nextCheckAt } = await feed()
  expect(nextCheckAt!.getTime() - lastCheckedAt!.getTime()).toBeGreaterThan(6 * 3_600_000 * 0.89)
})

/** Looks again and again until nobody works on a feed, and it is due as it should be. */
async function settled(feed: () => Promise<{ claimId: string | null; nextCheckAt: Date | null }>, due: (inMs: number) => boolean = (inMs) => inMs > 600_000) {
  for (const end = Date.now() + 15_000; Date.now() < end;) {
    const { claimId, nextCheckAt } = await feed()
    if (claimId === null && due(nextCheckAt!.getTime() - Date.now())) return
  }
  throw new Error('it never settled')
}

describe('what is sent', () => {
  it('counts with the signature of the hub alone, by any of its methods; anything else is ignored', async () => {
    const { app, form, passes, feed } = await useSubscribed()
    const body = rss([story(2)])
    const right = sign(form, body, 'sha256')
    const wrong = [
      null,
      '',
      'sha256=',
      'sha256=00',
      right.replace('sha256', 'sha1'),
      right.replace('sha256', 'md5'),
      right.slice(0, -1),
      right + '0',
      right.slice('sha256='.length),
      sign({ 'hub.secret': 'another' }, body, 'sha256'),
      sign(form, `${body} `, 'sha256'),
    ]
    for (const signature of wrong) expect((await sendTo(app, form, body, signature)).status, String(signature)).toBe(202)
    expect((await health(app, (await passes())[0]!.feedId)).push.lastPushAt).toBeNull()
    let n = 10
    for (const method of ['sha1', 'sha256', 'sha384', 'sha512']) {
      const sent = rss([story(n++)])
      expect((await sendTo(app, form, sent, sign(form, sent, method))).status).toBe(202)
    }
    await settled(feed)
    const { articles } = await app.gql('{ articles(first: 20) { nodes { title } } }')
    expect(articles.nodes.map(({ title }: { title: string }) => title).toSorted()).toEqual(['Story 1', 'Story 10', 'Story 11', 'Story 12', 'Story 13'])
  })

  it.each([
    ['nothing (a mere ping)', ''],
    ['what is no feed', '<html><body>Moved</body></html>'],
  ])('%s: the feed is due now instead', async (_name, body) => {
    const { app, form, feed, feedId, passes } = await useSubscribed()
    await app.services.database.prisma.feed.update({ where: { id: feedId }, data: { lastCheckedAt: new Date(0) } })
    expect((await sendTo(app, form, body)).status).toBe(202)
    await settled(feed, (inMs) => inMs <= 0)
    expect(await feed()).toMatchObject({ claimId: null, consecutiveFailures: 0 })
    expect(await passes()).toHaveLength(1)
  })

  it('is known to be due until it is stored, in order, which waits for whoever works on the feed', async () => {
    const { app, form, feed, feedId } = await useSubscribed()
    const { prisma } = app.services.database
    const before = (await feed()).nextCheckAt!
    const other = await claimOne(prisma, feedId, new Date())
    for (const edit of [1, 2, 3, 4, 5, 6, 7, 8]) expect((await sendTo(app, form, rss([{ ...story(2), title: `Edit ${edit}` }]))).status).toBe(202)
    const marked = (await feed()).nextCheckAt!
    expect(marked.getTime()).toBeLessThan(Date.now() + 300_001)
    await releaseClaim(prisma, other!.claimId)
    await settled(feed)
    expect((await feed()).nextCheckAt).toEqual(before)
    expect((await app.gql('{ articles { nodes { title } } }')).articles.nodes).toEqual([{ title: 'Edit 8' }, { title: 'Story 1' }])
  })

  it('is dropped where there is more than can wait, and the feed is due now instead', async () => {
    const { app, form, feed, feedId } = await useSubscribed()
    const { prisma } = app.services.database
    await prisma.feed.update({ where: { id: feedId }, data: { lastCheckedAt: new Date(0) } })
    const stopping = new AbortController()
    const deliveries = createDeliveries({ prisma, ...app.services, clock: () => new Date() }, { signal: stopping.signal, limits: { count: 2, bytes: 1000 } })
    const claimed = await claimOne(prisma, feedId, new Date())
    const accept = (bytes: number) => deliveries.accept({ feedId, body: new Uint8Array(bytes), contentType: null })
    await accept(600)
    await accept(400)
    expect((await feed()).nextCheckAt!.getTime()).toBeGreaterThan(Date.now())
    await accept(1)
    expect((await feed()).nextCheckAt!.getTime()).toBeLessThanOrEqual(Date.now())
    stopping.abort()
    await deliveries.close()
    // What a hub sends all the time does not have the feed's server asked all the time.
    await releaseClaim(prisma, claimed!.claimId)
    await refreshFeed(app, feedId)
    expect((await sendTo(app, form, '')).status).toBe(202)
    await settled(feed, (inMs) => inMs < 60_001)
    expect((await feed()).nextCheckAt!.getTime()).toBe((await feed()).lastCheckedAt!.getTime() + 60_000)
  })

  it('waits for a server that stops, and is fetched by the next one', async () => {
    const { app, form, feed, feedId } = await useSubscribed()
    await claimOne(app.services.database.prisma, feedId, new Date())
    expect((await sendTo(app, form, rss([story(2)]))).status).toBe(202)
    await app.services.feeds.close()
    expect((await feed()).nextCheckAt!.getTime()).toBeLessThan(Date.now() + 300_001)
  })
})

describe('a callback', () => {
  it('says no to what was not asked', async () => {
    const { app, hub, look, feed } = await useFeed()
    const { token } = (await app.services.database.prisma.feedPush.findFirst())!
    const early = { 'hub.mode': 'subscribe', 'hub.topic': topic, 'hub.callback': `${publicUrl}/websub/${token}` }
    expect((await askBack(app, early)).status, 'before it was asked').toBe(404)
    await look()
    const [form] = hub.requests as [Record<string, string>]
    const unknown = { ...form, 'hub.callback': `${publicUrl}/websub/00000000-0000-4000-8000-000000000000` }
    for (const [name, asked, changes] of [
      ['another topic', form, { 'hub.topic': `${topic}?` }],
      ['no topic', form, { 'hub.topic': '' }],
      ['no challenge', form, { 'hub.challenge': '' }],
      ['to stop', form, { 'hub.mode': 'unsubscribe' }],
      ['something else', form, { 'hub.mode': 'publish' }],
      ['a topic that no column holds', form, { 'hub.topic': '\0\ud800' }],
      ['a token that nobody has', unknown, {}],
      ['a token that is none', { ...form, 'hub.callback': `${publicUrl}/websub/x%00` }, {}],
      ['a denial of another topic', form, { 'hub.mode': 'denied', 'hub.topic': 'x' }],
    ] as [string, Record<string, string>, Record<string, string>][])
      expect((await askBack(app, asked, changes)).status, name).toBe(404)
    expect((await sendTo(app, unknown, rss([]))).status).toBe(404)
    expect((await request(new URL(`/websub/${token}`, app.url).href, { method: 'PUT' })).status).toBe(405)
    expect((await feed()).claimId).toBeNull()
    // An answer can get lost, and be asked for again.
    for (let n = 0; n < 2; n++) expect((await askBack(app, form)).status).toBe(200)
  })

  it('is all that is reached under the public name, and is not there without one', async () => {
    const { app } = await useFeed()
    expect((await request(app.url, { target: '/graphql?query={streamCursor}', headers: { host: 'news.example' } })).status).toBe(403)
    expect((await request(app.url, { target: '/health', headers: { host: 'news.example' } })).status).toBe(403)
    const { PUBLIC_URL: _, ...settings } = env
    const silent = await useFeed({ settings })
    expect(await silent.row()).toBeNull()
    expect((await health(silent.app, silent.feedId)).push).toBeNull()
    const path = '/websub/00000000-0000-4000-8000-000000000000'
    expect((await request(silent.app.url, { target: path })).status).toBe(404)
    expect((await request(silent.app.url, { target: path, headers: { host: 'news.example' } })).status).toBe(403)
    expect(silent.hub.requests).toEqual([])
  })

  it('takes a denial, before or after a yes: the feed is polled again', async () => {
    const { app, form, feed, feedId } = await useSubscribed()
    await app.services.database.prisma.feed.update({ where: { id: feedId }, data: { lastCheckedAt: new Date(0) } })
    expect(await askBack(app, form, { 'hub.mode': 'denied', 'hub.reason': 'not paid\0for' })).toMatchObject({ status: 200, text: '' })
    expect((await health(app, feedId)).push).toMatchObject({ state: 'FAILED', leaseUntil: null, lastError: 'The hub denied it: not paidfor' })
    expect((await feed()).nextCheckAt!.getTime()).toBeLessThanOrEqual(Date.now())
  })
})

describe('a hub is left', () => {
  it('for another one that the feed names, and for none', async () => {
    const { app, site, hub, name, form, feedId, row, look } = await useSubscribed()
    const other = await startHub()
    onTestFinished(() => other.close())
    const read = async (url: string | null, n: number) => {
      name(url)
      site.serve('/', { body: rss([story(n)]), headers: url === null ? {} : { link: `<${url}>; rel="hub", <${topic}>; rel="self"` } })
      await refreshFeed(app, feedId)
      await look()
    }
    await read(other.url, 2)
    expect(other.requests).toMatchObject([{ 'hub.mode': 'subscribe', 'hub.topic': topic }])
    expect(other.requests[0]!['hub.callback']).not.toBe(form['hub.callback'])
    expect(other.requests[0]!['hub.secret']).not.toBe(form['hub.secret'])
    expect(hub.requests.slice(1)).toEqual([{ 'hub.mode': 'unsubscribe', 'hub.topic': topic, 'hub.callback': form['hub.callback'] }])
    expect((await askBack(app, form)).status).toBe(404)
    expect(await askBack(app, form, { 'hub.mode': 'unsubscribe' })).toMatchObject({ status: 200, text: '<b>challenge</b>' })
    expect((await sendTo(app, form, rss([story(9)]))).status).toBe(404)

    await read(null, 3)
    expect(await row()).toBeNull()
    expect(other.requests[1]).toMatchObject({ 'hub.mode': 'unsubscribe' })
  })

  it.each([
    ['disabled', 'mutation ($id: ID!) { updateFeed(input: { id: $id, enabled: false }) { feed { id } } }', 410],
    ['removed', 'mutation ($id: ID!) { removeFeed(id: $id) { id } }', 404],
  ])('by a feed that is %s', async (_name, mutation, status) => {
    const { app, hub, form, feedId, row, look } = await useSubscribed()
    await app.gql(mutation, { id: feedId })
    expect((await sendTo(app, form, rss([]))).status).toBe(status)
    expect((await askBack(app, form)).status).toBe(404)
    await look()
    expect(hub.requests.slice(1)).toMatchObject([{ 'hub.mode': 'unsubscribe', 'hub.callback': form['hub.callback'] }])
    expect(await row()).toBeNull()
    expect((await askBack(app, hub.requests[1]!)).status).toBe(200)
  })

  it('until a feed is enabled again, which is read in full then', async () => {
    const { app, feedId, row, look } = await useSubscribed()
    const enable = (enabled: boolean) =>
      app.gql('mutation ($input: UpdateFeedInput!) { updateFeed(input: $input) { feed { id } } }', { input: { id: feedId, enabled } })
    await enable(false)
    await look()
    await enable(true)
    expect(await row()).toBeNull()
    await refreshFeed(app, feedId)
    expect(await row()).toMatchObject({ topic, leaseUntil: null })
  })

  it('and none is asked for a feed that is disabled', async () => {
    const { app, feedId, name, hub, look, row } = await useFeed()
    name(null)
    await app.services.database.prisma.feed.update({ where: { id: feedId }, data: { enabled: false } })
    await look()
    name(hub.url)
    await refreshFeed(app, feedId)
    expect(await row()).toBeNull()
  })
})

it('shows neither secret nor token', async () => {
  const { app, form } = await useSubscribed()
  const { __schema } = await app.gql('{ __schema { types { name fields { name } } } }')
  const fields = __schema.types.find(({ name }: { name: string }) => name === 'FeedPush').fields.map(({ name }: { name: string }) => name)
  expect(fields.toSorted()).toEqual(['hub', 'lastError', 'lastPushAt', 'leaseUntil', 'state'])
  expect(form['hub.secret']).toBeDefined()
})

it('costs a list of feeds one statement', async () => {
  const { app, site } = await useFeed()
  await addFeed(app, `${site.url}/second`)
  const statements = await app.statements(() => app.gql('{ feeds { nodes { health { push { state hub } } } } }'))
  expect(statements.filter((statement) => statement.includes('feed_push'))).toHaveLength(1)
})
