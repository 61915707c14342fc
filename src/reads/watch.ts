import type { Prisma } from '../db/connect.ts'
import type { Channel, Notices } from '../db/notices.ts'
import { conflate, type Topic } from '../stream/conflate.ts'

/** Where the ids of articles that were read are said, divided by commas. */
export const readChannel = 'newswire_read' satisfies Channel

/** An article's reads are told of at most once in this time. */
const everyMs = 1_000
/** Reads that may have been missed are looked for among as many articles, those read last first, and among as many that are not folded yet. */
const mostMissed = 10_000

/** The ids of articles whose counters move, on whatever server they are read. */
export function watchReads(prisma: Prisma, notices: Notices, onError: (error: unknown) => void): Topic<string> {
  return conflate(everyMs, (push) =>
    notices.listen(readChannel, {
      onNotice: (ids) => push(ids.split(',')),
      onGap: (since) => {
        readSince(prisma, since).then(push, onError)
      },
    }),
  )
}

/**
 * The articles that were read since a moment, as they are folded into article_rank, where an index knows; and those of what is not yet:
 * of the newest rows alone, and their time does not quite rise with their ids.
 */
export async function readSince(prisma: Prisma, since: Date): Promise<string[]> {
  const rows = await prisma.$queryRaw<{ id: string }[]>`
    (SELECT article_id AS id FROM article_rank WHERE last_read_at >= ${since} ORDER BY last_read_at DESC, article_id DESC LIMIT ${mostMissed})
    UNION
    SELECT article_id FROM (SELECT article_id, read_at FROM statistics_delta ORDER BY id DESC LIMIT ${mostMissed}) d WHERE read_at >= ${since}`
  return rows.map(({ id }) => id)
}
