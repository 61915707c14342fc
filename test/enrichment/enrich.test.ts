// What comes and changes is brought to the steps once; a step that fails loses nothing and stops nothing.
import { expect, it } from 'vitest'
import { enrichBatch } from '../../src/enrichment/enrich.ts'
import { createEnrichment, givesWay, restMs } from '../../src/enrichment/work.ts'
import type { EnrichedArticle, EnrichmentStep } from '../../src/enrichment/step.ts'
import { isUuid } from '../../src/graphql/ids.ts'
import { addCategory, draft, ingest, useApp, type App } from '../helpers/app.ts'
import { enrichAll, enriched } from '../helpers/enrichment.ts'
import { request } from '../helpers/request.ts'

async function started(drafts: object[] = []): Promise<{ app: App; ids: string[] }> {
  const app = await useApp()
  await addCategory(app)
  const results = drafts.length > 0 ? await ingest(app, drafts) : []
  return { app, ids: results.map(({ article }) => article!.id) }
}

/** A step that only remembers. */
function watching() {
  const seen: EnrichedArticle[] = []
  const step: EnrichmentStep = async (_tx, articles) => {
    seen.push(...articles)
    return []
  }
  return { seen, step }
}

const poisonous =
  (isPoison: (article: EnrichedArticle) => boolean): EnrichmentStep =>
  async (tx, articles) => {
    for (const { id } of articles) await tx.$executeRaw`INSERT INTO lexeme (lexeme, articles) VALUES (${id}, 1)`
    if (articles.some(isPoison)) throw new Error('poison')
    return []
  }

const remove = (app: App, id: string) => app.gql('mutation ($id: ID!) { deleteArticle(id: $id) { id } }', { id })
/** Ids that the steps below have written, in a table that has lexemes besides. */
const written = async ({ services }: App) =>
  new Set((await services.database.prisma.lexeme.findMany()).flatMap(({ lexeme }) => (isUuid(lexeme) ? [lexeme] : [])))
const tasks = async ({ services }: App) => services.database.prisma.enrichmentTask.count()

it('brings new, edited and removed articles once', async () => {
  const { app, ids } = await started([draft(1, { title: 'Old words', language: 'en' }), draft(2)])
  const first = watching()
  expect(await enrichAll(app, [first.step])).toEqual([])
  expect(first.seen.map(({ id }) => id)).toEqual(ids.toSorted())
  const [article] = first.seen.filter(({ id }) => id === ids[0])
  expect(article).toMatchObject({ words: { title: 'Old words', content: 'Text 1.', language: 'en' } })

  await ingest(app, [draft(1, { title: 'New words', language: 'en' })])
  await ingest(app, [draft(1, { title: 'Newest words', language: 'en' })])
  const edited = watching()
  await enrichAll(app, [edited.step])
  expect(edited.seen).toHaveLength(1)
  expect(edited.seen[0]!.words!.title).toBe('Newest words')

  await remove(app, ids[0]!)
  const gone = watching()
  await enrichAll(app, [gone.step])
  expect(gone.seen).toEqual([{ id: ids[0], words: null }])
  expect(await tasks(app)).toBe(0)
})

it('takes an article that came and went meanwhile for one that never was', async () => {
  const { app, ids } = await started([draft(1)])
  await remove(app, ids[0]!)
  const { seen, step } = watching()
  await enrichAll(app, [step])
  expect(seen).toEqual([{ id: ids[0], words: null }])
})

it('takes at most 50 articles, and at most 4 MB of text, at once', async () => {
  const { app } = await started(Array.from({ length: 70 }, (_, n) => draft(n)))
  const sizes: number[] = []
  const step: EnrichmentStep = async (_tx, articles) => {
    sizes.push(articles.length)
    return []
  }
  await enrichAll(app, [step])
  expect(sizes).toEqual([50, 20])
  const long = Array.from({ length: 150_000 }, (_, n) => `long${n % 97}`).join(' ')
  for (const n of [1, 2, 3, 4, 5]) await ingest(app, [draft(`long-${n}`, { content: `${long} ${n}` })])
  sizes.length = 0
  await enrichAll(app, [step])
  expect(sizes).toEqual([4, 1])
})

