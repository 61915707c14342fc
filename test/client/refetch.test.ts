import { expect, onTestFinished, test, vi } from 'vitest'
import { addCategory, draft, ingest, useApp, type App } from '../helpers/app.ts'
import { startExpiring } from './expiring.ts'
import { start } from './follower.ts'

const titles = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `Title ${from + i}`)
const drafts = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => draft(from + i))
const sorted = (read: string[]) => read.toSorted((a, b) => Number(a.slice(6)) - Number(b.slice(6)))

/** Makes an article as old as if it had been ingested then. @param secondsAgo before now */
async function age(app: App, title: string, secondsAgo: number): Promise<string> {
  const createdAt = new Date(Date.now() - secondsAgo * 1_000)
  const { prisma } = app.services.database
  expect((await prisma.article.updateMany({ where: { title }, data: { createdAt } })).count).toBe(1)
  return createdAt.toISOString()
}

async function useWorld() {
  const app = await useApp()
  await addCategory(app)
  return app
}

test('a cursor older than the log: what is missing is fetched, oldest first and once, then it goes on live', async () => {
  const app = await useWorld()
  await ingest(app, drafts(0, 0))
  await age(app, 'Title 0', 3_600)
  const wire = await startExpiring(app.url)
  const { read, readAll, of, told } = start({ url: wire.url })
  const first = readAll(2)
  await told('connected')
  const before = await ingest(app, drafts(1, 2))
  await first
  wire.expire(...before.map(({ cursor }) => cursor!))
  wire.cut()
  for (const [from, to] of [
    [3, 100],
    [101, 180],
    [181, 260],
  ] as const)
    await ingest(app, drafts(from, to))
  const fetched = await readAll(258)
  expect(sorted(fetched.map(({ article }) => article.title))).toEqual(titles(3, 260))
  const times = fetched.map(({ article }) => article.createdAt)
  expect(times).toEqual(times.toSorted())
  // Whoever stops in between and comes back with these is brought here again.
  expect(new Set(fetched.map(({ cursor }) => cursor))).toEqual(new Set([before[1]!.cursor]))
  expect(fetched.map(({ since }) => since)).toEqual(times)

  const live = read(1)
  await told('refetched')
  await ingest(app, drafts(261, 261))
  expect(await live).toEqual(['Title 261'])
  expect(of('refetching')).toHaveLength(1)
  expect(of('refetched')).toEqual([{ state: 'refetched', articles: 258, cursor: expect.any(String), since: times.at(-1) }])
  expect(of('refetched')[0]!.cursor).not.toBe(before[1]!.cursor)
  expect(of('missed')).toEqual([])
})

test('comes back with a kept cursor and its time: what was read in the two minutes before it comes again, nothing older, nothing is lost', async () => {
  const app = await useWorld()
  const [, , three] = await ingest(app, drafts(1, 5))
  for (const [n, secondsAgo] of [3_600, 3_080, 3_000, 2_990, 10].entries()) await age(app, `Title ${n + 1}`, secondsAgo)
  const since = await age(app, 'Title 3', 3_000)
  const wire = await startExpiring(app.url)
  wire.expire(three!.cursor!)
  const { read, of } = start({ url: wire.url, after: three!.cursor!, since })
  expect(await read(4)).toEqual(titles(2, 5))
  expect(of('refetching')).toEqual([{ state: 'refetching', since }])
})

test('an article that was committed after one with a later time is not lost', async () => {
  const app = await useWorld()
  const wire = await startExpiring(app.url)
  const { read, told } = start({ url: wire.url })
  const first = read(1)
  await told('connected')
  const [one] = await ingest(app, drafts(1, 1))
  await first
  wire.expire(one!.cursor!)
  wire.cut()
  await ingest(app, drafts(2, 2))
  await age(app, 'Title 2', 90) // its transaction had waited for so long
  await ingest(app, drafts(3, 3))
  expect(await read(2)).toEqual(titles(2, 3))
})

