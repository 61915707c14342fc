// Reads: each is counted once, and answered once it is stored.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addCategory, draft, ingest, startApp, type App } from '../helpers/app.ts'
import { refused, strangeTexts } from '../helpers/refused.ts'

let app: App
beforeAll(async () => {
  app = await startApp()
  await addCategory(app)
})
afterAll(() => app?.close())

let counter = 0
const newArticle = async () => (await ingest(app, [draft(`read-${++counter}`)]))[0]!.article!.id
const record = 'mutation ($input: RecordReadInput!) { recordRead(input: $input) { counted article { id readCount lastReadAt } } }'
const read = async (articleId: string, idempotencyKey?: string | null) => (await app.gql(record, { input: { articleId, idempotencyKey } })).recordRead
const countOf = async (id: string) => (await app.gql('query ($id: ID!) { article(id: $id) { readCount } }', { id })).article.readCount as number

it('are counted, with the time of the last one', async () => {
  const id = await newArticle()
  expect((await app.gql('query ($id: ID!) { article(id: $id) { readCount lastReadAt } }', { id })).article).toEqual({ readCount: 0, lastReadAt: null })
  const from = Date.now()
  const first = await read(id)
  expect(first).toMatchObject({ counted: true, article: { id, readCount: 1 } })
  expect(Date.parse(first.article.lastReadAt)).toBeGreaterThanOrEqual(from)
  expect(await read(id, null)).toMatchObject({ counted: true, article: { readCount: 2 } })
  expect(await read(id.toUpperCase())).toMatchObject({ counted: true, article: { id, readCount: 3 } })
})

it('with one key are counted once, whatever the spelling of the id', async () => {
  const id = await newArticle()
  expect(await read(id, 'same')).toMatchObject({ counted: true, article: { readCount: 1 } })
  expect(await read(id, 'same')).toMatchObject({ counted: false, article: { readCount: 1 } })
  expect(await read(id.toUpperCase(), 'same')).toMatchObject({ counted: false, article: { readCount: 1 } })
  expect(await read(id, 'other')).toMatchObject({ counted: true, article: { readCount: 2 } })
  expect(await read(id, '\u00fcber \ud83d\ude00'.padEnd(200, 'x'))).toMatchObject({ counted: true })
})

it('with a key of another article are a conflict, and are not counted', async () => {
  const [one, other] = [await newArticle(), await newArticle()]
  await read(one, 'taken')
  expect(await refused(app, record, { input: { articleId: other, idempotencyKey: 'taken' } })).toEqual({ code: 'CONFLICT', field: 'input.idempotencyKey' })
  expect(await countOf(other)).toBe(0)
})

it.each(['', 'x'.repeat(201), 'nul\0', '\ud800'])('refuse the key %j', async (idempotencyKey) => {
  const articleId = await newArticle()
  expect(await refused(app, record, { input: { articleId, idempotencyKey } })).toEqual({ code: 'BAD_USER_INPUT', field: 'input.idempotencyKey' })
  expect(await countOf(articleId)).toBe(0)
})

it('of an article that is not there are not found, and use no key up', async () => {
  for (const articleId of strangeTexts) {
    expect(await refused(app, record, { input: { articleId } })).toEqual({ code: 'NOT_FOUND', field: 'input.articleId' })
    expect(await refused(app, record, { input: { articleId, idempotencyKey: 'kept' } })).toEqual({ code: 'NOT_FOUND', field: 'input.articleId' })
  }
  expect(await read(await newArticle(), 'kept')).toMatchObject({ counted: true })
})

it('of an article that was deleted are not found, under a key that was counted before too', async () => {
  const articleId = await newArticle()
  await read(articleId, 'before its end')
  await app.gql('mutation ($articleId: ID!) { deleteArticle(id: $articleId) { id } }', { articleId })
  for (const idempotencyKey of [null, 'before its end', 'after its end']) {
    expect(await refused(app, record, { input: { articleId, idempotencyKey } })).toEqual({ code: 'NOT_FOUND', field: 'input.articleId' })
  }
})