it('undoes all of a batch where a step fails, and enriches the others of it one by one', async () => {
  const { app, ids } = await started([1, 2, 3].map((n) => draft(n)))
  const now = new Date()
  const failures = await enrichAll(app, [poisonous(({ id }) => id === ids[1])], now)
  expect(failures).toMatchObject([{ articleId: ids[1], givenUp: false, error: new Error('poison') }])
  expect(await written(app)).toEqual(new Set([ids[0], ids[2]]))
  expect(await tasks(app)).toBe(1)
  // It is not tried again before its time, and stops nothing.
  const [four] = await ingest(app, [draft(4)])
  expect(await enrichAll(app, [poisonous(({ id }) => id === ids[1])], now)).toEqual([])
  expect(await written(app)).toContain(four!.article!.id)
  // Then it is.
  expect(await enrichAll(app, [poisonous(() => false)], new Date(now.getTime() + 10_000))).toEqual([])
  expect(await written(app)).toContain(ids[1])
  expect(await tasks(app)).toBe(0)
})

it('tells why a batch failed of which each article succeeds by itself', async () => {
  const { app } = await started([1, 2].map((n) => draft(n)))
  const { database, wake } = app.services
  const told: unknown[] = []
  const tooMany: EnrichmentStep = async (_tx, articles) => {
    if (articles.length > 1) throw new Error('too many')
    return []
  }
  const deps = { prisma: database.prisma, wake, clock: () => new Date(), onFailed: (failure: unknown) => void told.push(failure) }
  expect(await enrichBatch({ ...deps, onBatchFailed: (error) => void told.push(error) }, [tooMany])).toBe(2)
  expect(told).toEqual([new Error('too many')])
})

it('puts an article off for longer each time, and gives it up until it changes', async () => {
  const { app, ids } = await started([draft(1)])
  const poison = [poisonous(() => true)]
  let now = new Date().getTime()
  const waits = [10, 60, 360, 2_160].map((s) => s * 1_000)
  for (const wait of waits) {
    expect(await enrichAll(app, poison, new Date(now))).toMatchObject([{ givenUp: false }])
    expect(await enrichAll(app, poison, new Date(now + wait - 1))).toEqual([])
    now += wait
  }
  expect(await enrichAll(app, poison, new Date(now))).toMatchObject([{ givenUp: true }])
  expect(await enrichAll(app, poison, new Date(now + 1e10))).toEqual([])
  expect(await app.services.enrichment.backlog()).toBe(0)
  await ingest(app, [draft(1, { title: 'Edited' })])
  expect(await enrichAll(app, poison, new Date(now))).toMatchObject([{ givenUp: false }])
  const { seen, step } = watching()
  await enrichAll(app, [step], new Date(now + waits[0]!))
  expect(seen).toMatchObject([{ id: ids[0], words: { title: 'Edited' } }])
})

it('tells of what clients see anew, once, as filters know it, while updatedAt stays', async () => {
  const { app, ids } = await started([draft(1), draft(2)])
  const before = await app.gql('{ articles(orderBy: CREATED_ASC) { nodes { id updatedAt } } streamCursor }')
  const telling: EnrichmentStep = async () => [ids[1]!, ids[1]!]
  await enrichAll(app, [telling, telling])
  const { prisma } = app.services.database
  const events = await prisma.streamEvent.findMany({ orderBy: { position: 'asc' } })
  expect(events.map(({ kind, articleId }) => [kind, articleId])).toEqual([
    ['INGESTED', ids[0]],
    ['INGESTED', ids[1]],
    ['UPDATED', ids[1]],
  ])
  expect(events[2]!.facts).toEqual(events[1]!.facts)
  expect(events[2]!.before).toEqual(events[1]!.facts)
  expect((await app.gql('{ articles(orderBy: CREATED_ASC) { nodes { id updatedAt } } }')).articles).toEqual(before.articles)
})

it('tells nothing of an article that is gone', async () => {
  const { app, ids } = await started([draft(1)])
  await remove(app, ids[0]!)
  await enrichAll(app, [async (_tx, articles) => articles.map(({ id }) => id)])
  expect((await app.services.database.prisma.streamEvent.findMany()).map(({ kind }) => kind).toSorted()).toEqual(['INGESTED', 'REMOVED'])
})

