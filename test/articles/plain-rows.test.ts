// Rows that are read past Prisma are the rows that it reads.
import { expect, it } from 'vitest'
import { readRows, type Select } from '../../src/articles/plain-rows.ts'
import { Prisma } from '../../src/db/generated/client.ts'
import { addCategory, draft, ingest, useApp } from '../helpers/app.ts'

const every = (fields: object): Select => Object.fromEntries(Object.keys(fields).map((field) => [field, true]))

it('has every field of an article, its category, counter and summary as Prisma has it', async () => {
  const app = await useApp()
  await addCategory(app)
  const results = await ingest(app, [draft(1, { tags: ['a', 'b "c"'], language: 'en', byline: 'Somebody' }), draft(2)])
  const { prisma, pool } = app.services.database
  const ids = results.map(({ article }) => article!.id)
  await prisma.articleCounter.create({ data: { articleId: ids[0]!, readCount: 7, lastReadAt: new Date('2026-01-02T03:04:05.678Z') } })
  await prisma.articleSummary.create({ data: { articleId: ids[1]!, text: 'Text 2.', textHash: ids[1]! } })
  await prisma.article.update({
    where: { id: ids[0]! },
    data: { enclosures: [{ url: 'https://example.com/1.mp3', mediaType: 'audio/mpeg', byteLength: 5e9 }] },
  })
  const select = {
    ...every(Prisma.ArticleScalarFieldEnum),
    category: { select: every(Prisma.CategoryScalarFieldEnum) },
    counter: { select: every(Prisma.ArticleCounterScalarFieldEnum) },
    madeSummary: { select: every(Prisma.ArticleSummaryScalarFieldEnum) },
  }
  const byId = (rows: Record<string, unknown>[]) => rows.toSorted((a, b) => (String(a['id']) < String(b['id']) ? -1 : 1))
  const rows = await prisma.article.findMany({ where: { id: { in: ids } }, select })
  expect(new Set(rows.map(({ counter }) => counter === null)).size).toBe(2)
  expect(new Set(rows.map(({ madeSummary }) => madeSummary === null)).size).toBe(2)
  expect(byId((await readRows(pool, select, ids))!)).toEqual(byId(rows))
  expect(await readRows(pool, { id: true, counter: { select: { lastReadAt: true } } }, [ids[1]!])).toEqual([{ id: ids[1], counter: null }])
})

it.each([
  { id: true, sightings: true },
  { id: true, category: true },
  { id: true, category: { select: { feeds: true } } },
  { id: true, category: { select: { id: true }, where: {} } },
  { id: true, counter: { include: {} } },
  { id: true, unknown: true },
] satisfies Select[])('leaves %j to Prisma', async (select) => {
  await expect(readRows(undefined as never, select, [])).resolves.toBeUndefined()
})
