import { afterAll, beforeAll, expect, it } from 'vitest'
import { addCategory, draft, ingest, startApp } from '../helpers/app.ts'
import { createDatabase, type TestDatabase } from '../helpers/database.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase()
})

afterAll(() => database?.drop())

it('reads and writes the same instants where the database is of another time zone', async () => {
  const first = await startApp({ database })
  const { pool } = first.services.database
  const name = (await pool.query<{ name: string }>('SELECT current_database() AS name')).rows[0]!.name
  await pool.query(`ALTER DATABASE "${name}" SET timezone TO 'Asia/Kathmandu'`)
  await first.close()

  const app = await startApp({ database })
  try {
    await addCategory(app)
    await ingest(app, [draft(1, { publishedAt: '2026-03-29T01:30:00.123Z' })])
    const { articles } = await app.gql(
      '{ articles(filter: { publishedFrom: "2026-03-29T01:30:00Z", publishedBefore: "2026-03-29T01:31:00Z" }) { nodes { publishedAt } } }',
    )
    expect(articles.nodes).toEqual([{ publishedAt: '2026-03-29T01:30:00.123Z' }])
    const { rows } = await app.services.database.pool.query(`SELECT count(*)::int AS n FROM article WHERE published_at = '2026-03-29T01:30:00.123Z'`)
    expect(rows).toEqual([{ n: 1 }])
  } finally {
    await app.close()
  }
})
