import { keepUp } from '../repeat.ts'
import { countWaiting, isDue, retryGivenUp } from './queue.ts'
import { enrichBatch, type EnrichmentDeps } from './enrich.ts'
import type { EnrichmentStep } from './step.ts'

/** How often to look for what is to be enriched. */
const everyMs = 300

export type Enrichment = {
  start: () => void
  /** Articles that this process has enriched, and that it could not. */
  enriched: () => number
  failed: () => number
  /** Tasks that wait, of all processes; at most 100,000 are counted. */
  backlog: () => Promise<number>
  /** Begins no further batch, and waits for the one that is under way. */
  close: () => Promise<void>
}

/**
 * Enriches articles as they come and change, a batch at a time: at once while there is more, else three times a second.
 * @param rests whether requests wait for a batch (the embedded database has one connection): then it leaves them as much time as it took
 */
export function createEnrichment(
  deps: EnrichmentDeps & { onError: (error: unknown) => void },
  steps: readonly EnrichmentStep[],
  { rests }: { rests: boolean },
): Enrichment {
  const { prisma, clock, onError } = deps
  let stop: (() => Promise<void>) | undefined
  let retried = false
  let [enriched, failed] = [0, 0]
  const onFailed: EnrichmentDeps['onFailed'] = (failure) => {
    failed++
    deps.onFailed(failure)
  }

  const run = async (signal: AbortSignal) => {
    if (!retried) await retryGivenUp(prisma)
    retried = true
    if (!(await isDue(prisma, clock()))) return false
    const before = failed
    const done = await enrichBatch({ ...deps, onFailed, onBatchFailed: onError }, steps, signal)
    enriched += done - (failed - before)
    return done > 0
  }
  const waitMs = (more: boolean, tookMs: number) => (more ? (rests ? tookMs : 0) : everyMs)

  return {
    start: () => {
      stop ??= keepUp(run, { firstMs: 0, waitMs, onError })
    },
    enriched: () => enriched,
    failed: () => failed,
    backlog: () => countWaiting(prisma),
    close: async () => stop?.(),
  }
}
