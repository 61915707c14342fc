// How often, and where, feeds are asked.
import type { ServerResponse } from 'node:http'
import { expect, it, onTestFinished } from 'vitest'
import { claimDue } from '../../src/feeds/claim.ts'
import { createHosts, HostBusy } from '../../src/feeds/hosts.ts'
import { addCategory, addFeed, refreshFeed, useApp } from '../helpers/app.ts'
import { createDatabase } from '../helpers/database.ts'
import { rss, startFeedServer } from '../helpers/feed-server.ts'
import { until } from '../helpers/until.ts'

const env = { ALLOW_PRIVATE_NETWORKS: 'true' }
async function useSite() {
  const site = await startFeedServer()
  onTestFinished(() => site.close())
  return site
}
const never = new AbortController().signal

it('a host is entered by one at a time, in turn, by a bounded number', async () => {
  const hosts = createHosts(0)
  const leave = await hosts.enter('http://a', never)
  ;(await hosts.enter('http://b', never))()
  const stop = new AbortController()
  const entered: number[] = []
  const given = hosts.enter('http://a', stop.signal)
  const rest = Array.from({ length: 9 }, async (_, n) => {
    const end = await hosts.enter('http://a', never)
    entered.push(n)
    if (n === 0) expect(hosts.busy()).toEqual(['http://a'])
    end()
  })
  await expect(hosts.enter('http://a', never)).rejects.toBeInstanceOf(HostBusy)
  stop.abort(new Error('stopping'))
  await expect(given).rejects.toThrow('stopping')
  expect(entered).toEqual([])
  leave()
  await Promise.all(rest)
  expect(entered).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
  expect(hosts.busy()).toEqual([])
})

it('a host that stalls holds one hand, and the feeds of others are fetched', async () => {
  const [slow, ...others] = await Promise.all(Array.from({ length: 6 }, useSite))
  const app = await useApp({ env: { ...env, FEED_CONCURRENCY: '2' } })
  await addCategory(app)
  const held: ServerResponse[] = []
  for (let n = 0; n < 20; n++) {
    slow!.serve(`/${n}`, { answer: (res) => void held.push(res) })
    await addFeed(app, `${slow!.url}/${n}`)
  }
  for (const other of others) {
    other.serve('/', { body: rss([]) })
    await addFeed(app, `${other.url}/`)
  }
  app.services.feeds.startPolling()
  await until(() => others.every(({ requests }) => requests.length === 1))
  expect(held).toHaveLength(1)
})

it.each([
  ['/limited', { status: 429, headers: { 'retry-after': '36000' } }, 600],
  ['/down', { status: 503, headers: { 'retry-after': '36000' } }, 600],
  ['/error', { status: 500, headers: { 'retry-after': '36000' } }, 27],
  ['/fresh', { body: rss([]), headers: { 'cache-control': 'max-age=36000' } }, 600],
  ['/plain', { body: rss([]), headers: { 'retry-after': '36000' } }, 27],
])('what a server wants is kept: %s', async (path, served, least) => {
  const site = await useSite()
  const app = await useApp({ env })
  await addCategory(app)
  site.serve(path, served)
  const id = await addFeed(app, `${site.url}${path}`)
  await refreshFeed(app, id)
  const { lastCheckedAt, nextCheckAt } = (await app.services.database.prisma.feed.findUnique({ where: { id } }))!
  const wait = (nextCheckAt!.getTime() - lastCheckedAt!.getTime()) / 60_000
  expect(wait).toBeGreaterThanOrEqual(least)
  expect(wait).toBeLessThanOrEqual(least === 27 ? 33.01 : 660.01)
})

it('a permanent move is adopted once three passes in a row were led there, without the headers of another origin', async () => {
  const [site, other] = [await useSite(), await useSite()]
  const app = await useApp({ env })
  await addCategory(app)
  other.serve('/new', { body: rss([]) })
  const lead = (status: number) => site.serve('/old', { status, headers: { location: `${other.url}/new` } })
  const id = await addFeed(app, `${site.url}/old`, { headers: [{ name: 'x-key', value: 'k' }] })
  const feed = async () => (await app.services.database.prisma.feed.findUnique({ where: { id } }))!
  for (const status of [301, 308, 302, 301, 301]) {
    lead(status)
    await refreshFeed(app, id)
    expect((await feed()).url).toBe(`${site.url}/old`)
  }
  await refreshFeed(app, id)
  expect(await feed()).toMatchObject({ url: `${other.url}/new`, headers: [] })
  const [told] = await app.services.database.prisma.feedFetch.findMany({ where: { feedId: id }, orderBy: { id: 'desc' }, take: 1 })
  expect(told!.repaired).toEqual([`It has moved for good: its address is ${other.url}/new now.`])
  // The address of another feed is left to that one.
  lead(301)
  const second = await addFeed(app, `${site.url}/old`)
  for (let n = 0; n < 3; n++) expect((await refreshFeed(app, second)).fetch).toMatchObject({ error: null })
  const kept = await app.services.database.prisma.feed.findUnique({ where: { id: second }, include: { fetches: { orderBy: { id: 'desc' }, take: 1 } } })
  expect(kept).toMatchObject({ url: `${site.url}/old`, fetches: [{ repaired: [expect.stringContaining('another feed')] }] })
})

it('a feed that is gone is tried again once it is enabled', async () => {
  const site = await useSite()
  const app = await useApp({ env })
  await addCategory(app)
  site.serve('/', { status: 410 })
  const id = await addFeed(app, `${site.url}/`)
  await refreshFeed(app, id)
  const query = 'mutation ($id: ID!) { updateFeed(input: { id: $id, enabled: true }) { feed { health { state nextCheckAt } } } }'
  expect((await app.gql(query, { id })).updateFeed.feed.health).toEqual({ state: 'FAILING', nextCheckAt: expect.any(String) })
})

it('a look costs one statement; a claim that ran out is free again, and of each host one feed is taken', async () => {
  const app = await useApp({ env })
  await addCategory(app)
  for (const url of ['https://a.example/1', 'https://a.example/2', 'https://b.example/1', 'https://c.example/1']) await addFeed(app, url)
  const { prisma } = app.services.database
  const now = new Date()
  const take = async (at: Date) => (await claimDue(prisma, 10, ['https://c.example'], at)).map(({ url }) => url).toSorted()
  const statements = await app.statements(async () => expect(await take(now)).toEqual(['https://a.example/1', 'https://b.example/1']))
  expect(statements).toHaveLength(1)
  expect(await take(now)).toEqual(['https://a.example/2'])
  expect(await take(now)).toEqual([])
  expect(await take(new Date(now.getTime() + 301_000))).toEqual(['https://a.example/1', 'https://b.example/1'])
})

it('two servers share the feeds of a database, and fetch each once', async () => {
  const database = await createDatabase()
  onTestFinished(() => database.drop())
  if (database.embedded) return // one server at a time
  const sites = await Promise.all(Array.from({ length: 10 }, useSite))
  const [one, two] = [await useApp({ env, database }), await useApp({ env, database })]
  await addCategory(one)
  for (const site of sites) {
    site.serve('/', { body: rss([]) })
    await addFeed(one, `${site.url}/`)
  }
  one.services.feeds.startPolling()
  two.services.feeds.startPolling()
  await until(() => sites.every(({ requests }) => requests.length > 0))
  expect(sites.map(({ requests }) => requests.length)).toEqual(sites.map(() => 1))
})
