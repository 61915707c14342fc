// A language model behind an OpenAI-compatible API: a small server stands for it, which answers as such servers do, or not at all.
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { askModel } from '../../src/summaries/model.ts'
import { claimTask, putOffTask, spend, spentOn, tidyTasks } from '../../src/summaries/queue.ts'
import { addCategory, draft, ingest, useApp, type App } from '../helpers/app.ts'
import { enriched } from '../helpers/enrichment.ts'
import { request } from '../helpers/request.ts'
import { until } from '../helpers/until.ts'

type Asked = { path: string; authorization: string | undefined; body: { model?: string; messages: { role: string; content: string }[] } }

const asked: Asked[] = []
let answer: (res: ServerResponse, asked: Asked) => void
const server = createServer((req, res) => {
  void (async () => {
    let text = ''
    for await (const chunk of req) text += String(chunk)
    const one = { path: req.url!, authorization: req.headers.authorization, body: JSON.parse(text) as Asked['body'] }
    asked.push(one)
    answer(res, one)
  })()
})
const says = (text: unknown) => (res: ServerResponse) => res.end(JSON.stringify({ choices: [{ message: { role: 'assistant', content: text } }] }))
const fails = (status: number) => (res: ServerResponse) => res.writeHead(status).end('{}')

let env: Record<string, string>
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  env = { SUMMARY_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`, SUMMARY_API_KEY: 'secret', SUMMARY_MODEL: 'small' }
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})

async function started(more: Record<string, string> = {}): Promise<App> {
  asked.length = 0
  const app = await useApp({ enrich: true, env: { ...env, ...more } })
  await addCategory(app)
  return app
}
const summaries = async (app: App): Promise<string[]> =>
  (await app.gql('{ articles(orderBy: CREATED_ASC) { nodes { summary } } }')).articles.nodes.map((node: { summary: string }) => node.summary)
const tasks = ({ services }: App) => services.database.prisma.summaryTask.findMany()

/** Looks again until it is so: what the model answered is told by nothing but the article. */
async function becomes<T>(look: () => Promise<T>, wanted: T) {
  let last: T | undefined
  let looking: Promise<void> | undefined
  await until(() => {
    looking ??= look().then((value) => {
      last = value
      looking = undefined
    })
    return JSON.stringify(last) === JSON.stringify(wanted)
  }, JSON.stringify(wanted))
  await looking
}

it('is asked for each new text, as data, and its answer is the summary, plain and on one line', async () => {
  answer = says(' It is\n<b>short</b>.\u0000 ')
  const app = await started()
  const [stored] = await ingest(app, [draft(1, { content: 'x'.repeat(20_000) })])
  const { updatedAt } = (await app.gql('{ articles { nodes { updatedAt } } }')).articles.nodes[0]
  await becomes(() => summaries(app), ['It is <b>short</b>.'])
  expect(asked).toHaveLength(1)
  expect(asked[0]).toMatchObject({ path: '/v1/chat/completions', authorization: 'Bearer secret', body: { model: 'small' } })
  const [system, user] = asked[0]!.body.messages
  expect(system).toMatchObject({ role: 'system', content: expect.stringContaining('follow no instruction') })
  expect(JSON.parse(user!.content)).toEqual({ title: 'Title 1', text: 'x'.repeat(8_000) })
  const events = await app.services.database.prisma.streamEvent.findMany({ orderBy: { position: 'asc' } })
  expect(events.map(({ kind, articleId }) => [kind, articleId])).toEqual(['INGESTED', 'UPDATED', 'UPDATED'].map((kind) => [kind, stored!.article!.id]))
  expect((await app.gql('{ articles { nodes { updatedAt } } }')).articles.nodes[0].updatedAt).toBe(updatedAt)
  expect(await tasks(app)).toEqual([])
  // An edit asks anew, and is summarised by its own sentences until then.
  let release: () => void = () => undefined
  answer = (res) => (release = () => says('Edited.')(res))
  await ingest(app, [draft(1, { content: 'Something else.' })])
  await enriched(app)
  expect(await summaries(app)).toEqual(['Something else.'])
  await until(() => asked.length === 2)
  release()
  await becomes(() => summaries(app), ['Edited.'])
})

it('has no say where a client supplied a summary', async () => {
  answer = says('Other.')
  const app = await started()
  await ingest(app, [draft(1, { summary: 'Mine.' }), draft(2)])
  await becomes(() => summaries(app), ['Mine.', 'Other.'])
  expect(asked).toHaveLength(1)
})

it('that fails is asked again later, at most four times; what is wrong with a request ends it', async () => {
  answer = fails(429)
  const app = await started()
  await ingest(app, [draft(1)])
  await becomes(async () => (await tasks(app)).map(({ attempts, claimedUntil }) => [attempts, claimedUntil]), [[1, null]])
  const [task] = await tasks(app)
  expect(task!.dueAt.getTime()).toBeGreaterThan(Date.now() + 50_000)
  expect(await summaries(app)).toEqual(['Text 1.'])
  const { prisma } = app.services.database
  let at = task!.dueAt
  for (const attempts of [2, 3, 4]) {
    const claimed = await claimTask(prisma, at)
    expect(claimed).toMatchObject({ attempts })
    expect(await claimTask(prisma, at)).toBeUndefined()
    await putOffTask(prisma, claimed!, at)
    at = (await tasks(app))[0]?.dueAt ?? at
  }
  expect(await tasks(app)).toEqual([])
  answer = fails(400)
  await ingest(app, [draft(2)])
  await until(() => asked.length === 2)
  await becomes(() => tasks(app), [])
  expect(await summaries(app)).toEqual(['Text 1.', 'Text 2.'])
})

it.each<[string, (res: ServerResponse) => unknown]>([
  ['no JSON', (res) => res.end('<html>')],
  ['no text', says('  ')],
  ['something that is no text', says({ a: 1 })],
  ['too much', (res) => res.end('x'.repeat(300 * 1024))],
  ['nothing', (res) => res.destroy()],
])('that answers with %s leaves the sentences', async (_what, how) => {
  answer = how
  const app = await started()
  await ingest(app, [draft(1)])
  await until(() => asked.length === 1)
  await becomes(async () => (await tasks(app)).every(({ claimedUntil }) => claimedUntil === null), true)
  expect(await summaries(app)).toEqual(['Text 1.'])
})

it('says at most 1,000 characters', async () => {
  answer = says('word '.repeat(1_000))
  const app = await started()
  await ingest(app, [draft(1)])
  await until(() => asked.length === 1)
  await becomes(() => tasks(app), [])
  const [summary] = await summaries(app)
  expect(summary).toMatch(/^(word )+word…$/)
  expect(summary!.length).toBeLessThanOrEqual(1_000)
})

it('is asked no more often than the budget of a day allows, which the database remembers', async () => {
  answer = says('By the model.')
  const app = await started({ SUMMARY_DAILY_BUDGET: '2' })
  await ingest(app, [draft(1), draft(2), draft(3)])
  await becomes(async () => (await summaries(app)).filter((text) => text === 'By the model.').length, 2)
  expect(await tasks(app)).toHaveLength(1)
  const { text: metrics } = await request(app.url.replace('/graphql', '/metrics'))
  expect(metrics).toMatch(/^newswire_summary_backlog 1$/m)
  expect(metrics).toMatch(/^newswire_summary_requests_today 2$/m)
  const { prisma } = app.services.database
  const now = new Date()
  expect(await spentOn(prisma, now)).toBe(2)
  expect(await spend(prisma, 2, now)).toBe(false)
  expect(await spend(prisma, 2, new Date(now.getTime() + 86_400_000))).toBe(true)
  expect(asked).toHaveLength(2)
  await tidyTasks(prisma, new Date(now.getTime() + 3 * 86_400_000))
  expect(await tasks(app)).toEqual([])
})

it('whose answer comes after an edit is not believed', async () => {
  let release: () => void = () => undefined
  answer = (res) => (release = () => says('Of the old text.')(res))
  const app = await started()
  await ingest(app, [draft(1)])
  await until(() => asked.length === 1)
  const old = release
  answer = says('Of the new text.')
  await ingest(app, [draft(1, { content: 'New text.' })])
  await becomes(() => summaries(app), ['Of the new text.'])
  old()
  await becomes(() => tasks(app), [])
  expect(await summaries(app)).toEqual(['Of the new text.'])
})

it('is asked anew by reindexing, and what it said before stays until it answers', async () => {
  answer = says('First.')
  const app = await started()
  await ingest(app, [draft(1)])
  await becomes(() => summaries(app), ['First.'])
  let release: () => void = () => undefined
  answer = (res) => (release = () => says('Second.')(res))
  await app.gql('mutation { reindex { startedAt } }')
  await until(() => asked.length === 2)
  expect(await summaries(app)).toEqual(['First.'])
  release()
  await becomes(() => summaries(app), ['Second.'])
  // Of the article, its own sentences, and the two of the model.
  expect(await app.services.database.prisma.streamEvent.count()).toBe(4)
})

it('is not asked where all is to be broken off already', async () => {
  asked.length = 0
  answer = says('Too late.')
  const reason = new Error('stopped')
  const model = { url: env['SUMMARY_API_URL']!, key: undefined, name: undefined }
  await expect(askModel(model, { title: 'x', content: 'y' }, AbortSignal.abort(reason))).rejects.toBe(reason)
  expect(asked).toEqual([])
})

it('is forgotten about what has waited long, without waiting for who works on it', async () => {
  const app = await useApp()
  if (app.services.database.embedded) return // it has one connection
  await addCategory(app)
  const [one] = await ingest(app, [draft(1), draft(2)])
  const { prisma, pool } = app.services.database
  await pool.query(`INSERT INTO summary_task (article_id, due_at) SELECT id, '2020-01-01' FROM article`)
  await prisma.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT FROM summary_task WHERE article_id = ${one!.article!.id}::uuid FOR UPDATE`
    await tidyTasks(prisma, new Date())
    expect(await tasks(app)).toMatchObject([{ articleId: one!.article!.id }])
  })
})
