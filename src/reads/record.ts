import type { Prisma } from '../db/connect.ts'
import type { Notices } from '../db/notices.ts'
import { isUuid } from '../graphql/ids.ts'
import { badInput, ClientError, notFound } from '../errors.ts'
import { readChannel } from './watch.ts'

const mostKeyLength = 200
const bucketMinutes = 15

/**
 * Counts one read of an article, stored when this resolves: its counter and the reads of its quarter of an hour.
 * @returns false when the idempotencyKey had been counted before
 * @throws NOT_FOUND, CONFLICT when the key was used for another article, BAD_USER_INPUT
 */
export async function recordRead(
  { prisma, notices }: { prisma: Prisma; notices: Pick<Notices, 'say'> },
  { articleId, idempotencyKey }: { articleId: string; idempotencyKey?: string },
  now: Date,
): Promise<boolean> {
  if (
    idempotencyKey !== undefined &&
    (idempotencyKey === '' || idempotencyKey.length > mostKeyLength || idempotencyKey.includes('\0') || !idempotencyKey.isWellFormed())
  ) {
    throw badInput(`An idempotency key has 1 to ${mostKeyLength} characters, and no NUL.`, 'input.idempotencyKey')
  }
  if (!isUuid(articleId)) throw notFound('article', 'input.articleId')
  const start = new Date(Math.floor(now.getTime() / (bucketMinutes * 60_000)) * bucketMinutes * 60_000)
  const counted = await prisma.$transaction(async (tx) => {
    if (idempotencyKey !== undefined) {
      const { count } = await tx.readKey.createMany({ data: [{ key: idempotencyKey, articleId, countedAt: now }], skipDuplicates: true })
      if (count === 0) {
        const known = await tx.readKey.findUnique({ where: { key: idempotencyKey } })
        if (known?.articleId !== articleId.toLowerCase())
          throw new ClientError('CONFLICT', 'This idempotency key was used for another article.', 'input.idempotencyKey')
        return false
      }
    }
    const rows = await tx.$queryRaw<unknown[]>`
      WITH counted AS (
        UPDATE article_counter SET read_count = read_count + 1, last_read_at = greatest(last_read_at, ${now}) WHERE article_id = ${articleId}::uuid RETURNING article_id
      ), bucket AS (
        INSERT INTO read_bucket (article_id, start, reads) SELECT article_id, ${start}, 1 FROM counted
        ON CONFLICT (article_id, start) DO UPDATE SET reads = read_bucket.reads + 1
      )
      SELECT pg_notify(${readChannel}, article_id::text)::text FROM counted`
    if (rows.length === 0) throw notFound('article', 'input.articleId')
    return true
  })
  if (counted) notices.say(readChannel, articleId.toLowerCase())
  return counted
}
