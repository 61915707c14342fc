// An archive through the command line: in, out, and the same again on another server.
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { createApi, type Api, type Client } from '../../src/cli/api.ts'
import { exportArticles } from '../../src/cli/export-articles.ts'
import { withDatabase } from '../../src/cli/in-process.ts'
import { createSender, readDraft, type Draft, type Outcome } from '../../src/cli/send-drafts.ts'
import { archived, importAll } from '../archive/archive.ts'
import { addCategory, addFeed, draft, ingest, refreshFeed, useApp, type App } from '../helpers/app.ts'
import { createDatabase } from '../helpers/database.ts'
import { startFeedServer } from '../helpers/feed-server.ts'
import { cli, jsonLines } from './spawn.ts'

async function useFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'newswire-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

const linesOf = (articles: object[]) => articles.map((article) => `${JSON.stringify(article)}\n`).join('')

/** All that is exported, as it stands in the file. */
async function exported(api: Api): Promise<string> {
  let text = ''
  for await (const page of exportArticles(api)) text += linesOf(page)
  return text
}

/** Lines of one that the other does not have at the same place. */
function differing(a: string, b: string): [string, string | undefined][] {
  const others = b.split('\n')
  return a.split('\n').flatMap((line, n): [string, string | undefined][] => (line === others[n] ? [] : [[line, others[n]]]))
}

/** @returns what became of the lines that were not ingested */
async function importText(api: Api, text: string): Promise<Outcome[]> {
  const others: Outcome[] = []
  const sender = createSender(api, 'importArticles', async (_line, outcome) => void (outcome.status !== 'ingested' && others.push(outcome)))
  for (const [index, line] of text.trim().split('\n').entries()) await sender.add(readDraft(index + 1, line) as Draft)
  await sender.flush()
  return others
}

test('a file goes in with its categories, and again without a change, and comes out', { timeout: 60_000 }, async () => {
  const app = await useApp()
  const folder = await useFolder()
  const [file, out] = [join(folder, 'archive.jsonl'), join(folder, 'out.jsonl')]
  const env = { NEWSWIRE_URL: app.url }
  const articles = Array.from({ length: 230 }, (_, n) =>
    archived({ createdAt: new Date(Date.UTC(2020, 0, 1, 0, n % 200)).toISOString(), categoryId: n % 2 ? 'world' : 'sport', readCount: n }),
  )
  await writeFile(file, ['nonsense', ...articles.map((one) => JSON.stringify(one)), JSON.stringify(archived({ categoryId: 'No slug' }))].join('\n'))

  const without = await cli(['import', '-'], { env, input: linesOf(articles.slice(0, 2)) })
  expect(without).toEqual({
    code: 1,
    stdout: '2 lines: 0 ingested, 0 updated, 0 duplicates, 2 rejected\n',
    stderr: expect.stringMatching(/^newswire: line 1: UNKNOWN_CATEGORY .+ "sport"\.\nnewswire: line 2: UNKNOWN_CATEGORY .+\nnewswire: --add-categories .+\n$/),
  })
  const first = await cli(['import', file, '--add-categories'], { env })
  expect(first).toEqual({
    code: 1,
    stdout: '232 lines: 230 ingested, 0 updated, 0 duplicates, 2 rejected\n',
    stderr: expect.stringMatching(/^newswire: line 1: INVALID_LINE: .+\nnewswire: line 232: UNKNOWN_CATEGORY categoryId: .+\n$/),
  })
  const again = await cli(['import', '-', '--json', '--add-categories'], { env, input: linesOf(articles) })
  expect(again).toEqual({ code: 0, stdout: '{"lines":230,"ingested":0,"updated":0,"duplicates":230,"rejected":0}\n', stderr: '' })

  expect(await cli(['export', '--out', out], { env })).toEqual({ code: 0, stdout: '', stderr: 'newswire: 230 articles\n' })
  const text = await readFile(out, 'utf8')
  expect(await readdir(folder)).toEqual(['archive.jsonl', 'out.jsonl'])
  const inOrder = articles.toSorted((a, b) => (a.createdAt + a.id < b.createdAt + b.id ? -1 : 1))
  expect(jsonLines(text)).toEqual(
    inOrder.map((one) => ({
      ...one,
      content: `<p>${String(one['content'])}</p>`,
      contentFormat: 'HTML',
      publishedAt: '2023-10-08T08:00:00.000Z',
      updatedAt: one.createdAt,
      readCount: one.readCount,
      ...(one.readCount! > 0 && { lastReadAt: one.createdAt }),
      tags: [],
      enclosures: [],
    })),
  )
})

