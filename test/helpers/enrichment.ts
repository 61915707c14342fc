import { enrichBatch, type Failure } from '../../src/enrichment/enrich.ts'
import type { EnrichmentStep } from '../../src/enrichment/step.ts'
import { countFrequencies } from '../../src/search/frequencies.ts'
import type { App } from './app.ts'

/** Counts document frequencies, and enriches with steps of a test's own, until nothing is due. @returns what failed */
export async function enrichAll({ services }: Pick<App, 'services'>, steps: readonly EnrichmentStep[], now?: Date): Promise<Failure[]> {
  const failures: Failure[] = []
  const { database, wake } = services
  const deps = { prisma: database.prisma, wake, clock: () => now ?? new Date(), onFailed: (failure: Failure) => void failures.push(failure) }
  while ((await countFrequencies(database.pool)) > 0);
  while ((await enrichBatch(deps, steps)) > 0);
  return failures
}

/** Waits until the server's own enriching has nothing left to do. */
export async function enriched({ services }: Pick<App, 'services'>): Promise<void> {
  const end = Date.now() + 30_000
  while ((await services.enrichment.backlog()) > 0) {
    if (Date.now() > end) throw new Error('the queue never got empty')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
