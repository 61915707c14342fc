// When hubs are asked, by a clock of the test's own.
import { pino } from 'pino'
import { expect, it, onTestFinished } from 'vitest'
import { createFetcher } from '../../src/feeds/fetch.ts'
import { createPush, type Push } from '../../src/feeds/push.ts'
import { claimRequests, noteHub } from '../../src/feeds/push-rows.ts'
import { addCategory, addFeed, startApp, useApp, type App } from '../helpers/app.ts'
import { createDatabase } from '../helpers/database.ts'
import { publicUrl, startHub, type HubServer } from '../helpers/hub-server.ts'

const start = new Date('2026-01-01T00:00:00Z')
const topic = 'https://example.com/feed.xml'
const minutes = (date: Date) => (date.getTime() - start.getTime()) / 60_000

/** Works on an app's database as a server does, with a clock that the test sets. */
function usePush(app: App, { allowPrivateNetworks = true } = {}) {
  const stopping = new AbortController()
  const fetcher = createFetcher({ allowPrivateNetworks, hostSpacingMs: 0 })
  let now = start
  const push = createPush(
    { prisma: app.services.database.prisma, wake: app.services.wake, logger: pino({ level: 'silent' }), clock: () => now, fetcher },
    { publicUrl, signal: stopping.signal },
  )
  const close = async () => {
    stopping.abort()
    await push.close()
    await fetcher.close()
  }
  onTestFinished(close)
  return {
    push,
    close,
    lookAt: async (minute: number) => {
      now = new Date(start.getTime() + minute * 60_000)
      await push.look()
    },
  }
}

async function useFeed(hubs: { url: string }[] = []) {
  const hub = await startHub()
  onTestFinished(() => hub.close())
  const app = await useApp()
  await addCategory(app)
  const ids: string[] = []
  for (const { url } of hubs.length > 0 ? hubs : [hub]) {
    const id = await addFeed(app, `https://example.com/${ids.length}`)
    await noteHub(app.services.database.prisma, id, { hub: url, topic }, start)
    ids.push(id)
  }
  const row = () => app.services.database.prisma.feedPush.findUniqueOrThrow({ where: { feedId: ids[0]! } })
  return { app, hub, row }
}

const verify = (push: Push, { requests }: HubServer, seconds: string) =>
  push.verify(
    requests.at(-1)!['hub.callback']!.split('/').at(-1)!,
    new URLSearchParams({ 'hub.mode': 'subscribe', 'hub.topic': topic, 'hub.challenge': 'c', 'hub.lease_seconds': seconds }),
  )

it.each([
  ['60000', 1000, 800],
  ['as long as you like', 14_400, 11_520],
  ['', 14_400, 11_520],
  ['-5', 14_400, 11_520],
  ['1', 1, 5],
  ['1e300', 43_200, 34_560],
])('renews a lease of %s s before it ends, with the same callback and secret', async (seconds, leaseMinutes, renewedAt) => {
  const { app, hub, row } = await useFeed()
  const { push, lookAt } = usePush(app)
  await lookAt(0)
  expect(await verify(push, hub, seconds)).toBe('c')
  expect(minutes((await row()).leaseUntil!)).toBe(leaseMinutes)
  await lookAt(renewedAt - 0.01)
  expect(hub.requests).toHaveLength(1)
  await lookAt(renewedAt + 0.01)
  expect(hub.requests).toEqual([hub.requests[0], hub.requests[0]])
  if (leaseMinutes > renewedAt) expect((await row()).leaseUntil!.getTime()).toBeGreaterThan(start.getTime() + renewedAt * 60_000)
  expect(await verify(push, hub, seconds)).toBe('c')
  expect(await row()).toMatchObject({ failures: 0, lastError: null })
})

