// What categories no longer keep: which articles go, what their subscribers see, and that nothing of them stays or comes back.
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { startRetention, sweep } from '../../src/articles/retention.ts'
import { storeEntries } from '../../src/articles/store.ts'
import { keepNeighbours } from '../../src/similar/step.ts'
import { summariesStep } from '../../src/summaries/step.ts'
import { addCategory, addFeed, draft, ingest, refreshFeed, startApp, type App } from '../helpers/app.ts'
import { enrichAll } from '../helpers/enrichment.ts'
import { rss, startFeedServer, type FeedServer } from '../helpers/feed-server.ts'
import { fold } from '../helpers/reads.ts'
import { subscribe } from '../helpers/subscriber.ts'

const dayMs = 86_400_000
const start = Date.now()
const day = (n: number) => new Date(start + n * dayMs)

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
// A sweep is for all categories: those of other tests keep what they have.
afterEach(() => rows('UPDATE category SET keep_days = NULL, keep_count = NULL'))

let counter = 0
/** A category of this test's own. */
async function category(retention?: object) {
  const id = `c${++counter}`
  await addCategory(app, id)
  if (retention) await keep(id, retention)
  return id
}
const keep = (id: string, retention: object | null) =>
  app.gql('mutation ($input: UpdateCategoryInput!) { updateCategory(input: $input) { category { id } } }', { input: { id, retention } })

