import type { Prisma as Client, Transaction } from '../db/connect.ts'
import { Prisma } from '../db/generated/client.ts'
import { notFound } from '../errors.ts'
import { appendEvents, factsSql, type ArticleFacts } from '../stream/log.ts'
import type { Wake } from '../stream/wake.ts'
import { isUuid } from '../graphql/ids.ts'
import { lockCounters } from './counters.ts'
import { lockKeys } from './store.ts'

/**
 * Removes an article with everything of it, but for a tombstone of each sighting, so that its entry does not bring it back.
 * @returns the position of the event
 * @throws NOT_FOUND
 */
export async function removeArticle({ prisma, wake }: { prisma: Client; wake: Pick<Wake, 'hint'> }, id: string, now: Date): Promise<bigint> {
  if (!isUuid(id)) throw notFound('article')
  const position = await prisma.$transaction(async (tx) => {
    const [article] = await lockArticles(tx, [id])
    if (!article) throw notFound('article')
    return removeLocked(tx, [article.id], { now, expiresAt: null })
  })
  wake.hint()
  return position
}

/**
 * Locks articles, and all that could bring something to them or take it away, until the transaction ends: their links, as the
 * store does; their feeds, whose removal would go over their sightings in another order; their counters, which a read locks
 * before its article; then their rows. Each kind in the order of its ids, so that two never wait for each other.
 * @returns those that are there, as they are now
 */
export async function lockArticles(tx: Transaction, ids: string[]): Promise<{ id: string; categoryId: string }[]> {
  const links = await tx.$queryRaw<{ key: string }[]>`SELECT DISTINCT url_key AS key FROM sighting WHERE article_id = ANY(${ids}::uuid[])`
  await lockKeys(
    tx,
    links.map((link) => link.key),
  )
  await tx.$executeRaw`SELECT FROM feed WHERE id IN (SELECT feed_id FROM sighting WHERE article_id = ANY(${ids}::uuid[])) ORDER BY id FOR KEY SHARE`
  await lockCounters(tx, ids)
  return tx.$queryRaw`SELECT id, category_id AS "categoryId" FROM article WHERE id = ANY(${ids}::uuid[]) ORDER BY id FOR UPDATE`
}

/**
 * Removes articles that are locked: a tombstone for each sighting, and an event for each article, in the order given.
 * @param expiresAt when the tombstones go; null: never
 * @returns the position of the first event
 */
export async function removeLocked(tx: Transaction, ids: string[], { now, expiresAt }: { now: Date; expiresAt: Date | null }): Promise<bigint> {
  const removed = await tx.$queryRaw<{ id: string; facts: ArticleFacts }[]>`
    WITH buried AS (
      INSERT INTO tombstone (id, article_id, url_key, feed_id, guid, text_hash, enclosures, deleted_at, expires_at)
      SELECT gen_random_uuid(), a.id, s.url_key, s.feed_id, s.guid, a.text_hash, a.enclosures, ${now}, ${expiresAt}
      FROM article a JOIN sighting s ON s.article_id = a.id WHERE a.id = ANY(${ids}::uuid[])
    ), reads AS (
      DELETE FROM read_key WHERE article_id = ANY(${ids}::uuid[])
    )
    DELETE FROM article a WHERE id = ANY(${ids}::uuid[])
    RETURNING a.id, ${factsSql(Prisma.sql`SELECT s.feed_id FROM sighting s WHERE s.article_id = a.id`)} AS facts`
  const facts = new Map(removed.map((article) => [article.id, article.facts]))
  return appendEvents(
    tx,
    ids.map((id) => ({ kind: 'REMOVED', articleId: id, facts: facts.get(id)! })),
    now,
  )
}
