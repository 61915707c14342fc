// The limits to compare a replay with: the same events with their articles and categories, read in pages and dropped.
import type pg from 'pg'
import type { Prisma } from '../src/db/connect.ts'

export const pageSize = 500

/** Reads the `count` events after a position as the server could at best through its database client. */
export async function readByPrisma(prisma: Prisma, from: number, count: number): Promise<void> {
  const end = BigInt(from + count)
  for (let position = BigInt(from), read = 0; read < count;) {
    const page = await prisma.streamEvent.findMany({ where: { position: { gt: position, lte: end } }, orderBy: { position: 'asc' }, take: pageSize })
    const ids = page.map(({ articleId }) => articleId)
    const rows = await prisma.article.findMany({
      where: { id: { in: ids } },
      select: { id: true, title: true, url: true, category: { select: { id: true, name: true } } },
    })
    expectAll(ids, rows)
    read += page.length
    position = page.at(-1)!.position
  }
}

/** The same in plain SQL. */
export async function readByPg(client: pg.Client, from: number, count: number): Promise<void> {
  for (let position = from, read = 0; read < count;) {
    const page = await client.query<{ position: string; article_id: string }>({
      name: 'events',
      text: 'SELECT position, kind, article_id, facts, before, occurred_at FROM stream_event WHERE position > $1 AND position <= $2 ORDER BY position LIMIT $3',
      values: [position, from + count, pageSize],
    })
    const ids = page.rows.map((row) => row.article_id)
    const { rows } = await client.query<{ id: string }>({
      name: 'articles',
      text: 'SELECT a.id, a.title, a.url, c.id AS category_id, c.name FROM article a JOIN category c ON c.id = a.category_id WHERE a.id = ANY($1::uuid[])',
      values: [ids],
    })
    expectAll(ids, rows)
    read += page.rows.length
    position = Number(page.rows.at(-1)!.position)
  }
}

function expectAll(ids: string[], rows: { id: string }[]): void {
  const found = new Map(rows.map((row) => [row.id, row]))
  if (ids.length === 0 || !ids.every((id) => found.has(id))) throw new Error('an article of the log is not there')
}