test('an export is printed, empty where there is nothing; one that cannot be written says so', async () => {
  const app = await useApp()
  expect(await cli(['export', '--url', app.url])).toEqual({ code: 0, stdout: '', stderr: 'newswire: 0 articles\n' })
  await addCategory(app)
  await ingest(app, [draft(1)])
  const printed = await cli(['export', '--url', app.url])
  expect(printed.stdout).toBe(await exported(createApi(app.url)))
  expect(await cli(['export', '--out', '/nothing/here', '--url', app.url])).toMatchObject({ code: 2, stderr: expect.stringContaining('/nothing/here') })
})

test('verify tells whether the statistics are those of the articles', async () => {
  const app = await useApp()
  await addCategory(app)
  await importAll(app, [archived({ readCount: 2 })])
  const env = { NEWSWIRE_URL: app.url }
  expect(await cli(['verify'], { env })).toEqual({ code: 0, stdout: 'the statistics are right\n', stderr: '' })
  await app.services.database.prisma.$executeRaw`UPDATE statistics_rollup SET reads = 7 WHERE minutes = 0 AND category_id = ''`
  const wrong = await cli(['verify'], { env })
  expect(wrong).toMatchObject({ code: 1, stdout: expect.stringMatching(/^all time of all categories: .+ 7 reads where .+ 2 reads is right\n1 differences\n$/) })
  const [difference, ...others] = jsonLines((await cli(['verify', '--json'], { env })).stdout)
  expect(others).toEqual([])
  expect(difference).toMatchObject({
    what: 'all time of all categories',
    expected: expect.stringContaining('2 reads'),
    found: expect.stringContaining('7 reads'),
  })
})

