import { afterAll, beforeAll, expect, it } from 'vitest'
import { Prisma } from '../../src/db/generated/client.ts'
import { rankedWhole } from '../../src/search/candidates.ts'
import { readCollection } from '../../src/search/collection.ts'
import { addCategory, draft, ingest, startApp, type App } from '../helpers/app.ts'
import { enrichAll } from '../helpers/enrichment.ts'

let app: App
afterAll(() => app?.close())

const equals = 2_100
const found = async (query: string, first: number) =>
  (await app.gql('query ($query: String!, $first: Int) { search(query: $query, first: $first) { nodes { title } } }', { query, first })).search.nodes.map(
    ({ title }: { title: string }) => title,
  ) as string[]

beforeAll(async () => {
  app = await startApp()
  await addCategory(app)
  await ingest(
    app,
    Array.from({ length: 20 }, (_, n) => draft(`harbour-${n}`, { title: `Notes ${n}`, content: 'The harbour is open.', language: 'en' })),
  )
  await enrichAll(app, [])
  // As many again and again, without the server's work for each; the later a copy, the sooner it was published.
  await app.services.database.prisma.$executeRaw`
    WITH model AS (SELECT * FROM article LIMIT 1),
    copies AS (
      INSERT INTO article (id, category_id, url, title, language, content, content_html, copy_keys, text_hash, text_source, tags, enclosures, word_count,
        reading_time_minutes, published_at, created_at, updated_at)
      SELECT gen_random_uuid(), category_id, 'https://example.com/copy-' || n, 'Copy ' || n, language, 'The lighthouse.', '', '{}', text_hash, text_source, tags, enclosures, 2,
        1, published_at + n * interval '1 minute', created_at, updated_at
      FROM model, generate_series(1, ${equals}::int) n RETURNING id
    ) INSERT INTO article_lexemes (article_id, lexemes, length, batch) SELECT copies.id, 'lighthouse:1'::tsvector, 1, '{0}' FROM copies`
}, 120_000)

it('puts the newest of thousands of equals first', async () => {
  expect(await found('lighthouse', 50)).toEqual(Array.from({ length: 50 }, (_, i) => `Copy ${equals - i}`))
})

it('takes the average length from the whole archive, not from its newest articles', async () => {
  const { prisma } = app.services.database
  const older = Prisma.sql`article_id NOT IN (SELECT article_id FROM article_lexemes ORDER BY article_id DESC LIMIT 400)`
  await prisma.$executeRaw`UPDATE article_lexemes SET length = 101 WHERE ${older}`
  const [real] = await prisma.$queryRaw<[{ average: number }]>`SELECT avg(length)::float8 AS average FROM article_lexemes`
  expect(real.average).toBeGreaterThan(70)
  expect(Math.abs((await readCollection(prisma, [])).averageLength - real.average)).toBeLessThan(20)
})

it('finds common words of a large archive when the numbers of its batches have run ahead', async () => {
  const { prisma } = app.services.database
  await prisma.$executeRaw`INSERT INTO lexeme (lexeme, articles) SELECT unnest('{@,harbour,=harbour}'::text[]), ${50 * rankedWhole}::int
    ON CONFLICT (lexeme) DO UPDATE SET articles = excluded.articles`
  await prisma.$queryRaw`SELECT setval('article_lexemes_batch', 5000 * 1024)::int`
  expect(await found('harbour', 20)).toHaveLength(20)
})

it('finds what few articles have, far from the newest: a phrase with a common word, and a common word with the text of a filter', async () => {
  const { prisma } = app.services.database
  await ingest(app, [draft('old', { title: 'An old one', content: 'So said the minister of flamingos.', language: 'en', publishedAt: '2001-01-01T00:00:00Z' })])
  await enrichAll(app, [])
  await prisma.$executeRaw`UPDATE article_lexemes SET batch = '{24}' WHERE lexemes @@ 'lighthouse'::tsquery`
  await prisma.$executeRaw`INSERT INTO lexeme (lexeme, articles) SELECT unnest('{@,minist}'::text[]), unnest(ARRAY[25000, 9000])
    ON CONFLICT (lexeme) DO UPDATE SET articles = excluded.articles`
  // A filter's newest 20,000 articles are looked through besides: it is older than they are.
  await prisma.$executeRaw`
    INSERT INTO article (id, category_id, url, title, language, content, content_html, copy_keys, text_hash, text_source, tags, enclosures, word_count,
      reading_time_minutes, published_at, created_at, updated_at)
    SELECT gen_random_uuid(), category_id, 'https://example.com/filler-' || n, '', language, '', '', '{}', text_hash, text_source, tags, enclosures, 2, 1, now(), now(), now()
    FROM (SELECT * FROM article LIMIT 1) model, generate_series(1, 20000) n`
  expect(await found('"the minister"', 20)).toEqual(['An old one'])
  const { search } = await app.gql('{ search(query: "minister", filter: { text: "flamingos" }) { nodes { title } } }')
  expect(search.nodes).toEqual([{ title: 'An old one' }])
})
