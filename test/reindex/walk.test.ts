import { expect, test } from 'vitest'
import { addCategory, draft, ingest, useApp, type App } from '../helpers/app.ts'
import { subscribe } from '../helpers/subscriber.ts'

const english = 'The minister of finance told reporters in London on Monday that the budget would be balanced within two years.'
const drafts = (count: number) => Array.from({ length: count }, (_, n) => draft(n, { content: `${english} Story ${n}.` }))
const pool = (app: App) => app.services.database.pool

const foundBy = async (app: App) => {
  const { rows } = await pool(app).query<{ id: string; lexemes: string }>('SELECT article_id AS id, lexemes::text AS lexemes FROM article_lexemes ORDER BY 1')
  return rows
}
const progress = async (app: App) => (await app.gql('{ reindex { startedAt finishedAt articles indexed } }')).reindex
const walked = (app: App) => expect.poll(async () => (await progress(app)).finishedAt, { timeout: 15_000 }).not.toBeNull()

test('articles that were never indexed are indexed by a server that starts', { timeout: 60_000 }, async () => {
  const app = await useApp()
  await addCategory(app)
  await ingest(app, drafts(120))
  const before = await foundBy(app)
  await pool(app).query(`DELETE FROM article_lexemes; UPDATE reindex SET version = 0`)
  await expect.poll(async () => (await foundBy(app)).length, { timeout: 15_000 }).toBe(120)
  await walked(app)
  expect(await foundBy(app)).toEqual(before)
  expect(await progress(app)).toMatchObject({ articles: 120, indexed: 120 })
})

test('an article that cannot be indexed is left out, and holds up no other', { timeout: 60_000 }, async () => {
  const app = await useApp()
  await addCategory(app)
  await ingest(app, drafts(60))
  const before = await foundBy(app)
  const refused = before[20]!.id
  await pool(app).query(`DELETE FROM article_lexemes; UPDATE reindex SET version = 0;
    ALTER TABLE article_lexemes ADD CONSTRAINT refused CHECK (article_id <> '${refused}')`)
  await expect.poll(async () => (await foundBy(app)).length, { timeout: 30_000 }).toBe(59)
  await walked(app)
  expect(await foundBy(app)).toEqual(before.filter(({ id }) => id !== refused))
})

test('a walk goes on from where it was broken off', { timeout: 60_000 }, async () => {
  const app = await useApp()
  await addCategory(app)
  await ingest(app, drafts(120))
  const before = await foundBy(app)
  await pool(app).query('DELETE FROM article_lexemes')
  await pool(app).query('UPDATE reindex SET after = $1, articles = 120, indexed = 70, finished_at = NULL', [before[69]!.id])
  await walked(app)
  expect(await foundBy(app)).toEqual(before.slice(70))
  expect(await progress(app)).toMatchObject({ articles: 120, indexed: 120 })
})

test('what comes after the beginning is counted with the rest', { timeout: 60_000 }, async () => {
  const app = await useApp()
  await addCategory(app)
  await ingest(app, drafts(60))
  await pool(app).query('UPDATE reindex SET started_at = now(), after = NULL, articles = 50, indexed = 0, finished_at = NULL')
  await walked(app)
  expect(await progress(app)).toMatchObject({ articles: 60, indexed: 60 })
})

test('a language that nobody told is told, as a change that does not move updatedAt', { timeout: 60_000 }, async () => {
  const app = await useApp()
  await addCategory(app)
  const [, second] = await ingest(app, drafts(2))
  const fields = 'id language updatedAt'
  const stored = (await app.gql(`query ($id: ID!) { article(id: $id) { ${fields} } }`, { id: second!.article!.id })).article
  expect(stored.language).toBe('en')
  const { streamCursor } = await app.gql('{ streamCursor }')
  await pool(app).query('UPDATE article SET language = NULL WHERE id = $1', [stored.id])
  await app.gql('mutation { reindex { startedAt } }')
  const changes = subscribe(app.url, `subscription ($after: String) { articleChanged(after: $after) { kind article { ${fields} } } }`, { after: streamCursor })
  expect(await changes.first(1)).toEqual([{ kind: 'UPDATED', article: stored }])
  await changes.stop()
})

test('a second one, asked for meanwhile, does not begin anew', { timeout: 60_000 }, async () => {
  const app = await useApp()
  await addCategory(app)
  await ingest(app, drafts(3))
  await pool(app).query(
    `UPDATE reindex SET started_at = '2020-01-01', finished_at = NULL, after = 'ffffffff-ffff-ffff-ffff-ffffffffffff', indexed = 3, articles = 3`,
  )
  expect((await app.gql('mutation { reindex { startedAt articles indexed } }')).reindex).toEqual({
    startedAt: '2020-01-01T00:00:00.000Z',
    articles: 3,
    indexed: 3,
  })
})
