import { expect, test } from 'vitest'
import { addCategory, draft, ingest, useApp } from '../helpers/app.ts'
import { cli, jsonLines } from './spawn.ts'

test('reindex tells how far it is until all is indexed and enriched', { timeout: 60_000 }, async () => {
  const app = await useApp({ enrich: true })
  await addCategory(app)
  await ingest(
    app,
    [1, 2, 3].map((n) => draft(n)),
  )
  const { pool } = app.services.database
  await pool.query('DELETE FROM article_lexemes')
  const env = { NEWSWIRE_URL: app.url }
  const lines = jsonLines((await cli(['reindex', '--json'], { env })).stdout)
  expect(lines.at(-1)).toMatchObject({ articles: 3, indexed: 3, enriching: 0, finishedAt: expect.any(String) })
  expect((await pool.query('SELECT FROM article_lexemes')).rowCount).toBe(3)
  expect((await cli(['reindex'], { env })).stdout).toBe('3 articles indexed and enriched\n')
})
