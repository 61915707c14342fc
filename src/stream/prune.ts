import type { Prisma } from '../db/connect.ts'
import { repeat } from '../repeat.ts'

/** How often to look for what is no longer kept. */
const everyMs = 300_000
/** Events that are removed in one transaction. */
const batch = 1_000
const dayMs = 86_400_000

/**
 * Removes the events that are older than the log is kept, from its beginning. Several servers may prune at the same time.
 * @param signal breaks it off between two batches
 * @returns how many it removed
 */
export async function prune(prisma: Prisma, before: Date, signal?: AbortSignal): Promise<number> {
  let removed = 0
  while (!signal?.aborted) {
    // The head's lock comes last, as in all that appends, and tells what another server has removed meanwhile.
    const count = await prisma.$transaction(async (tx) => {
      const gone = await tx.$queryRaw<{ position: bigint }[]>`
        WITH oldest AS MATERIALIZED (
          SELECT position, occurred_at FROM stream_event WHERE position > (SELECT pruned_to FROM stream_head) ORDER BY position LIMIT ${batch}
        ), kept AS (SELECT min(position) AS position FROM oldest WHERE occurred_at >= ${before})
        DELETE FROM stream_event e USING oldest o WHERE e.position = o.position AND o.position < coalesce((SELECT position FROM kept), o.position + 1)
        RETURNING e.position`
      if (gone.length === 0) return 0
      const last = gone.reduce((most, { position }) => (position > most ? position : most), 0n)
      await tx.$executeRaw`UPDATE stream_head SET pruned_to = greatest(pruned_to, ${last})`
      return gone.length
    })
    removed += count
    if (count < batch) break
    await new Promise(setImmediate)
  }
  return removed
}

/** Prunes every five minutes. @returns stops it, and waits for the batch that is under way */
export function startPruning(
  { prisma, clock }: { prisma: Prisma; clock: () => Date },
  { days, onError }: { days: number; onError: (error: unknown) => void },
): () => Promise<void> {
  return repeat(everyMs, (signal) => prune(prisma, new Date(clock().getTime() - days * dayMs), signal), onError)
}