/** Texts that lines, HTML, JSON and PostgreSQL each have their own opinion of. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(
      fc.constantFrom('a ', '\n\n', '\n', '\t', '\u00a0', '\u0085', '\u2028', '<p>', '</p>', '<br>', '<b>', '&amp;', '&', '"', '一二', '🙂', '\r\n', 'a', 'b'),
      { maxLength: 20 },
    )
    .map((parts) => parts.join('')),
)
const instant = fc.date({ min: new Date('0001-01-02T00:00:00Z'), max: new Date('9999-12-30T00:00:00Z'), noInvalidDate: true }).map((date) => date.toISOString())
const past = fc.date({ min: new Date('0001-01-02T00:00:00Z'), max: new Date('2026-01-01T00:00:00Z'), noInvalidDate: true }).map((date) => date.toISOString())
const anyArticle = fc
  .record(
    {
      content: text,
      contentFormat: fc.constantFrom('TEXT', 'HTML'),
      title: text.map((some) => `T${some}`),
      publishedAt: instant,
      createdAt: fc.oneof(instant, fc.constant('2020-01-01T00:00:00Z')),
      updatedAt: instant,
      lastReadAt: past,
      readCount: fc.integer({ min: 1, max: 1_000_000_000 }),
      byline: text,
      summary: text,
      imageUrl: fc.webUrl({ withQueryParameters: true }),
      language: fc.constantFrom('en', 'pt-br', 'ja'),
      tags: fc.array(text, { maxLength: 4 }),
      guid: text,
      enclosures: fc.array(fc.record({ url: fc.webUrl(), mediaType: text, byteLength: fc.integer({ min: 1 }) }, { requiredKeys: ['url'] }), { maxLength: 2 }),
    },
    { requiredKeys: ['title', 'content', 'publishedAt'] },
  )
  .map((fields) => archived({ ...fields, url: `https://example.com/${randomUUID()}?b=%e4&a=ö` }))

test('an export, imported into an empty server, is exported the same, byte for byte', { timeout: 120_000 }, async () => {
  const site = await startFeedServer()
  onTestFinished(() => site.close())
  site.serve('/podcast.xml', { body: await readFile(new URL('../fixtures/podcast.rss.xml', import.meta.url)) })
  const roundTrip = async (articles: object[]) => {
    const source = await useApp({ env: { ALLOW_PRIVATE_NETWORKS: 'true' } })
    const target = await useApp()
    for (const app of [source, target]) await addCategory(app)
    await refreshFeed(source, await addFeed(source, `${site.url}/podcast.xml`, { fullText: 'NEVER' }))
    await ingest(source, [draft(1), draft(2, { content: 'One\n\nTwo  <b>' })])
    expect((await importAll(source, articles)).filter(({ status }) => status !== 'INGESTED')).toEqual([])
    const [from, to] = [createApi(source.url), createApi(target.url)]
    const before = await exported(from)
    expect(await importText(to, before)).toEqual([])
    expect(differing(await exported(to), before)).toEqual([])
    const contents = async (app: App) => await app.services.database.prisma.article.findMany({ select: { content: true, title: true }, orderBy: { id: 'asc' } })
    expect(await contents(target)).toEqual(await contents(source))
    for (const api of [from, to])
      expect((await api<{ verifyStatistics: object[] }>('{ verifyStatistics { what expected found } }')).verifyStatistics).toEqual([])
    // Both know all of it already.
    for (const api of [from, to]) expect((await importText(api, before)).filter(({ status }) => status !== 'duplicates')).toEqual([])
  }
  await fc.assert(fc.asyncProperty(fc.array(anyArticle, { minLength: 100, maxLength: 150 }), roundTrip), { numRuns: 2, endOnFailure: true })
})

test('an export ends while others ingest, and misses nothing that was there', async () => {
  const app = await useApp()
  await addCategory(app)
  const there = Array.from({ length: 70 }, (_, n) => archived({ createdAt: new Date(Date.UTC(2020, 0, 1, 0, n % 9)).toISOString() }))
  await importAll(app, there)
  const ids: string[] = []
  for await (const page of exportArticles(createApi(app.url))) {
    ids.push(...(page as { id: string }[]).map(({ id }) => id))
    // More than a page brings, both behind it and after the end.
    await ingest(
      app,
      Array.from({ length: 100 }, () => draft(randomUUID())),
    )
    await importAll(app, [archived({ createdAt: '2019-01-01T00:00:00Z' })])
  }
  expect(ids).toEqual(there.toSorted((a, b) => (a.createdAt + a.id < b.createdAt + b.id ? -1 : 1)).map(({ id }) => id))
})

test('pages are small where articles are large', async () => {
  const asked: number[] = []
  const sizes = [10, 10, 10, 3_000_000, 3_000_000, 3_000_000, 3_000_000, 10]
  const node = (size: number) => ({ id: 'a', url: '', createdAt: '2020', contentHtml: 'x'.repeat(size), sightings: [], enclosures: [] })
  const api = (async (_query, variables) => {
    if (!variables) return { articles: { nodes: [node(1)] } }
    asked.push(variables['first'] as number)
    const size = sizes.shift()!
    return {
      articles: { nodes: Array.from({ length: variables['first'] as number }, () => node(size)), pageInfo: { endCursor: 'c', hasNextPage: sizes.length > 0 } },
    }
  }) as Api
  for await (const _ of exportArticles(api)) continue
  expect(asked).toEqual([20, 40, 80, 100, 1, 1, 1, 1])
})

/** Where nothing listens. */
async function nowhere() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`
  server.close()
  await once(server, 'close')
  return { url, api: createApi(url) }
}

test('where no server runs and none is named, the database is opened without one', async () => {
  const database = await createDatabase()
  onTestFinished(() => database.drop())
  const given = archived({ readCount: 1, lastReadAt: '2023-10-08T15:51:00Z' })
  const there = await nowhere()
  const [unnamed, named]: [Client, Client] = [
    { ...there, named: false },
    { ...there, named: true },
  ]
  await withDatabase(unnamed, database.env, { made: true }, async (api) => {
    await api('mutation ($input: AddCategoryInput!) { addCategory(input: $input) { category { id } } }', { input: { id: 'world', name: 'World' } })
    expect(await importText(api, `${JSON.stringify(given)}\n`)).toEqual([])
    await expect(api('{ nothing }')).rejects.toMatchObject({ exitCode: 1, message: expect.stringContaining('nothing') })
  })
  // It has been given back.
  const app = await useApp({ database })
  expect(await app.gql('query ($id: ID!) { article(id: $id) { readCount lastReadAt } }', { id: given.id })).toEqual({
    article: { readCount: 1, lastReadAt: '2023-10-08T15:51:00.000Z' },
  })
  await expect(withDatabase(named, database.env, { made: true }, async (api) => void (await api('{ streamCursor }')))).rejects.toMatchObject({
    exitCode: 3,
  })
  if (database.embedded) {
    const opening = withDatabase(unnamed, database.env, { made: true }, () => Promise.resolve())
    await expect(opening).rejects.toMatchObject({ exitCode: 3, message: expect.stringMatching(/in use by another newswire process.+--url/) })
  } else await withDatabase(unnamed, database.env, { made: true }, async (api) => expect(jsonLines(await exported(api))).toMatchObject([{ id: given.id }]))
})

test('what reads a database makes none', async () => {
  const folder = join(tmpdir(), `newswire-none-${randomUUID()}`)
  const there = await nowhere()
  const opening = withDatabase({ ...there, named: false }, { DATA_DIR: folder }, { made: true }, () => Promise.resolve())
  await expect(opening).rejects.toMatchObject({
    exitCode: 3,
    message: `DATA_DIR: there is no database in ${folder}. Where a server runs at another address, name it with --url`,
  })
  expect(existsSync(folder)).toBe(false)
})
