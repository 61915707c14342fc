// The table of document frequencies: exact as of what is counted, whoever writes and counts at the same time.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { countFrequencies } from '../../src/search/frequencies.ts'
import { addCategory, draft, ingest, startApp, useApp, type App } from '../helpers/app.ts'

let app: App
beforeAll(async () => {
  app = await startApp()
  await addCategory(app)
})
afterAll(() => app?.close())

const pool = () => app.services.database.pool
const remove = (id: string) => app.gql('mutation ($id: ID!) { deleteArticle(id: $id) { id } }', { id })
async function counted(): Promise<Record<string, number>> {
  while ((await countFrequencies(pool())) > 0);
  return table('SELECT lexeme, articles FROM lexeme')
}
async function table(query: string): Promise<Record<string, number>> {
  const { rows } = await pool().query<{ lexeme: string; articles: number }>(query)
  return Object.fromEntries(rows.map(({ lexeme, articles }) => [lexeme, articles]))
}
const exact = () =>
  table(`SELECT word AS lexeme, ndoc AS articles FROM ts_stat('SELECT lexemes FROM article_lexemes') UNION ALL
    SELECT '@', count(*)::int FROM article_lexemes HAVING count(*) > 0`)

it('follows what comes, changes and goes', async () => {
  const [one, two] = await ingest(app, [draft(1, { title: 'Old words', language: 'en' }), draft(2, { title: 'Words', language: 'en' })])
  expect(await counted()).toMatchObject({ word: 2, '=word': 2, old: 1, '@en': 2, '@': 2 })
  await ingest(app, [draft(1, { title: 'New', language: 'en' })])
  await ingest(app, [draft(1, { title: 'Newest', language: 'en' })])
  const after = await counted()
  expect(after).toMatchObject({ word: 1, '=word': 1, newest: 1, '@en': 2, '@': 2 })
  expect(after).not.toHaveProperty('old')
  expect(after).not.toHaveProperty('new')
  const [gone] = await ingest(app, [draft(3, { title: 'Came and went', language: 'en' })])
  for (const result of [one, two, gone]) await remove(result!.article!.id)
  expect(await counted()).toEqual({})
})

it('is exact however many count, edit and remove at the same time', { timeout: 60_000 }, async () => {
  const removed = new Set<string>()
  let writing = true
  const writers = [1, 2, 3].map(async (writer) => {
    for (let round = 0; round < 8; round++) {
      const results = await ingest(
        app,
        Array.from({ length: 12 }, (_, n) => draft(`c${n}`, { title: `Title ${writer} ${round} ${n}` })),
      )
      const id = results[round]?.article?.id
      if (writer === 1 && id && !removed.has(id)) {
        removed.add(id)
        await remove(id)
      }
    }
  })
  const counters = [1, 2].map(async () => {
    while (writing) await countFrequencies(pool())
  })
  await Promise.all(writers)
  writing = false
  await Promise.all(counters)
  expect(await counted()).toEqual(await exact())
})

it('is kept by a server that serves', async () => {
  const served = await useApp({ enrich: true })
  await addCategory(served)
  await ingest(served, [draft(1)])
  const { prisma } = served.services.database
  await expect.poll(() => prisma.lexeme.findUnique({ where: { lexeme: '@' } }), { timeout: 15_000 }).toEqual({ lexeme: '@', articles: 1 })
})

it('are counted of no more at once than 20 MB of lexemes, those that go too', async () => {
  // Words of random hexadecimal digits: nothing makes them shorter.
  await pool().query(`
    WITH word AS MATERIALIZED (SELECT string_agg(md5(random()::text), '') AS word FROM generate_series(1, 24000) n GROUP BY n / 60)
    INSERT INTO frequency_task (article_id, before) SELECT gen_random_uuid(), v FROM (SELECT array_to_tsvector(array_agg(word)) AS v FROM word) w, generate_series(1, 50)`)
  const first = await countFrequencies(pool())
  expect(first).toBeGreaterThan(20)
  expect(first).toBeLessThan(50)
  expect(await countFrequencies(pool())).toBe(50 - first)
})
