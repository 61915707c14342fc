// Retention and whoever else is in the middle of something, on a server: the embedded database has one connection, and no middle.
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import type pg from 'pg'
import { sweep } from '../../src/articles/retention.ts'
import { addCategory, addFeed, draft, ingest, startApp, type App } from '../helpers/app.ts'

describe.skipIf(!inject('databaseUrl'))('retention', () => {
  let app: App
  let inTheMiddle: pg.PoolClient
  let articles: string[]
  beforeAll(async () => {
    app = await startApp()
    await addCategory(app, 'other')
    inTheMiddle = await app.services.database.pool.connect()
  })
  afterAll(async () => {
    inTheMiddle?.release()
    await app?.close()
  })
  afterEach(async () => {
    await inTheMiddle.query('ROLLBACK')
    await inTheMiddle.query('UPDATE category SET keep_count = NULL')
  })

  let counter = 0
  /** A category that keeps one of its three articles. Returns its id. */
  const category = async () => {
    const id = `c${++counter}`
    await addCategory(app, id)
    articles = (
      await ingest(
        app,
        ['a', 'b', 'c'].map((name) => draft(`${id}/${name}`, { categoryId: id })),
      )
    ).map((result) => result.article!.id)
    await app.gql('mutation ($id: ID!) { updateCategory(input: { id: $id, retention: { maxArticles: 1 } }) { category { id } } }', { id })
    return id
  }
  const sweepNow = () => sweep({ prisma: app.services.database.prisma, wake: app.services.wake, clock: () => new Date() }, new AbortController().signal)
  const there = async () =>
    (await app.services.database.prisma.article.findMany({ where: { id: { in: articles } }, orderBy: { id: 'asc' } })).map(({ id }) => id)
  /** Once somebody waits for what is locked here. */
  const waitedFor = async () => {
    for (const end = Date.now() + 15_000; Date.now() < end;) {
      const { rowCount } = await inTheMiddle.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND pg_backend_pid() = ANY(pg_blocking_pids(pid))`,
      )
      if (rowCount) return
    }
    throw new Error('nobody waits')
  }

  it('waits for a read', async () => {
    await category()
    await app.gql('mutation ($id: ID!) { recordRead(input: { articleId: $id }) { counted } }', { id: articles[0] })
    await inTheMiddle.query('BEGIN')
    await inTheMiddle.query('UPDATE article_counter SET read_count = read_count + 1 WHERE article_id = $1', [articles[0]])
    const sweeping = sweepNow()
    await waitedFor()
    await inTheMiddle.query('INSERT INTO read_bucket (article_id, start, reads) VALUES ($1, now(), 1)', [articles[0]])
    await inTheMiddle.query('COMMIT')
    expect(await sweeping).toBe(2)
    expect(await there()).toEqual([articles[2]])
  })

  it('waits for the removal of a feed, in whatever order that goes over its sightings', async () => {
    const id = await category()
    const feed = await addFeed(app, `https://example.com/${id}`, { categoryId: 'other' })
    await inTheMiddle.query('UPDATE sighting SET feed_id = $1 WHERE article_id = ANY($2)', [feed, articles])
    await inTheMiddle.query('BEGIN')
    await inTheMiddle.query('SELECT FROM feed WHERE id = $1 FOR UPDATE', [feed])
    await inTheMiddle.query('UPDATE sighting SET feed_id = NULL WHERE article_id = $1', [articles[1]])
    const sweeping = sweepNow()
    await waitedFor()
    await inTheMiddle.query('UPDATE sighting SET feed_id = NULL WHERE article_id = $1', [articles[0]])
    await inTheMiddle.query('COMMIT')
    expect(await sweeping).toBe(2)
    expect(await there()).toEqual([articles[2]])
  })

  it('leaves an article that moves to a category which keeps it', async () => {
    await category()
    await inTheMiddle.query('BEGIN')
    await inTheMiddle.query(`UPDATE article SET category_id = 'other' WHERE id = $1`, [articles[0]])
    const sweeping = sweepNow()
    await waitedFor()
    await inTheMiddle.query('COMMIT')
    expect(await sweeping).toBe(1)
    expect(await there()).toEqual([articles[0], articles[2]])
  })

  it('leaves a category to another sweep, and neither keeps its articles from coming', async () => {
    const id = await category()
    await inTheMiddle.query('BEGIN')
    await inTheMiddle.query('SELECT FROM category WHERE id = $1 FOR NO KEY UPDATE', [id])
    expect(await sweepNow()).toBe(0)
    expect(await ingest(app, [draft(`${id}/d`, { categoryId: id })])).toMatchObject([{ status: 'INGESTED' }])
    await inTheMiddle.query('COMMIT')
    expect(await sweepNow()).toBe(3)
  })

  it('waits for who stores under the same link', async () => {
    const id = await category()
    await inTheMiddle.query('BEGIN')
    const [{ key }] = (await inTheMiddle.query('SELECT url_key AS key FROM sighting WHERE article_id = $1', [articles[0]])).rows
    await inTheMiddle.query(`SELECT pg_advisory_xact_lock(('x' || left(replace($1::text, '-', ''), 16))::bit(64)::bigint)`, [key])
    const sweeping = sweepNow()
    await waitedFor()
    // It has locked no article yet: whoever stores locks its link first.
    await inTheMiddle.query('SELECT FROM article WHERE category_id = $1 FOR UPDATE NOWAIT', [id])
    await inTheMiddle.query('COMMIT')
    expect(await sweeping).toBe(2)
  })
})
