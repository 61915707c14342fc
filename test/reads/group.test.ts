// Commits of many reads: what becomes of each is what would if they came one after the other.
import fc from 'fast-check'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Outcome, Read } from '../../src/reads/commit.ts'
import { forgetKeys } from '../../src/reads/forget.ts'
import { createReadRecorder } from '../../src/reads/record.ts'
import { readSince } from '../../src/reads/watch.ts'
import { foldStatistics } from '../../src/statistics/fold.ts'
import { verifyStatistics } from '../../src/statistics/verify.ts'
import { addCategory, draft, ingest, startApp, type App } from '../helpers/app.ts'
import { subscribe } from '../helpers/subscriber.ts'
import { until } from '../helpers/until.ts'

let app: App
let pool: pg.Pool
beforeAll(async () => {
  app = await startApp()
  pool = app.services.database.pool
  await addCategory(app)
})
afterAll(() => app?.close())

let articles = 0
const newArticles = async (count: number) =>
  (
    await ingest(
      app,
      Array.from({ length: count }, () => draft(`group-${++articles}`)),
    )
  ).map(({ article }) => article!.id)
const unknown = '00000000-0000-0000-0000-000000000000'
const bare = (articleId: string): Read => ({ articleId, key: null })
const countsOf = async (ids: string[]): Promise<number[]> => {
  const { rows } = await pool.query<{ article_id: string; read_count: number }>('SELECT article_id, read_count FROM article_counter')
  const counts = new Map(rows.map((row) => [row.article_id, row.read_count]))
  return ids.map((id) => counts.get(id) ?? 0)
}

/** How many transactions wait for another. */
const whoWaits = async () =>
  (await pool.query('SELECT FROM pg_stat_activity WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0')).rowCount

/** Another server's recorder. `before` happens before each of its statements, which are counted. */
function recorderOf(before: (name: string) => Promise<unknown> = () => Promise.resolve()) {
  const statements: string[] = []
  const query = async (statement: { name: string }) => {
    statements.push(statement.name)
    await before(statement.name)
    return pool.query(statement as never)
  }
  return { ...createReadRecorder({ pool: { query } as never, notices: { say: () => undefined }, clock: () => new Date() }), statements }
}

/** What becomes of reads that come one after the other. */
function model(owners: Map<string, string>, { articleId, key }: Read): Outcome {
  if (articleId === unknown) return 'NOT_FOUND'
  if (key === null) return 'COUNTED'
  const owner = owners.get(key)
  if (owner !== undefined) return owner === articleId ? 'COUNTED_BEFORE' : 'CONFLICT'
  owners.set(key, articleId)
  return 'COUNTED'
}

const lists = (ids: string[]) =>
  fc.array(
    fc.array(fc.record({ articleId: fc.constantFrom(...ids, unknown), key: fc.option(fc.constantFrom('a', 'b', 'c,\'{}\\"', 'D')) }), {
      minLength: 1,
      maxLength: 12,
    }),
    { minLength: 1, maxLength: 4 },
  )
let runs = 0
const ofThisRun = (given: Read[][]): Read[][] => {
  const run = ++runs
  return given.map((list) => list.map(({ articleId, key }) => ({ articleId, key: key && `${key} ${run}` })))
}
const added = (before: number[], after: number[]) => after.map((count, i) => count - before[i]!)

