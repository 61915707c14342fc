import { expect, test } from 'vitest'
import { createApi, type Api } from '../../src/cli/api.ts'
import { createSender, readDraft, type Draft, type Outcome } from '../../src/cli/send-drafts.ts'
import { addCategory, draft, useApp } from '../helpers/app.ts'

const draftOn = (line: number, fields: object) => readDraft(line, JSON.stringify(fields)) as Draft

test('drafts of the wrong shape, and rejected ones, lose no other', async () => {
  const app = await useApp()
  await addCategory(app)
  const told: (readonly [number, Outcome])[] = []
  const sender = createSender(createApi(app.url), 'ingestArticles', async (line, outcome) => void told.push([line, outcome]))
  const { content: _, ...withoutContent } = draft(3)
  const drafts = [draft(1), draft(2, { title: 5 }), withoutContent, draft(4, { nothing: true }), draft(5, { url: 'none' }), draft(6), draft(6)]
  for (const [index, fields] of drafts.entries()) await sender.add(draftOn(index + 10, fields))
  await sender.flush()
  const rejected = (code: string, field: string | undefined) => ({ status: 'rejected', error: { code, field, message: expect.any(String) } })
  expect(told).toEqual([
    [10, { status: 'ingested' }],
    [11, rejected('BAD_USER_INPUT', 'title')],
    [12, rejected('BAD_USER_INPUT', undefined)],
    [13, rejected('BAD_USER_INPUT', undefined)],
    [14, rejected('INVALID_URL', 'url')],
    [15, { status: 'ingested' }],
    [16, { status: 'duplicates' }],
  ])
  const messages = told.flatMap(([, outcome]) => ('error' in outcome ? outcome.error.message : []))
  expect(messages).toContain('Field "content" of required type "String!" was not provided.')
})

test('more misshapen drafts than GraphQL tells of at once', async () => {
  const app = await useApp()
  await addCategory(app)
  const counts = { ingested: 0, updated: 0, duplicates: 0, rejected: 0 }
  const sender = createSender(createApi(app.url), 'ingestArticles', async (_line, { status }) => void counts[status]++)
  for (let n = 1; n <= 200; n++) await sender.add(draftOn(n, draft(n, n % 2 ? { title: n } : {})))
  await sender.flush()
  expect(counts).toEqual({ ingested: 100, updated: 0, duplicates: 0, rejected: 100 })
})

test('batches are bounded in number and in bytes', async () => {
  const batches: number[] = []
  const api = (async (_query, variables) => {
    const { articles } = variables!['input'] as { articles: object[] }
    batches.push(articles.length)
    return { ingestArticles: { results: articles.map(() => ({ status: 'INGESTED', error: null })) } }
  }) as Api
  const sender = createSender(api, 'ingestArticles', async () => undefined)
  for (let line = 1; line <= 501; line++) await sender.add({ line, bytes: 10, input: {} })
  for (const bytes of [3_000_000, 2_000_000, 9_000_000, 1]) await sender.add({ line: 1, bytes, input: {} })
  await sender.flush()
  expect(batches).toEqual([500, 2, 1, 1, 1])
})
