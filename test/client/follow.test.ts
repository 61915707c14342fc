import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { follow, FollowError, type FollowOptions } from '../../src/client/follow.ts'
import { addCategory, draft, ingest, startApp, useApp } from '../helpers/app.ts'
import { createDatabase } from '../helpers/database.ts'
import { until } from '../helpers/until.ts'
import { start } from './follower.ts'

/** Stands between a follower and a server, and can break what lies between them without a word to either. */
async function startWire(target: string) {
  const { port, hostname } = new URL(target)
  const sockets = new Set<Socket>()
  let broken = false
  let accepted = 0
  const server = createServer((near) => {
    if (broken) return void near.destroy()
    accepted += 1
    const far = connect(Number(port), hostname)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => (sockets.delete(one), other.destroy()))
      one.pipe(other)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    broken = true
    for (const socket of sockets) socket.destroy()
  }
  onTestFinished(async () => {
    cut()
    server.close()
    await once(server, 'close')
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    cut,
    mend: () => void (broken = false),
    open: () => sockets.size,
    accepted: () => accepted,
  }
}

const titles = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `Title ${from + i}`)
const drafts = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => draft(from + i))

test('a server that stops and starts again costs nothing: each article comes once, in order', async () => {
  const database = await createDatabase()
  onTestFinished(() => database.drop())
  const before = await startApp({ database })
  await addCategory(before)
  const { read, told, states } = start({ url: before.url })
  const first = read(3)
  await told('connected')
  await ingest(before, drafts(1, 3))
  expect(await first).toEqual(titles(1, 3))

  const next = read(4)
  await ingest(before, drafts(4, 4))
  await before.close()
  await told('waiting')
  const after = await startApp({ database, env: { PORT: new URL(before.url).port } })
  onTestFinished(() => after.close())
  await ingest(after, drafts(5, 6))
  await told('connected', 2)
  await ingest(after, drafts(7, 7))
  expect(await next).toEqual(titles(4, 7))
  for (const state of states) if (state.state === 'waiting') expect(state.retryInMs).toBeLessThanOrEqual(15_000)
})

test('without a cursor of its own, it misses nothing when the first connection is lost before the first article', async () => {
  const app = await useApp()
  await addCategory(app)
  await ingest(app, drafts(1, 1))
  const wire = await startWire(app.url)
  const { read, told } = start({ url: wire.url })
  const all = read(2)
  await told('connected')
  wire.cut()
  await ingest(app, drafts(2, 2))
  wire.mend()
  await told('connected', 2)
  await ingest(app, drafts(3, 3))
  expect(await all).toEqual(titles(2, 3))
})

test('a connection that breaks again and again, while articles come, loses and repeats none', async () => {
  const app = await useApp()
  await addCategory(app)
  const wire = await startWire(app.url)
  const { streamCursor } = await app.gql('{ streamCursor }')
  const { read } = start({ url: wire.url, after: streamCursor })
  const received: string[] = []
  for (let n = 1; n <= 16; n += 3) {
    await ingest(app, drafts(n, n + 2))
    received.push(...(await read(2)))
    wire.cut()
    wire.mend()
  }
  received.push(...(await read(18 - received.length)))
  expect(received).toEqual(titles(1, 18))
  expect(wire.accepted()).toBeGreaterThan(1)
})

test('goes on after a cursor, filters, and selects', async () => {
  const app = await useApp()
  await addCategory(app)
  await addCategory(app, 'science')
  const [stored] = await ingest(app, [draft(1), draft(2), draft(3, { categoryId: 'science' }), draft(4)])
  const articles = follow<{ title: string }>({
    url: app.url,
    webSocketImpl: WebSocket,
    after: stored!.cursor!,
    filter: { categoryIds: ['science'] },
    selection: 'title',
  })
  const { value } = await articles.next()
  expect(value).toEqual({ cursor: expect.any(String), since: expect.stringMatching(/Z$/), article: { title: 'Title 3' } })
  await articles.return?.()
})

test('a reader that falls behind is served from the log: bounded memory, nothing missed', async () => {
  const app = await useApp()
  await addCategory(app)
  const { streamCursor } = await app.gql('{ streamCursor }')
  for (let n = 1; n <= 1_201; n += 400) await ingest(app, drafts(n, n + 399))
  const wire = await startWire(app.url)
  const { read } = start({ url: wire.url, after: streamCursor })
  expect(await read(1)).toEqual(titles(1, 1))
  await until(() => wire.open() === 0) // 1,000 lie unread, and it has let go
  expect(await read(1_599)).toEqual(titles(2, 1_600))
  expect(wire.accepted()).toBe(2)
})

test.each([
  ['a cursor that is none', { after: 'nonsense' }, 'CURSOR_INVALID', 'after'],
  ['a filter of the wrong shape', { filter: { nothing: 1 } }, 'BAD_USER_INPUT', 'filter'],
  ['a field that is not there', { selection: 'nothing' }, expect.stringMatching(/^(BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED)$/), undefined],
  ['an address where no API is', { path: '/nothing' }, 'HTTP_404', undefined],
])('%s is final', async (_what, { path, ...options }: { path?: string } & Partial<FollowOptions>, code, field) => {
  const app = await useApp()
  const { articles, states } = start({ url: path ? new URL(path, app.url).href : app.url, ...options })
  const error = await articles.next().then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(FollowError)
  expect(error).toMatchObject({ code, field })
  expect(states.filter(({ state }) => state === 'waiting')).toEqual([])
})

test('ends while it waits: for an article, for a server, and before it began', async () => {
  const app = await useApp()
  const ending = new AbortController()
  const waiting = start({ url: app.url, signal: ending.signal })
  const next = waiting.articles.next()
  await waiting.told('connected')
  ending.abort()
  expect(await next).toEqual({ done: true, value: undefined })

  const returned = start({ url: app.url })
  const pending = returned.articles.next()
  await returned.told('connected')
  await returned.articles.return?.()
  expect((await pending).done).toBe(true)

  const wire = await startWire(app.url)
  wire.cut()
  const lost = start({ url: wire.url })
  const never = lost.articles.next()
  await lost.told('waiting')
  await lost.articles.return?.()
  expect((await never).done).toBe(true)

  expect((await follow({ url: app.url, webSocketImpl: WebSocket, signal: AbortSignal.abort() }).next()).done).toBe(true)
})

test('ends while a server keeps it waiting for the handshake', async () => {
  const mute = createServer()
  mute.listen(0, '127.0.0.1')
  await once(mute, 'listening')
  const accepted = once(mute, 'connection') as Promise<[Socket]>
  const { articles } = start({ url: `http://127.0.0.1:${(mute.address() as AddressInfo).port}` })
  const next = articles.next()
  const [socket] = await accepted
  const closed = once(socket.resume(), 'close')
  await articles.return?.()
  expect((await next).done).toBe(true)
  await closed
  mute.close()
})

test('asks for a WebSocket where there is none', () => {
  vi.stubGlobal('WebSocket', undefined)
  onTestFinished(() => void vi.unstubAllGlobals())
  expect(() => follow({ url: 'http://127.0.0.1' })).toThrow('webSocketImpl')
})
