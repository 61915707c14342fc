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
  const stopping = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let running: Promise<unknown> = Promise.resolve()
  let [enriched, failed] = [0, 0]
  const onFailed: EnrichmentDeps['onFailed'] = (failure) => {
    failed++
    deps.onFailed(failure)
  }

  const again = (afterMs: number) => {
    if (!stopping.signal.aborted) timer = setTimeout(() => (running = once()), afterMs)
  }
  const once = async () => {
    const startedAt = performance.now()
    let done = 0
    try {
      if (await isDue(prisma, clock())) {
        const before = failed
        done = await enrichBatch({ ...deps, onFailed, onBatchFailed: onError }, steps, stopping.signal)
        enriched += done - (failed - before)
      }
    } catch (error) {
      if (!stopping.signal.aborted) onError(error)
    }
    if (done === 0) again(everyMs)
    else again(rests ? performance.now() - startedAt : 0)
  }

  return {
    start: () => {
      const begin = async () => {
        await retryGivenUp(prisma).catch(onError)
        await once()
      }
      running = begin()
    },
    enriched: () => enriched,
    failed: () => failed,
    backlog: () => countWaiting(prisma),
    close: async () => {
      stopping.abort()
      clearTimeout(timer)
      await running
      clearTimeout(timer)
    },
  }
}
