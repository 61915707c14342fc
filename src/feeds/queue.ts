/**
 * Waits in a queue until whoever takes its members out in turn calls this one.
 * @throws the signal's reason once it has aborted; it is out of the queue then
 */
export async function waitIn(queue: Set<() => void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  await new Promise<void>((resolve, reject) => {
    const go = () => {
      queue.delete(go)
      signal.removeEventListener('abort', stop)
      resolve()
    }
    const stop = () => {
      queue.delete(go)
      reject(signal.reason as Error)
    }
    queue.add(go)
    signal.addEventListener('abort', stop, { once: true })
  })
}