it('keeps a second one out while one is at it, and out of nothing afterwards', async () => {
  const { app } = await started([draft(1)])
  if (app.services.database.embedded) return // it has one connection
  let inside: () => void
  let goOn: () => void
  const begun = new Promise<void>((resolve) => (inside = resolve))
  const released = new Promise<void>((resolve) => (goOn = resolve))
  const slow: EnrichmentStep = async () => {
    inside()
    await released
    return []
  }
  const first = enrichAll(app, [slow])
  await begun
  const { seen, step } = watching()
  await enrichAll(app, [step])
  expect(seen).toEqual([])
  goOn!()
  await first
  await enrichAll(app, [step])
  expect(seen).toEqual([])
  expect(await tasks(app)).toBe(0)
})

it('loses nothing where the connection is lost in the middle', async () => {
  const { app, ids } = await started([draft(1), draft(2)])
  if (app.services.database.embedded) return // its connection is no process
  let times = 0
  const dying: EnrichmentStep = async (tx, articles) => {
    await tx.$executeRaw`INSERT INTO lexeme (lexeme, articles) SELECT id, 1 FROM unnest(${articles.map(({ id }) => id)}::text[]) AS k(id)`
    if (times++ === 0) await tx.$executeRaw`SELECT pg_terminate_backend(pg_backend_pid())`
    return []
  }
  expect(await enrichAll(app, [dying])).toEqual([])
  expect(await written(app)).toEqual(new Set(ids))
  expect(await tasks(app)).toBe(0)
})

it('goes on by itself in a server, which tells how much waits', async () => {
  const app = await useApp({ enrich: true })
  await addCategory(app)
  await ingest(
    app,
    Array.from({ length: 60 }, (_, n) => draft(n)),
  )
  await enriched(app)
  const { text } = await request(app.url.replace('/graphql', '/metrics'))
  expect(text).toMatch(/^newswire_enrichment_backlog 0$/m)
  expect(text).toMatch(/^# TYPE newswire_enriched_articles_total counter\nnewswire_enriched_articles_total 60$/m)
  expect(text).toMatch(/^newswire_enrichment_failures_total 0$/m)
})

it('tells how much waits where nobody enriches', async () => {
  const { app } = await started([1, 2, 3].map((n) => draft(n)))
  expect((await request(app.url.replace('/graphql', '/metrics'))).text).toMatch(/^newswire_enrichment_backlog 3$/m)
})

it('tidies when nothing is left to enrich, until there is nothing left, and again after the next article', async () => {
  const { app } = await started([1, 2].map((n) => draft(n)))
  const { database, wake } = app.services
  const done: string[] = []
  let left = 2
  const errors: unknown[] = []
  const enrichment = createEnrichment(
    { prisma: database.prisma, wake, clock: () => new Date(), onFailed: ({ error }) => void errors.push(error), onError: (error) => void errors.push(error) },
    [async (_tx, articles) => (done.push(...articles.map(() => 'enriched')), [])],
    { tidy: async () => (done.push('tidied'), left-- > 0 ? 1 : 0), rests: false },
  )
  enrichment.start()
  await expect.poll(() => done).toEqual(['enriched', 'enriched', 'tidied', 'tidied', 'tidied'])
  await ingest(app, [draft(3)])
  await expect.poll(() => done.slice(5)).toEqual(['enriched', 'tidied'])
  await enrichment.close()
  expect(errors).toEqual([])
})

it.each([
  ['a few come', 50, 100, false],
  ['more come than a batch takes', 51, 100, true],
  ['as many come and too many wait', 500, 10_001, false],
])('gives way or not where %s', (_, came, waiting, gives) => {
  expect(givesWay(came, waiting)).toBe(gives)
})

it.each([
  [100, false, false, 0],
  [100, false, true, 100],
  [100, true, false, 400],
  [100, true, true, 400],
  [9_000, true, false, 2_000],
])('after %i ms, pressed: %s, on one connection: %s, rests %i ms', (tookMs, pressed, rests, wait) => {
  expect(restMs(tookMs, pressed, rests)).toBe(wait)
})