test('an article that is in the page and after its cursor comes once', async () => {
  const app = await useWorld()
  const { streamCursor: old } = await app.gql('{ streamCursor }')
  const [, two] = await ingest(app, drafts(1, 2))
  // As if the other articles had been committed after the cursor was read, and before the page was.
  const wire = await startExpiring(app.url, (payload) => {
    if (payload.data?.streamCursor && payload.data.articles) payload.data.streamCursor = two!.cursor
    return true
  })
  wire.expire(old)
  await ingest(app, drafts(3, 5))
  const { read, told, of } = start({ url: wire.url, after: old, since: '2026-01-01T00:00:00Z' })
  expect(sorted(await read(5))).toEqual(titles(1, 5))
  const live = read(1)
  await told('refetched')
  await ingest(app, drafts(6, 6))
  expect(await live).toEqual(['Title 6'])
  expect(of('refetched')[0]!.cursor).toBe(two!.cursor)
})

test('a connection that is lost in the middle of fetching loses and repeats none', async () => {
  const app = await useWorld()
  const { streamCursor: old } = await app.gql('{ streamCursor }')
  let pages = 0
  const wire = await startExpiring(app.url, (payload) => !payload.data?.articles || ![2, 6].includes(++pages))
  wire.expire(old)
  await ingest(app, drafts(1, 170))
  const { read, of, told } = start({ url: wire.url, after: old, since: '2026-01-01T00:00:00Z' })
  expect(sorted(await read(170))).toEqual(titles(1, 170))
  const live = read(1)
  await told('refetched')
  await ingest(app, drafts(171, 171))
  expect(await live).toEqual(['Title 171'])
  expect(of('waiting')).toHaveLength(2)
})

test('a reader that takes its time over a page keeps its connection', async () => {
  const app = await useWorld()
  const { streamCursor: old } = await app.gql('{ streamCursor }')
  const wire = await startExpiring(app.url)
  wire.expire(old)
  await ingest(app, drafts(1, 60))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const { read, of } = start({ url: wire.url, after: old, since: '2026-01-01T00:00:00Z' })
  await read(50)
  vi.advanceTimersByTime(5_000)
  await read(10)
  expect(of('waiting')).toEqual([])
})

test('fetches what the filter and the selection ask for, in smaller pages where they are too much for one', async () => {
  const app = await useWorld()
  await addCategory(app, 'science')
  const { streamCursor: old } = await app.gql('{ streamCursor }')
  const wire = await startExpiring(app.url)
  wire.expire(old)
  await ingest(
    app,
    Array.from({ length: 20 }, (_, n) => draft(n + 1, { categoryId: n % 2 ? 'science' : 'world' })),
  )
  const { readAll } = start({
    url: wire.url,
    after: old,
    since: '2026-01-01T00:00:00Z',
    filter: { categoryIds: ['science'] },
    selection: 'title id: url sightings(first: 100) { seenAt url feed { id title siteUrl } } revisions(first: 100) { title content replacedAt }',
  })
  const fetched = await readAll(10)
  expect(sorted(fetched.map(({ article }) => article.title))).toEqual(titles(1, 20).filter((_, n) => n % 2))
  expect(Object.keys(fetched[0]!.article).toSorted()).toEqual(['id', 'revisions', 'sightings', 'title'])
  expect(fetched[0]!.article.id).toMatch(/^https:/)
  expect(wire.queries.filter((query) => query.includes('before')).length).toBeGreaterThan(1)
})

test('a follower that never read an article knows from when on to fetch', async () => {
  const app = await useWorld()
  await ingest(app, drafts(1, 1))
  await age(app, 'Title 1', 3_600)
  const wire = await startExpiring(app.url)
  const { read, of, told } = start({ url: wire.url, filter: { categoryIds: ['world'] } })
  const first = read(1)
  await told('connected')
  const [connected] = of('connected')
  wire.expire(connected!.cursor)
  wire.cut()
  await ingest(app, drafts(2, 2))
  expect(await first).toEqual(['Title 2'])
  expect(of('refetching')).toEqual([{ state: 'refetching', since: connected!.since }])
})
