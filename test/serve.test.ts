// The server as a process: how it starts, stops, and comes back after a kill.
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lockFolder } from '../src/db/folder-lock.ts'
import { addCategory, dataOf, draft, ingest, post } from './helpers/app.ts'
import { runChild, runServer, type Child } from './helpers/child.ts'
import { createDatabase, type TestDatabase } from './helpers/database.ts'
import { openEventStream } from './helpers/event-stream.ts'
import { openGreeted } from './helpers/raw-socket.ts'
import { subscribe, type Subscriber } from './helpers/subscriber.ts'
import { until } from './helpers/until.ts'

let database: TestDatabase
const children: Child[] = []

beforeEach(async () => {
  database = await createDatabase()
})

afterEach(async () => {
  for (const child of children.splice(0)) {
    child.process.kill('SIGKILL')
    await child.ended
  }
  await database.drop()
})

async function start(env: Record<string, string> = {}) {
  const server = await runServer({ ...database.env, ...env })
  children.push(server)
  return { ...server, gql: async (query: string, variables?: Record<string, unknown>) => dataOf(await post(server.url, query, variables)) }
}

const ingested = 'subscription ($after: String) { articleIngested(after: $after) { cursor article { title } } }'

describe('a stop', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('by %s ends subscriptions so that clients come back, and exits 0', async (signal) => {
    const server = await start()
    expect(await server.gql('{ __typename }')).toEqual({ __typename: 'Query' })
    const sockets = [await openGreeted(server.url), await openGreeted(server.url)]
    sockets[0]!.send({ type: 'subscribe', id: '1', payload: { query: ingested } })
    const stream = await openEventStream(server.url, ingested)
    server.process.kill(signal)
    for (const { closed } of sockets) expect(await closed).toEqual({ code: 1001, reason: 'Going away' })
    await expect(stream.next()).rejects.toThrow()
    expect(await server.ended).toBe(0)
    expect(server.output.stderr).toBe('')
    expect(server.output.stdout).toMatch(/^Newswire is listening\.\n/)
    // What it says to type works: the server is not where commands look for it.
    for (const line of server.output.stdout.match(/npm run newswire .+/g)!) expect(line).toContain(` --url ${server.url}`)
  })

  it('by two signals at once, as a terminal and npm send them, is the same', async () => {
    const server = await start()
    const raw = await openGreeted(server.url)
    server.process.kill('SIGINT')
    server.process.kill('SIGTERM')
    expect((await raw.closed).code).toBe(1001)
    expect(await server.ended).toBe(0)
  })

  it('during the start waits for its end, and undoes it', async () => {
    // A new embedded database takes a while: its folder is locked first.
    const folder = await mkdtemp(join(tmpdir(), 'newswire-fresh-'))
    const child = runChild(['dist/main.js'], { PORT: '0', DATA_DIR: folder })
    children.push(child)
    await until(() => existsSync(join(folder, 'newswire.lock')))
    child.process.kill('SIGTERM')
    expect(await child.ended).toBe(0)
    await (
      await lockFolder(folder)
    )()
    await rm(folder, { recursive: true })
  })

  it('lets a request that runs end', async () => {
    const server = await start()
    await addCategory(server)
    const running = ingest(
      server,
      Array.from({ length: 500 }, (_, n) => draft(n)),
    )
    const follower = subscribe(server.url, ingested, { after: (await server.gql('{ streamCursor }')).streamCursor })
    await follower.first(1)
    server.process.kill('SIGTERM')
    expect((await running).map((result) => result.status)).toEqual(Array.from({ length: 500 }, () => 'INGESTED'))
    expect(await server.ended).toBe(0)
    await follower.stop()
  })
})

describe('a start', () => {
  it.each([
    [{ PORT: '70000' }, /^newswire: PORT=70000: must be a whole number from 0 to 65535\n$/],
    [{ HOST: '0.0.0.0' }, /^newswire: HOST=0\.0\.0\.0: must be one of /],
    [{ DATABASE_URL: 'mysql://user:secret@host/db' }, /^newswire: DATABASE_URL=…: must be a postgresql:\/\/ URL\n$/],
    [{ DATABASE_URL: 'postgresql://user:secret@127.0.0.1:1/db' }, /^newswire: DATABASE_URL: no PostgreSQL answers there: /],
    [{ DATABASE_URL: '', DATA_DIR: fileURLToPath(import.meta.url) }, /^newswire: DATA_DIR: EEXIST/],
  ])('with %o is refused, with the reason', async (env, message) => {
    const child = runChild(['dist/main.js'], { ...database.env, PORT: '0', ...env })
    children.push(child)
    expect(await child.ended).toBe(1)
    expect(child.output.stderr).toMatch(message)
    expect(child.output.stderr).not.toContain('secret')
    expect(child.output.stdout).toBe('')
  })

  it('on a port that is taken is refused, with the reason', async () => {
    const server = await start()
    const other = await createDatabase()
    const child = runChild(['dist/main.js'], { ...other.env, PORT: new URL(server.url).port })
    children.push(child)
    expect(await child.ended).toBe(1)
    expect(child.output.stderr).toMatch(/^newswire: PORT: port \d+ is in use/)
    await other.drop()
  })
})

describe('a kill in the middle of ingesting', () => {
  it('loses nothing that was acknowledged, and a follower sees every article exactly once', async () => {
    const articles = Array.from({ length: 2_000 }, (_, n) => draft(n))
    const batches = Array.from({ length: 20 }, (_, n) => articles.slice(n * 100, n * 100 + 100))
    const seen: { cursor: string; title: string }[] = []
    const note = ({ events }: Subscriber) => seen.push(...events.map(({ cursor, article }) => ({ cursor, title: article.title })))

    const first = await start()
    await addCategory(first)
    const { streamCursor } = await first.gql('{ streamCursor }')
    const before = subscribe(first.url, ingested, { after: streamCursor })
    const acknowledged: string[] = []
    const writing = (async () => {
      for (const batch of batches) for (const { article } of await ingest(first, batch)) acknowledged.push(article!.title)
    })().catch((error: unknown) => error)
    await until(() => acknowledged.length >= 700)
    first.process.kill('SIGKILL')
    expect(await first.ended).toBe('SIGKILL')
    expect(await writing).toBeInstanceOf(Error)
    await before.ended
    note(before)

    const second = await start()
    const { articles: kept } = await second.gql('{ articles { totalCount } }')
    expect(kept.totalCount).toBeLessThan(2_000)
    expect(kept.totalCount).toBeGreaterThanOrEqual(acknowledged.length)
    const after = subscribe(second.url, ingested, { after: seen.at(-1)?.cursor ?? streamCursor })
    const results = []
    for (const batch of batches) results.push(...(await ingest(second, batch)))
    await ingest(second, [draft('end', { title: 'The end' })])
    await until(() => after.events.at(-1)?.article.title === 'The end')
    note(after)
    await after.stop()

    expect(results.filter(({ status }) => status === 'DUPLICATE')).toHaveLength(kept.totalCount)
    expect(results.filter(({ status }) => status === 'INGESTED')).toHaveLength(2_000 - kept.totalCount)
    expect((await second.gql('{ articles { totalCount } }')).articles.totalCount).toBe(2_001)
    expect(seen.map(({ title }) => title).toSorted()).toEqual([...articles.map(({ title }) => title), 'The end'].toSorted())
  })
})