it('are all counted when they come at once', async () => {
  const id = await newArticle()
  const answers = await Promise.all(Array.from({ length: 100 }, () => read(id)))
  expect(answers.every(({ counted }) => counted)).toBe(true)
  expect(await countOf(id)).toBe(100)
  const { statistics } = await app.gql('{ statistics { overTime(interval: HOUR) { readCount } } }')
  expect(statistics.overTime.reduce((sum: number, { readCount }: { readCount: number }) => sum + readCount, 0)).toBe(
    (await app.gql('{ statistics { readCount } }')).statistics.readCount,
  )
})

it('with one key are counted once when they come at once', async () => {
  const [one, other] = [await newArticle(), await newArticle()]
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) => app.ask(record, { input: { articleId: i % 4 === 3 ? other : one, idempotencyKey: 'race' } })),
  )
  expect(answers.filter(({ data }) => data?.recordRead.counted)).toHaveLength(1)
  expect((await countOf(one)) + (await countOf(other))).toBe(1)
  expect(answers.every(({ data, errors }) => data || errors![0]!.extensions.code === 'CONFLICT')).toBe(true)
})

it('fail alone when the database does', async () => {
  const { pool } = app.services.database
  const articleId = await newArticle()
  await pool.query('ALTER TABLE read_key RENAME TO read_key_gone')
  const failed = await refused(app, record, { input: { articleId, idempotencyKey: 'failed' } })
  await pool.query('ALTER TABLE read_key_gone RENAME TO read_key')
  expect(failed.code).toBe('INTERNAL_SERVER_ERROR')
  expect(await read(articleId, 'failed')).toMatchObject({ counted: true, article: { readCount: 1 } })
})

describe('recordReads', () => {
  const many = 'mutation ($reads: [RecordReadInput!]!) { recordReads(input: { reads: $reads }) { results { articleId counted errorCode } } }'
  const readMany = async (reads: object[]) => (await app.gql(many, { reads })).recordReads.results

  it('judges each on its own, in the order of the input', async () => {
    const [one, other, gone] = [await newArticle(), await newArticle(), await newArticle()]
    await app.gql('mutation ($gone: ID!) { deleteArticle(id: $gone) { id } }', { gone })
    const none = { counted: false, errorCode: null }
    expect(
      await readMany([
        { articleId: one },
        { articleId: 'none' },
        { articleId: gone, idempotencyKey: 'many-1' },
        { articleId: other, idempotencyKey: 'many-1' },
        { articleId: one, idempotencyKey: 'many-1' },
        { articleId: other.toUpperCase(), idempotencyKey: 'many-1' },
        { articleId: one, idempotencyKey: null },
        { articleId: one, idempotencyKey: 'many-2' },
      ]),
    ).toEqual([
      { articleId: one, counted: true, errorCode: null },
      { articleId: 'none', counted: false, errorCode: 'NOT_FOUND' },
      { articleId: gone, counted: false, errorCode: 'NOT_FOUND' },
      { articleId: other, counted: true, errorCode: null },
      { articleId: one, counted: false, errorCode: 'CONFLICT' },
      { articleId: other.toUpperCase(), ...none },
      { articleId: one, counted: true, errorCode: null },
      { articleId: one, counted: true, errorCode: null },
    ])
    expect(await countOf(one)).toBe(3)
    expect(await countOf(other)).toBe(1)
    expect(await readMany([{ articleId: one, idempotencyKey: 'many-2' }])).toEqual([{ articleId: one, ...none }])
  })

  it('takes 1 to 500, and refuses all where a key is none', async () => {
    const articleId = await newArticle()
    expect(await readMany(Array.from({ length: 500 }, () => ({ articleId })))).toHaveLength(500)
    for (const reads of [[], Array.from({ length: 501 }, () => ({ articleId }))])
      expect(await refused(app, many, { reads })).toEqual({ code: 'BAD_USER_INPUT', field: 'input.reads' })
    expect(await refused(app, many, { reads: [{ articleId }, { articleId, idempotencyKey: '' }] })).toEqual({
      code: 'BAD_USER_INPUT',
      field: 'input.reads[1].idempotencyKey',
    })
    expect(await countOf(articleId)).toBe(500)
  })
})
