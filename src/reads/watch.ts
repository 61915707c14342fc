import type { Prisma } from '../db/connect.ts'
import type { Channel, Notices } from '../db/notices.ts'
import { conflate, type Topic } from '../stream/conflate.ts'

/** Where the ids of articles that were read are said, divided by commas. */
export const readChannel = 'newswire_read' satisfies Channel

/** An article's reads are told of at most once in this time. */
const everyMs = 1_000
/** Reads that may have been missed are looked for among as many articles, those read last first. */
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

async function readSince(prisma: Prisma, since: Date): Promise<string[]> {
  const rows = await prisma.articleCounter.findMany({
    where: { lastReadAt: { gte: since } },
    select: { articleId: true },
    orderBy: { lastReadAt: 'desc' },
    take: mostMissed,
  })
  return rows.map(({ articleId }) => articleId)
}
