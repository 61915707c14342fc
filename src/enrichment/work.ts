import { keepUp } from '../repeat.ts'
import { batch, countWaiting, readDue, retryGivenUp } from './queue.ts'
import { alone, enrichBatch, type EnrichmentDeps } from './enrich.ts'
import type { EnrichmentStep, Tidying } from './step.ts'

/** How often to look for what is to be enriched. */
const everyMs = 300
/** While more articles come in than a batch takes, it is followed by a rest: by so many times as it took, at most that long, and until so many wait. */
const rest = { times: 4, mostMs: 2_000, mostWaiting: 10_000 }

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

/** Whether enriching leaves most of the time to what comes in. @param came since the last batch */
export const givesWay = (came: number, waiting: number) => came > batch.articles && waiting <= rest.mostWaiting

/** How long to wait with the next batch, in ms. */
export function restMs(tookMs: number, pressed: boolean, rests: boolean): number {
  if (pressed) return Math.min(tookMs * rest.times, rest.mostMs)
  return rests ? tookMs : 0
}

/**
 * Enriches articles as they come and change, a batch at a time: at once while there is more, else three times a second. While many articles come
 * in, they go before: a batch is followed by a rest that is longer than itself.
 * @param tidy is done when nothing is left to enrich, until there is nothing left to tidy
 * @param rests whether requests wait for a batch (the embedded database has one connection): then each is left as much time as it took
 */
export function createEnrichment(
  deps: EnrichmentDeps & { onError: (error: unknown) => void },
  steps: readonly EnrichmentStep[],
  { tidy, rests }: { tidy: Tidying; rests: boolean },
): Enrichment {
  const { prisma, clock, onError } = deps
  let stop: (() => Promise<void>) | undefined
  let retried = false
  let tidied = false
  let newest: number | undefined
  let pressed = false
  let [enriched, failed] = [0, 0]
  const onFailed: EnrichmentDeps['onFailed'] = (failure) => {
    failed++
    deps.onFailed(failure)
  }

  const run = async (signal: AbortSignal) => {
    if (!retried) await retryGivenUp(prisma)
    retried = true
    const found = await readDue(prisma, clock())
    // What waited before the start has not come in.
    pressed = givesWay(found.newest - (newest ?? found.newest), found.waiting)
    newest = Math.max(newest ?? 0, found.newest)
    if (!found.due) {
      if (tidied) return false
      tidied = true // where it fails, too, until something has been enriched
      const done = await alone(prisma, tidy)
      tidied = done === 0
      return done !== undefined && done > 0
    }
    tidied = false
    const before = failed
    const done = await enrichBatch({ ...deps, onFailed, onBatchFailed: onError }, steps, signal)
    enriched += done - (failed - before)
    return done > 0
  }
  const waitMs = (more: boolean, tookMs: number) => (more ? restMs(tookMs, pressed, rests) : everyMs)

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
