import type { Logger } from 'pino'

/** How often to look for what is due, while there are free hands. */
const tickMs = 1_000

/**
 * Looks for what is due, and hands each to `work`, at most `concurrency` at the same time.
 * @param claim takes up to `limit` that are due, so that nobody else does; none whose host is busy, so that a slow host holds
 *   one hand and no more
 * @param what their name in the log
 * @returns stops looking; what is under way is the caller's to wait for
 */
export function startPoller<T>(
  logger: Logger,
  { what, concurrency, claim }: { what: string; concurrency: number; claim: (limit: number) => Promise<T[]> },
  work: (claimed: T) => Promise<unknown>,
): () => Promise<void> {
  let running = 0
  let ticking: Promise<void> | undefined
  let stopped = false
  const tick = async () => {
    try {
      const wanted = concurrency - running
      const claimed = await claim(wanted)
      // Where all hands were filled, more may be due: the next one that is free looks at once.
      const more = claimed.length === wanted
      for (const one of claimed) {
        running++
        void work(one)
          .catch((error: unknown) => logger.error({ err: error }, `failed at ${what} that were due`))
          .finally(() => {
            running--
            if (more) look()
          })
      }
    } catch (error) {
      logger.error({ err: error }, `could not look for ${what} that are due`)
    }
  }
  const look = () => {
    if (!stopped && running < concurrency) ticking ??= tick().finally(() => (ticking = undefined))
  }
  const timer = setInterval(look, tickMs)
  return async () => {
    stopped = true
    clearInterval(timer)
    await ticking
  }
}