it.each([
  ['that fails', 500, 'The server has a problem (500).'],
  ['that has no such thing', 404, 'There is nothing at this address (404).'],
  ['that never asks back', 202, 'The hub took the request, and has not asked back.'],
])('asks a hub %s again, after minutes and then twice as long each time, up to a day', async (_name, status, error) => {
  const { app, hub, row } = await useFeed()
  const { lookAt } = usePush(app)
  hub.answer(status)
  let at = 0
  for (const wait of [5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440]) {
    await lookAt(at)
    const next = minutes((await row()).nextRequestAt)
    expect(next - at).toBeGreaterThanOrEqual(wait * 0.9 - 0.001)
    expect(next - at).toBeLessThanOrEqual(wait * 1.1 + 0.001)
    await lookAt(next - 0.01)
    at = next
  }
  expect(hub.requests).toHaveLength(11)
  expect(await row()).toMatchObject({ failures: 11, lastError: error, leaseUntil: null })
})

it('leaves a hub alone for as long as it wants', async () => {
  const { app, hub, row } = await useFeed()
  const { lookAt } = usePush(app)
  hub.answer(503, { 'retry-after': '7200' })
  await lookAt(0)
  expect(minutes((await row()).nextRequestAt)).toBe(120)
})

it('never asks a hub on a private address', async () => {
  const { app, hub, row } = await useFeed()
  const { lookAt } = usePush(app, { allowPrivateNetworks: false })
  await lookAt(0)
  expect(hub.requests).toEqual([])
  expect((await row()).lastError).toContain('not on the public internet')
})

it('goes on with what a server left behind that died while it asked', async () => {
  const { app, hub, row } = await useFeed()
  const { push, lookAt } = usePush(app)
  expect(await claimRequests(app.services.database.prisma, 10, [], start)).toHaveLength(1)
  await lookAt(1)
  expect(hub.requests).toEqual([])
  await lookAt(minutes((await row()).nextRequestAt))
  expect(hub.requests).toHaveLength(1)
  expect(await verify(push, hub, '60000')).toBe('c')
  // And another server knows of it.
  const next = usePush(app)
  await next.lookAt(810)
  expect(hub.requests).toHaveLength(2)
})

it('keeps a request that a server breaks off when it stops', async () => {
  const { app, row } = await useFeed()
  const { push, close } = usePush(app)
  await Promise.all([push.look(), close()])
  expect(await row()).toMatchObject({ failures: 0, lastError: null, nextRequestAt: start })
})

it('asks hubs beside each other, each one after the other', async () => {
  const hubs = await Promise.all(Array.from({ length: 3 }, startHub))
  onTestFinished(() => Promise.all(hubs.map((hub) => hub.close())).then(() => undefined))
  const { app } = await useFeed(hubs.flatMap((hub) => [hub, hub, hub]))
  const { lookAt } = usePush(app)
  for (const asked of [1, 2, 3, 3]) {
    await lookAt(0)
    expect(hubs.map(({ requests }) => requests.length)).toEqual([asked, asked, asked])
  }
})

it('two servers on one database make each request once', async () => {
  const database = await createDatabase()
  onTestFinished(() => database.drop())
  if (database.embedded) return // one server at a time
  const hubs = await Promise.all(Array.from({ length: 8 }, startHub))
  onTestFinished(() => Promise.all(hubs.map((hub) => hub.close())).then(() => undefined))
  const app = await startApp({ database })
  onTestFinished(() => app.close())
  await addCategory(app)
  for (const { url } of hubs) await noteHub(app.services.database.prisma, await addFeed(app, `https://example.com/${url}`), { hub: url, topic }, start)
  const { prisma } = app.services.database
  await prisma
    .$transaction(async (tx) => {
      expect(await claimRequests(tx as typeof prisma, 8, [], start)).toHaveLength(8)
      expect(await claimRequests(prisma, 8, [], start)).toEqual([]) // and does not wait for it
      throw new Error('it died')
    })
    .catch((error: Error) => expect(error.message).toBe('it died'))
  const servers = [usePush(app), usePush(app)]
  for (let n = 0; n < 3; n++) await Promise.all(servers.map(({ lookAt }) => lookAt(0)))
  expect(hubs.map(({ requests }) => requests.length)).toEqual(hubs.map(() => 1))
})
