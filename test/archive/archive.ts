import { randomUUID } from 'node:crypto'
import type { App } from '../helpers/app.ts'

/** An article of an archive, with an id and a link of its own. */
export function archived(fields: Record<string, unknown> = {}) {
  const id = randomUUID()
  return {
    id,
    url: `https://example.com/${id}`,
    title: `Title ${id}`,
    content: `Text ${id}.`,
    categoryId: 'world',
    publishedAt: '2023-10-08T08:00:00Z',
    createdAt: '2023-10-08T09:00:00.000Z',
    ...fields,
  } as Record<string, unknown> & { id: string; url: string; title: string; publishedAt: string; createdAt: string; updatedAt?: string; readCount?: number }
}

export type ImportResult = {
  status: string
  cursor: string | null
  article: { id: string; url: string } | null
  error: { code: string; message: string; field: string | null } | null
}

export async function importAll(app: Pick<App, 'gql'>, articles: object[]): Promise<ImportResult[]> {
  const { importArticles } = await app.gql(
    `mutation ($articles: [ArchivedArticleInput!]!) {
      importArticles(input: { articles: $articles }) { results { status cursor article { id url } error { code message field } } }
    }`,
    { articles },
  )
  return importArticles.results
}

/** What an article has that an archive tells, and what is made from it. */
export const exportedFields = `id categoryId url title content contentHtml textSource publishedAt createdAt updatedAt lastReadAt readCount byline summary imageUrl language tags
  enclosures { url mediaType byteLength } sightings { guid url seenAt }`

/** An article's reads by the quarter of an hour, folded into the statistics already or not. */
export async function readsOf(app: App, id: string): Promise<{ start: string; reads: number }[]> {
  const rows = await app.services.database.prisma.$queryRaw<{ start: Date; reads: number }[]>`
    SELECT start, sum(reads)::int AS reads FROM (
      SELECT article_id, start, reads FROM read_bucket UNION ALL SELECT article_id, start, reads FROM statistics_delta
    ) AS r WHERE article_id = ${id}::uuid GROUP BY start HAVING sum(reads) > 0 ORDER BY start`
  return rows.map(({ start, reads }) => ({ start: start.toISOString(), reads }))
}
