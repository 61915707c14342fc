import type { Prisma as Client } from '../db/connect.ts'
import { Prisma } from '../db/generated/client.ts'
import { notFound } from '../errors.ts'
import { appendEvents, factsSql, type ArticleFacts } from '../stream/log.ts'
import type { Wake } from '../stream/wake.ts'
import { isUuid } from '../graphql/ids.ts'
import { lockKeys } from './store.ts'

/**
 * Removes an article with everything of it, but for a tombstone of each sighting, so that its entry does not bring it back.
 * @returns the position of the event
 * @throws NOT_FOUND
 */
export async function removeArticle({ prisma, wake }: { prisma: Client; wake: Pick<Wake, 'hint'> }, id: string, now: Date): Promise<bigint> {
  if (!isUuid(id)) throw notFound('article')
  const position = await prisma.$transaction(async (tx) => {
    const links = await tx.sighting.findMany({ where: { articleId: id }, select: { urlKey: true } })
    await lockKeys(
      tx,
      links.map((link) => link.urlKey),
    )
    const [article] = await tx.$queryRaw<{ facts: ArticleFacts }[]>`
      WITH gone AS (
        INSERT INTO tombstone (id, article_id, url_key, feed_id, guid, text_hash, enclosures, deleted_at)
        SELECT gen_random_uuid(), a.id, s.url_key, s.feed_id, s.guid, a.text_hash, a.enclosures, ${now} FROM article a JOIN sighting s ON s.article_id = a.id WHERE a.id = ${id}::uuid
        RETURNING feed_id
      )
      DELETE FROM article a WHERE id = ${id}::uuid
      RETURNING ${factsSql(Prisma.sql`SELECT feed_id FROM gone`)} AS facts`
    if (!article) throw notFound('article')
    return appendEvents(tx, [{ kind: 'REMOVED', articleId: id, facts: article.facts }], now)
  })
  wake.hint()
  return position
}
