import type { Sighting } from '../db/generated/client.ts'
import { memoized } from '../graphql/loader.ts'

/** Of each article the first sightings, `first` of them, oldest first, in one statement. */
export const sightingsOf = memoized((first: number) => async ({ prisma }, articleIds: readonly string[]): Promise<Sighting[][]> => {
  const rows = await prisma.$queryRaw<Sighting[]>`
    SELECT s.id, s.article_id AS "articleId", s.feed_id AS "feedId", s.url, s.url_key AS "urlKey", s.guid, s.seen_at AS "seenAt"
    FROM unnest(${[...articleIds]}::uuid[]) k(article_id)
    CROSS JOIN LATERAL (SELECT * FROM sighting WHERE article_id = k.article_id ORDER BY seen_at, id LIMIT ${first}) s
    ORDER BY s.seen_at, s.id`
  const lists = new Map<string, Sighting[]>(articleIds.map((id) => [id, []]))
  for (const row of rows) lists.get(row.articleId)?.push(row)
  return articleIds.map((id) => lists.get(id)!)
})
