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