describe('reads', () => {
  it('in any lists, one after the other, are judged as if each came alone', async () => {
    const ids = await newArticles(3)
    const recorder = recorderOf()
    await fc.assert(
      fc.asyncProperty(lists(ids), async (given) => {
        const before = await countsOf(ids)
        const owners = new Map<string, string>()
        const counted = new Map(ids.map((id) => [id, 0]))
        for (const list of ofThisRun(given)) {
          const expected = list.map((read) => model(owners, read))
          for (const [i, { articleId }] of list.entries()) if (expected[i] === 'COUNTED') counted.set(articleId, counted.get(articleId)! + 1)
          expect(await recorder.record(list)).toEqual(expected)
        }
        expect(added(before, await countsOf(ids))).toEqual([...counted.values()])
      }),
      { numRuns: 60 },
    )
  })

  it('in any lists on two servers at once count what is said to be counted, and a key once', async () => {
    const ids = await newArticles(3)
    const recorders = [recorderOf(), recorderOf()]
    await fc.assert(
      fc.asyncProperty(lists(ids), async (given) => {
        const before = await countsOf(ids)
        const sent = ofThisRun(given)
        const outcomes = (await Promise.all(sent.map((list, i) => recorders[i % 2]!.record(list)))).flat()
        const reads = sent.flat().map((read, i) => ({ ...read, outcome: outcomes[i]! }))
        const counted = reads.filter(({ outcome }) => outcome === 'COUNTED')
        expect(added(before, await countsOf(ids))).toEqual(ids.map((id) => counted.filter(({ articleId }) => articleId === id).length))
        const owners = new Map(counted.map(({ key, articleId }) => [key, articleId]))
        expect(counted.filter(({ key }) => key !== null)).toHaveLength([...owners.keys()].filter((key) => key !== null).length)
        for (const { articleId, key, outcome } of reads) {
          if (articleId === unknown) expect(outcome).toBe('NOT_FOUND')
          else if (outcome !== 'COUNTED') expect(outcome).toBe(owners.get(key) === articleId ? 'COUNTED_BEFORE' : 'CONFLICT')
        }
      }),
      { numRuns: 40 },
    )
  })

  it('that come while a commit is under way go in the next one, all of them', async () => {
    const [id] = await newArticles(1)
    const recorder = recorderOf()
    const reads = Array.from({ length: 200 }, async (_, i) => {
      for (let turn = 0; turn < i % 10; turn++) await new Promise(setImmediate)
      return recorder.record([bare(id!)])
    })
    expect((await Promise.all(reads)).flat()).toEqual(Array(200).fill('COUNTED'))
    expect(await countsOf([id!])).toEqual([200])
    expect(recorder.statements.length).toBeLessThan(12)
  })

  it('are refused where too many wait, and commits take 1,000 of them', async () => {
    const [id] = await newArticles(1)
    const recorder = recorderOf()
    expect(await recorder.record([])).toEqual([])
    const all = recorder.record(Array.from({ length: 20_000 }, () => bare(id!)))
    await expect(recorder.record([bare(id!)])).rejects.toMatchObject({ code: 'RATE_LIMITED' })
    expect(new Set(await all)).toEqual(new Set(['COUNTED']))
    expect(recorder.statements).toHaveLength(20)
    expect(await recorder.record([bare(id!)])).toEqual(['COUNTED'])
    expect(await countsOf([id!])).toEqual([20_001])
  })

  it('fail with their commit, and those of the next one do not', async () => {
    const [id] = await newArticles(1)
    let second: Promise<Outcome[]> | undefined
    const recorder = recorderOf(async () => {
      if (second) return
      second = recorder.record([bare(id!)])
      await pool.query('SELECT 1 / 0')
    })
    await expect(recorder.record([bare(id!), { articleId: id!, key: 'of a failure' }])).rejects.toThrow('division by zero')
    expect(await second).toEqual(['COUNTED'])
    expect(await recorder.record([{ articleId: id!, key: 'of a failure' }])).toEqual(['COUNTED'])
    expect(await countsOf([id!])).toEqual([2])
    await recorder.close()
  })

  it('of a key that is forgotten while it is looked for are counted', async () => {
    const [id] = await newArticles(1)
    let lookups = 0
    const recorder = recorderOf(async (name) => {
      if (name === 'owners of keys' && ++lookups === 1) await forgetKeys(pool, new Date(Date.now() + 1_000))
    })
    const read = { articleId: id!, key: 'forgotten' }
    expect(await recorder.record([read])).toEqual(['COUNTED'])
    expect(await recorder.record([read, bare(id!)])).toEqual(['COUNTED', 'COUNTED'])
    expect(await countsOf([id!])).toEqual([3])
  })

  it('of articles that are removed meanwhile are not found, and the others are counted once', async () => {
    const ids = await newArticles(40)
    const recorder = recorderOf()
    const counted = new Map<string, number>()
    let removing = true
    const reading = Promise.all(
      [0, 1, 2].map(async (reader) => {
        for (let round = 0; removing || round < 3; round++) {
          const list = ids.map((articleId, i) => ({ articleId, key: i % 3 === 0 ? `removal ${reader} ${round} ${i}` : null }))
          for (const [i, outcome] of (await recorder.record(list)).entries()) if (outcome === 'COUNTED') counted.set(ids[i]!, (counted.get(ids[i]!) ?? 0) + 1)
        }
      }),
    )
    const gone = ids.filter((_, i) => i % 2 === 0)
    for (const id of gone) await app.gql('mutation ($id: ID!) { deleteArticle(id: $id) { id } }', { id })
    removing = false
    await reading
    expect(await recorder.record(gone.map(bare))).toEqual(gone.map(() => 'NOT_FOUND'))
    const stay = ids.filter((id) => !gone.includes(id))
    expect(await countsOf(stay)).toEqual(stay.map((id) => counted.get(id)))
    const { rows } = await pool.query('SELECT FROM read_key WHERE article_id = ANY($1::uuid[])', [gone])
    expect(rows).toEqual([])
    expect(await verifyStatistics(pool, new Date())).toEqual([])
  })

  it('of an article that goes in the middle of their commit are judged again', async ({ skip }) => {
    if (app.database.embedded) skip('one connection: nothing happens in the middle of a statement')
    const [goes, stays] = await newArticles(2)
    const client = await pool.connect()
    await client.query('BEGIN')
    await client.query('SELECT FROM article WHERE id = $1 FOR UPDATE', [goes])
    const reading = recorderOf().record([bare(stays!), bare(goes!), { articleId: goes!, key: 'in the middle' }])
    await expect.poll(whoWaits).toBe(1)
    await client.query('DELETE FROM article WHERE id = $1', [goes])
    await client.query('COMMIT')
    client.release()
    expect(await reading).toEqual(['COUNTED', 'NOT_FOUND', 'NOT_FOUND'])
    expect(await countsOf([stays!, goes!])).toEqual([1, 0])
  })

  it('of an article that is being removed wait for its end, the first read too', async ({ skip }) => {
    if (app.database.embedded) skip('one connection: nothing happens in the middle of a transaction')
    const [id] = await newArticles(1)
    const client = await pool.connect()
    await client.query('BEGIN')
    await client.query('SELECT FROM article WHERE id = $1 FOR KEY SHARE', [id])
    const removing = app.gql('mutation ($id: ID!) { deleteArticle(id: $id) { id } }', { id })
    await expect.poll(whoWaits).toBe(1)
    const reading = recorderOf().record([{ articleId: id!, key: 'first' }])
    await expect.poll(whoWaits).toBe(2)
    await client.query('COMMIT')
    client.release()
    await removing
    expect(await reading).toEqual(['NOT_FOUND'])
    expect((await pool.query('SELECT FROM read_key WHERE article_id = $1', [id])).rowCount).toBe(0)
  })

  it('of more articles than one notice has room for are all told of', async () => {
    const ids = await newArticles(450)
    const follower = subscribe(app.url, 'subscription ($ids: [ID!]) { articleRead(articleIds: $ids) { id } }', { ids })
    await until(() => app.subscriptions.live() === 1)
    await app.gql('mutation ($reads: [RecordReadInput!]!) { recordReads(input: { reads: $reads }) { results { counted } } }', {
      reads: ids.map((articleId) => ({ articleId })),
    })
    await until(() => new Set(follower.events.map(({ id }) => id)).size === 450)
    await follower.stop()
  })

  it('since a moment are those that are folded and those that are not', async () => {
    const { prisma } = app.services.database
    const [early, folded, fresh, both] = await newArticles(4)
    const recorder = recorderOf()
    await recorder.record([bare(early!), bare(both!)])
    const { rows } = await pool.query<{ since: Date }>(`SELECT last_read_at + interval '1 ms' AS since FROM article_counter WHERE article_id = $1`, [early])
    await until(() => Date.now() > rows[0]!.since.getTime())
    await recorder.record([bare(folded!), bare(both!)])
    await foldStatistics(pool, new Date())
    await recorder.record([bare(fresh!), bare(both!)])
    expect(new Set(await readSince(prisma, rows[0]!.since))).toEqual(new Set([folded, fresh, both]))
    await foldStatistics(pool, new Date())
    expect(new Set(await readSince(prisma, rows[0]!.since))).toEqual(new Set([folded, fresh, both]))
  })
})

describe('keys', () => {
  it('are forgotten with their time, in batches, and count again', async () => {
    const [id] = await newArticles(1)
    await forgetKeys(pool, new Date(Date.now() + 1_000))
    const old = new Date('2026-01-01T00:00:00Z')
    await pool.query(`INSERT INTO read_key (key, article_id, counted_at) SELECT 'old ' || n, $1, $2 FROM generate_series(1, 2500) n`, [id, old])
    const recorder = recorderOf()
    const read = (key: string) => recorder.record([{ articleId: id!, key }])
    expect([...(await read('old 1')), ...(await read('new'))]).toEqual(['COUNTED_BEFORE', 'COUNTED'])
    expect(await forgetKeys(pool, new Date(old.getTime() + 1), AbortSignal.abort())).toBe(0)
    expect(await forgetKeys(pool, old)).toBe(0)
    expect(await forgetKeys(pool, new Date(old.getTime() + 1))).toBe(2_500)
    expect([...(await read('old 1')), ...(await read('new'))]).toEqual(['COUNTED', 'COUNTED_BEFORE'])
  })
})
