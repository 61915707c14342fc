/**
 * Runs something again and again, never two at a time: a run that takes longer than the time between two is left to end.
 * @param run breaks off where its signal says so
 * @returns stops it, and waits for the run that is under way
 */
export function repeat(everyMs: number, run: (signal: AbortSignal) => Promise<unknown>, onError: (error: unknown) => void): () => Promise<void> {
  const stopping = new AbortController()
  let running: Promise<unknown> | undefined
  const timer = setInterval(() => {
    running ??= run(stopping.signal)
      .catch(onError)
      .finally(() => (running = undefined))
  }, everyMs)
  return async () => {
    clearInterval(timer)
    stopping.abort()
    await running
  }
}

/**
 * Runs something again and again, never two at a time: at a pace that depends on whether there is more to do.
 * @param run says whether there is more at once; one that fails has not
 * @param waitMs until the next run, in ms, by what the last one said and by how long it took
 * @returns stops it, and waits for the run that is under way
 */
export function keepUp(
  run: (signal: AbortSignal) => Promise<boolean>,
  { firstMs, waitMs, onError }: { firstMs: number; waitMs: (more: boolean, tookMs: number) => number; onError: (error: unknown) => void },
): () => Promise<void> {
  const stopping = new AbortController()
  const { signal } = stopping
  let timer: NodeJS.Timeout | undefined
  let running: Promise<unknown> = Promise.resolve()
  const again = (afterMs: number) => {
    if (!signal.aborted) timer = setTimeout(() => (running = once()), afterMs)
  }
  const once = async () => {
    const startedAt = performance.now()
    let more = false
    try {
      more = await run(signal)
    } catch (error) {
      if (!signal.aborted) onError(error)
    }
    again(waitMs(more, performance.now() - startedAt))
  }
  again(firstMs)
  return async () => {
    stopping.abort()
    clearTimeout(timer)
    await running
  }
}
