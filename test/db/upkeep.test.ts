import { expect, it } from 'vitest'
import { tidy } from '../../src/db/upkeep.ts'
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
