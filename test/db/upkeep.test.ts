import { expect, it } from 'vitest'
import { analyseGrown, tidy } from '../../src/db/upkeep.ts'
import { addCategory, draft, ingest, useApp } from '../helpers/app.ts'

it('tells the planner of every table how many rows there are', async () => {
  const app = await useApp()
  await addCategory(app)
  await ingest(
    app,
    Array.from({ length: 20 }, (_, n) => draft(n)),
  )
  const { pool } = app.services.database
  await tidy(pool)
  const { rows } = await pool.query(
    `SELECT relname, reltuples::int AS rows FROM pg_class WHERE relname IN ('article', 'category', 'sighting', 'stream_event') ORDER BY relname`,
  )
  expect(rows).toEqual([
    { relname: 'article', rows: 20 },
    { relname: 'category', rows: 1 },
    { relname: 'sighting', rows: 20 },
    { relname: 'stream_event', rows: 20 },
  ])
})

it('tells the planner of what has grown since, and of nothing else', async () => {
  const app = await useApp()
  const { pool } = app.services.database
  const known = async () =>
    (await pool.query<{ rows: number }>(`SELECT reltuples::int AS rows FROM pg_class WHERE relname IN ('lexeme', 'similar_term') ORDER BY relname`)).rows.map(
      ({ rows }) => rows,
    )
  const add = (count: number) => pool.query(`INSERT INTO lexeme (lexeme, articles) SELECT gen_random_uuid(), 1 FROM generate_series(1, ${count})`)
  // What is counted of changes is known a moment after a commit.
  const grown = async () => {
    await analyseGrown(pool)
    return known()
  }
  await tidy(pool)
  await add(200)
  await expect.poll(grown, { timeout: 10_000 }).toEqual([200, 0])
  await add(60)
  await pool.query('INSERT INTO similar_term (term, articles) SELECT n, ARRAY[n] FROM generate_series(1, 100) n')
  await expect.poll(grown, { timeout: 10_000 }).toEqual([200, 100])
  await add(200)
  await expect.poll(grown, { timeout: 10_000 }).toEqual([460, 100])
})
