// Who waits for a host: the spacing of its requests, how many may wait, and what becomes of a feed that may not.
import type { ServerResponse } from 'node:http'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createHosts, HostBusy } from '../../src/feeds/hosts.ts'
import { addCategory, addFeed, useApp } from '../helpers/app.ts'
import { rss, startFeedServer } from '../helpers/feed-server.ts'
import { until } from '../helpers/until.ts'

const never = new AbortController().signal
const env = { ALLOW_PRIVATE_NETWORKS: 'true' }
async function useSite() {
  const site = await startFeedServer()
  onTestFinished(() => site.close())
  return site
}

/** A host that takes requests and does not answer them. */
async function useStalled() {
  const site = await useSite()
  const held: ServerResponse[] = []
  return {
    ...site,
    held,
    stall: (path: string) => site.serve(path, { answer: (res) => void held.push(res) }),
  }
}

it('leaves a host alone for the spacing after each request, and counts it as busy so long', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const hosts = createHosts(1_000)
  const events: string[] = []
  const first = await hosts.enter('http://a:1', never)
  const second = hosts.enter('http://a:1', never).then((leave) => {
    events.push('second')
    return leave
  })
  first()
  first() // a turn is given back once
  await vi.advanceTimersByTimeAsync(999)
  events.push('999 ms')
  // Another port is another host.
  ;(await hosts.enter('http://a:2', never))()
  events.push('other port')
  await vi.advanceTimersByTimeAsync(1)
  events.push('1000 ms')
  ;(await second)()
  expect(events).toEqual(['999 ms', 'other port', 'second', '1000 ms'])
  expect(hosts.busy()).toEqual(['http://a:1', 'http://a:2'])
  await vi.advanceTimersByTimeAsync(999)
  expect(hosts.busy()).toEqual(['http://a:1'])
  await vi.advanceTimersByTimeAsync(1)
  expect(hosts.busy()).toEqual([])
})

it('counts who is led to a host apart from who comes to it', async () => {
  const hosts = createHosts(0)
  const leave = await hosts.enter('http://a', never)
  const led = [hosts.enter('http://a', never, true), hosts.enter('http://a', never, true)]
  await expect(hosts.enter('http://a', never, true)).rejects.toBeInstanceOf(HostBusy)
  const come = hosts.enter('http://a', never)
  leave()
  for (const turn of [...led, come]) (await turn)()
  expect(hosts.busy()).toEqual([])
})

it.each([
  ['feeds of one host', 12, () => ({ status: 200 })],
  ['feeds that are led to one host', 4, (to: string) => ({ status: 302, headers: { location: to } })],
])('of many %s the one too many is put off for a minute, and is told nothing about', async (_name, count, served) => {
  const stalled = await useStalled()
  const app = await useApp({ env })
  await addCategory(app)
  const { prisma } = app.services.database
  const ids: string[] = []
  for (let n = 0; n < count; n++) {
    const path = `/${n}`
    stalled.stall(path)
    const answer = served(`${stalled.url}${path}`)
    if (answer.status === 200) ids.push(await addFeed(app, `${stalled.url}${path}`))
    else {
      const site = await useSite()
      site.serve('/', answer)
      ids.push(await addFeed(app, `${site.url}/`))
    }
  }
  const from = Date.now()
  const refresh = 'mutation ($id: ID!) { refreshFeed(id: $id) { fetch { outcome } } }'
  const answers = ids.map(async (id) => ({ id, ...(await app.ask(refresh, { id })) }))
  const refused = await Promise.race(answers)
  expect(refused.errors?.[0]?.extensions.code).toBe('RATE_LIMITED')
  expect(stalled.held).toHaveLength(1)
  const feed = (await prisma.feed.findUnique({ where: { id: refused.id }, include: { fetches: true } }))!
  expect(feed).toMatchObject({ claimId: null, claimedUntil: null, lastCheckedAt: null, consecutiveFailures: 0, fetches: [] })
  expect(feed.nextCheckAt!.getTime() - from).toBeGreaterThanOrEqual(60_000)
  expect(feed.nextCheckAt!.getTime() - Date.now()).toBeLessThanOrEqual(60_000)
  // Each of the others has its turn.
  for (let n = 1; n < count; n++) {
    await until(() => stalled.held.length === n)
    stalled.held[n - 1]!.end(rss([]))
  }
  const outcomes = (await Promise.all(answers)).map(({ data }) => data?.refreshFeed.fetch.outcome)
  expect(outcomes.filter((outcome) => outcome === 'CHANGED')).toHaveLength(count - 1)
})

it('a host that stalls, and that many lead to, leaves hands for the feeds of others', async () => {
  const stalled = await useStalled()
  const sites = await Promise.all(Array.from({ length: 12 }, useSite))
  const leading = sites.slice(0, 8)
  const others = sites.slice(8)
  const app = await useApp({ env: { ...env, FEED_CONCURRENCY: '4' } })
  await addCategory(app)
  for (const [n, site] of leading.entries()) {
    stalled.stall(`/${n}`)
    site.serve('/', { status: 302, headers: { location: `${stalled.url}/${n}` } })
    await addFeed(app, `${site.url}/`)
  }
  for (const site of others) {
    site.serve('/', { body: rss([]) })
    await addFeed(app, `${site.url}/`)
  }
  app.services.feeds.startPolling()
  await until(() => others.every(({ requests }) => requests.length === 1))
  expect(stalled.held).toHaveLength(1)
})
