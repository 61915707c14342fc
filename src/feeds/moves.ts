import { canonicalUrl } from '../articles/identity.ts'
import type { Prisma } from '../db/connect.ts'
import { Prisma as Sql } from '../db/generated/client.ts'
import type { ClaimedFeed } from './claim.ts'

/** A permanent redirect may still be a mistake of the day: it is taken for one once it led to the same place so often in a row. */
const stablePasses = 3
/** Beyond it nothing is counted: that it cannot be adopted has been told. */
const toldPasses = stablePasses + 1

export type Move = { movedTo: string | null; movedPasses: number }

/** What is known of a feed's move after a pass whose permanent redirects led to `target`; null where there were none. */
export function moveAfter(feed: Pick<ClaimedFeed, 'url' | 'movedTo' | 'movedPasses'>, target: string | null): Move {
  // Who was reached safely is not left for an address that anyone on the way may answer for.
  if (target === null || target === feed.url || (feed.url.startsWith('https:') && !target.startsWith('https:'))) return { movedTo: null, movedPasses: 0 }
  return { movedTo: target, movedPasses: target === feed.movedTo ? Math.min(feed.movedPasses + 1, toldPasses) : 1 }
}

/**
 * Makes a stable move the feed's address, unless another feed has it. Its headers belong to the origin that they were given
 * for, and are dropped with it.
 * @returns what to tell of it; undefined when there is nothing
 */
export async function adoptMove(prisma: Prisma, feed: ClaimedFeed, { movedTo, movedPasses }: Move): Promise<string | undefined> {
  if (movedTo === null || movedPasses < stablePasses) return undefined
  const key = canonicalUrl(movedTo)?.key
  if (key === undefined) return undefined
  const elsewhere = new URL(movedTo).origin !== new URL(feed.url).origin
  try {
    await prisma.feed.updateMany({
      where: { id: feed.id, claimId: feed.claimId, url: feed.url },
      data: { url: movedTo, urlKey: key, ...(elsewhere && { headers: [] }) },
    })
    return `It has moved for good: its address is ${movedTo} now.`
  } catch (error) {
    if (error instanceof Sql.PrismaClientKnownRequestError && error.code === 'P2002')
      // Told once, and tried again each time: the other feed may be removed.
      return movedPasses === toldPasses ? undefined : `It has moved for good to ${movedTo}, which is the address of another feed.`
    throw error
  }
}