/** Ingests articles on a day; returns their ids. */
async function ingestOn(n: number, categoryId: string, names: (number | string)[]) {
  const { prisma } = app.services.database
  const entries = names.map((name) => ({ ...draft(`${categoryId}/${name}`, { categoryId }), contentFormat: 'TEXT' as const, publishedAt: day(-1000) }))
  const results = await storeEntries({ prisma, wake: app.services.wake }, entries as never, { source: null, clock: () => day(n) })
  return results.map((result) => ('articleId' in result ? result.articleId : ''))
}
const range = (count: number, from = 0) => Array.from({ length: count }, (_, n) => from + n)
const titles = async (id: string) =>
  (
    await app.gql('query ($id: ID!) { category(id: $id) { articles(first: 100, orderBy: CREATED_ASC) { nodes { title } } } }', { id })
  ).category.articles.nodes.map(({ title }: { title: string }) => title.replace(/^.*\//, ''))
const countIn = async (id: string) => (await app.gql('query ($id: ID!) { category(id: $id) { articles { totalCount } } }', { id })).category.articles.totalCount

/** A sweep on a day. */
const sweepOn = (n: number, signal = new AbortController().signal) =>
  sweep({ prisma: app.services.database.prisma, wake: app.services.wake, clock: () => day(n) }, signal)
const rows = async (sql: string, ...values: unknown[]) => (await app.services.database.pool.query(sql, values)).rows

describe('a category keeps', () => {
  it('everything, unless it says otherwise', async () => {
    const all = await category()
    await ingestOn(-30_000, all, ['a'])
    await ingestOn(0, all, ['b'])
    expect(await sweepOn(1)).toBe(0)
    expect(await titles(all)).toEqual(['a', 'b'])
  })

  it('what was ingested in the last days, whenever it was published', async () => {
    const id = await category({ maxAgeDays: 7 })
    await ingestOn(-7.01, id, ['old'])
    await ingestOn(-6.99, id, ['fresh'])
    expect(await sweepOn(0)).toBe(1)
    expect(await titles(id)).toEqual(['fresh'])
    expect(await sweepOn(0.02)).toBe(1)
    expect(await titles(id)).toEqual([])
  })

  it.each([1, 2, 3, 4, 5, 6])('the last %i of six, also of those that came in the same moment', async (maxArticles) => {
    const id = await category({ maxArticles })
    await ingestOn(-3, id, ['a'])
    await ingestOn(-2, id, ['b', 'c', 'd', 'e'])
    await ingestOn(-1, id, ['f'])
    const before = await titles(id)
    expect(await sweepOn(0)).toBe(6 - maxArticles)
    expect(await titles(id)).toEqual(before.slice(6 - maxArticles))
    expect(await sweepOn(0)).toBe(0)
  })

  it.each([
    [{ maxAgeDays: 2, maxArticles: 5 }, ['c', 'd']],
    [{ maxAgeDays: 4, maxArticles: 1 }, ['d']],
    [{ maxAgeDays: 4, maxArticles: 10 }, ['a', 'b', 'c', 'd']],
  ])('what is within both limits: %j', async (retention, left) => {
    const id = await category(retention)
    for (const [n, name] of ['a', 'b', 'c', 'd'].entries()) await ingestOn(-3.5 + n, id, [name])
    await sweepOn(0)
    expect(await titles(id)).toEqual(left)
  })

  it('everything again, once it says so', async () => {
    const id = await category({ maxArticles: 1 })
    await ingestOn(0, id, ['a', 'b'])
    await keep(id, null)
    expect(await sweepOn(1)).toBe(0)
  })
})

it('removes more than a batch, the oldest first, each with its event, at the same cost for each batch', async () => {
  const id = await category()
  const ids: string[] = []
  for (const n of range(5)) ids.push(...(await ingestOn(-10 + n, id, range(49, n * 49))))
  await keep(id, { maxArticles: 20 })
  const { streamCursor } = await app.gql('{ streamCursor }')
  const statements = await app.statements(async () => expect(await sweepOn(0)).toBe(225))
  // The category's lock, what is due, its links; locks on links, feeds, counters, articles; the removal, the events: in each of
  // three batches. Before them the categories and where to cut, after them the tombstones.
  expect(statements).toHaveLength(3 * 9 + 3)

  const changes = subscribe(
    app.url,
    'subscription ($after: String, $id: ID!) { articleChanged(after: $after, filter: { categoryIds: [$id] }) { kind articleId article { id } } }',
    { after: streamCursor, id },
  )
  const events = await changes.first(225)
  expect(events.every(({ kind, article }) => kind === 'REMOVED' && article === null)).toBe(true)
  expect(events.slice(0, 196).map(({ articleId }) => articleId)).toEqual(range(4).flatMap((n) => ids.slice(n * 49, n * 49 + 49).toSorted()))
  await changes.stop()
  expect(await countIn(id)).toBe(20)
})

it('leaves nothing behind but tombstones', async () => {
  const id = await category({ maxArticles: 1 })
  const [articleId] = await ingestOn(-1, id, ['a'])
  await ingestOn(0, id, ['b'])
  await app.gql('mutation ($id: ID!) { recordRead(input: { articleId: $id, idempotencyKey: "left" }) { counted } }', { id: articleId })
  await rows(`INSERT INTO revision (article_id, title, content, replaced_at) VALUES ($1, 'Before', 'Text', now())`, articleId)
  await rows(`INSERT INTO page_task (article_id, due_at) VALUES ($1, now())`, articleId)
  await rows(`UPDATE article SET copy_keys = '{1,2}' WHERE id = $1`, articleId)
  // Every table that names an article, but for the stream, which tells of those that are gone.
  const tables = await rows(
    `SELECT table_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'article_id' AND table_name <> 'stream_event' ORDER BY 1`,
  )
  const left = async () => {
    const counts: Record<string, number> = {}
    for (const { name } of tables) counts[name] = (await rows(`SELECT count(*)::int AS count FROM ${name} WHERE article_id = $1`, articleId))[0].count
    return counts
  }
  await fold(app)
  await enrichAll(app, [keepNeighbours, summariesStep({ asks: true })])
  const before = await left()
  expect(Object.entries(before).flatMap(([name, count]) => (count === 0 ? [name] : []))).toEqual([
    'enrichment_task',
    'frequency_task',
    'statistics_delta',
    'tombstone',
  ])
  expect(await sweepOn(0)).toBe(1)
  await fold(app)
  await enrichAll(app, [keepNeighbours, summariesStep({ asks: true })])
  expect(await left()).toEqual({ ...Object.fromEntries(tables.map(({ name }) => [name, 0])), tombstone: 1 })
})

describe('a tombstone', () => {
  const tombstones = async (articleId: string) => rows('SELECT expires_at FROM tombstone WHERE article_id = $1', articleId)
  const expiry = async (articleId: string) => ((await tombstones(articleId))[0]?.expires_at.getTime() - start) / dayMs

  it('keeps an entry away that its feed still carries, and lasts as long as that', async () => {
    const id = await category({ maxArticles: 1 })
    const items = ['x', 'y'].map((name) => ({ title: name, link: `https://example.com/${id}/${name}`, guid: `${id}/${name}` }))
    const path = `/${id}.xml`
    const serve = (title: string, carried = items) => site.serve(path, { body: rss(carried, title) })
    serve('One')
    const feed = await addFeed(app, `${site.url}${path}`, { categoryId: id })
    await refreshFeed(app, feed)
    expect(await sweepOn(0)).toBe(1)
    const [{ article_id: gone }] = await rows('SELECT article_id FROM tombstone WHERE feed_id = $1', feed)

    serve('Two')
    expect((await refreshFeed(app, feed)).fetch).toMatchObject({ outcome: 'CHANGED', ingested: 0, duplicates: 2, rejected: [] })
    expect(await countIn(id)).toBe(1)
    expect(await expiry(gone)).toBe(90)

    // It has less than 60 days left when the entry is seen again.
    await rows('UPDATE tombstone SET expires_at = $2 WHERE article_id = $1', gone, day(59))
    serve('Three')
    await refreshFeed(app, feed)
    expect(await expiry(gone)).toBeCloseTo(90, 1)

    // Not seen again, since the feed is as it was: the entry may still be there.
    await sweepOn(91)
    expect(await expiry(gone)).toBe(181)
    // Seen to be gone.
    serve('Four', items.slice(0, 0))
    await rows('UPDATE feed SET last_changed_at = $2 WHERE id = $1', feed, day(181 - 58))
    await sweepOn(182)
    expect(await tombstones(gone)).toEqual([])
  })

  it('of an article that no feed carried expires, and only then', async () => {
    const id = await category({ maxArticles: 1 })
    const [gone] = await ingestOn(-1, id, ['a'])
    await ingestOn(0, id, ['b'])
    await sweepOn(0)
    await sweepOn(89)
    const again = draft(`${id}/a`, { categoryId: id })
    expect(await ingest(app, [again])).toMatchObject([{ status: 'REJECTED', error: { code: 'DELETED' } }])
    await sweepOn(91)
    expect(await tombstones(gone!)).toEqual([])
    expect(await ingest(app, [again])).toMatchObject([{ status: 'INGESTED' }])
  })

  it('that deleteArticle left stays', async () => {
    const id = await category()
    const [gone] = await ingestOn(0, id, ['a'])
    await app.gql('mutation ($id: ID!) { deleteArticle(id: $id) { id } }', { id: gone })
    expect(await ingest(app, [draft(`${id}/a`, { categoryId: id })])).toMatchObject([{ status: 'REJECTED' }])
    await sweepOn(30_000)
    expect(await tombstones(gone!)).toEqual([{ expires_at: null }])
  })
})

it('agrees with what is ingested, edited, read, moved and deleted at the same time, and with other sweeps', async () => {
  const id = await category()
  const other = await category()
  const site = await category()
  for (const n of range(6)) await ingestOn(-10 + n, id, range(50, n * 50))
  const { prisma } = app.services.database
  const { id: feed } = await prisma.feed.create({
    data: { url: 'https://example.com/f', urlKey: crypto.randomUUID(), title: 'F', titleGiven: true, categoryId: site },
  })
  await rows(`INSERT INTO sighting (id, article_id, feed_id, url, url_key, seen_at)
    SELECT gen_random_uuid(), article_id, '${feed}', s.url, url_key, now() FROM sighting s JOIN article a ON a.id = article_id WHERE a.category_id = '${id}' ORDER BY random()`)
  await keep(id, { maxArticles: 30 })
  const ids = (await rows('SELECT id FROM article WHERE category_id = $1 ORDER BY created_at, id', id)).map((row) => row.id as string)
  const asks: Promise<{ errors?: { extensions: { code: string } }[] }>[] = []
  const ask = (query: string, variables: object) => asks.push(app.ask(query, variables as Record<string, unknown>))
  const sweeps = [sweepOn(0), sweepOn(0)]
  for (const n of range(20)) {
    const drafts = range(10).map((i) => draft(`${id}/${(n * 37 + i * 31) % 350}`, { categoryId: n % 2 ? id : other, title: `Edit ${n}` }))
    ask('mutation ($articles: [ArticleInput!]!) { ingestArticles(input: { articles: $articles }) { results { status } } }', { articles: drafts })
    ask('mutation ($id: ID!) { recordRead(input: { articleId: $id }) { counted } }', { id: ids[(n * 13) % 300] })
    ask('mutation ($id: ID!) { deleteArticle(id: $id) { id } }', { id: ids[(n * 7) % 300] })
    if (n === 3) ask('mutation ($id: ID!) { removeFeed(id: $id) { id } }', { id: feed })
    await turn()
  }
  await Promise.all(sweeps)
  const answers = await Promise.all(asks)
  expect(answers.flatMap(({ errors }) => errors?.map(({ extensions }) => extensions.code) ?? []).filter((code) => code !== 'NOT_FOUND')).toEqual([])
  await sweepOn(0)
  expect(await countIn(id)).toBeLessThanOrEqual(30)
  // Each article that is gone has told so once, and none that is there has.
  const [told] = await rows(`SELECT count(*)::int AS twice FROM (SELECT article_id FROM stream_event WHERE kind = 'REMOVED' GROUP BY 1 HAVING count(*) > 1) t`)
  expect(told.twice).toBe(0)
  expect(await rows(`SELECT a.id FROM article a JOIN stream_event e ON e.article_id = a.id AND e.kind = 'REMOVED'`)).toEqual([])
})

it('stops between two batches', async () => {
  const id = await category({ maxArticles: 1 })
  for (const n of range(3)) await ingestOn(-10 + n, id, range(50, n * 50))
  const stopping = new AbortController()
  const sweeping = sweep({ prisma: app.services.database.prisma, wake: { hint: () => stopping.abort() }, clock: () => day(0) }, stopping.signal)
  expect(await sweeping).toBe(100)
  expect(await countIn(id)).toBe(50)
})

it('looks every five minutes, and stops when it is told to', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const id = await category({ maxArticles: 1 })
  await ingestOn(-1, id, ['a', 'b'])
  const deps = { prisma: app.services.database.prisma, wake: app.services.wake, clock: () => day(0) }
  let stop: (() => Promise<void>) | undefined
  const removed = new Promise<number>((resolve, reject) => {
    stop = startRetention(deps, { onRemoved: resolve, onError: reject })
  })
  vi.advanceTimersByTime(299_999)
  expect(await countIn(id)).toBe(2)
  vi.advanceTimersByTime(1)
  expect(await removed).toBe(1)
  await ingestOn(0, id, ['c'])
  await stop!()
  vi.advanceTimersByTime(600_000)
  expect(await countIn(id)).toBe(2)
})
