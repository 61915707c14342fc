import type { Writable } from 'node:stream'

/** How long a client that was told that it is too slow has to read it. */
const lastReadMs = 30_000

/** The way out to one client, with what it has not taken yet. */
export type Outlet = {
  write: (bytes: Buffer | string) => void
  /** Bytes that wait. */
  waiting: () => number
  /** Calls back once, when nothing waits any more. @returns calls it off */
  onDrain: (drained: () => void) => () => void
  /** Cuts the client off unless it has taken all within 30 s. */
  endUnlessDrained: () => void
}

/** @param cutOff ends the connection at once */
export function createOutlet(stream: Writable, cutOff: () => void, patienceMs = lastReadMs): Outlet {
  const waiters = new Set<() => void>()
  let ending: NodeJS.Timeout | undefined
  stream.on('drain', () => {
    const told = [...waiters]
    waiters.clear()
    for (const drained of told) drained()
  })
  stream.once('close', () => {
    waiters.clear()
    clearTimeout(ending)
  })
  const onDrain = (drained: () => void) => {
    waiters.add(drained)
    return () => void waiters.delete(drained)
  }
  return {
    write: (bytes) => void stream.write(bytes),
    waiting: () => stream.writableLength,
    onDrain,
    endUnlessDrained: () => {
      if (ending || stream.destroyed || stream.writableLength === 0) return
      ending = setTimeout(cutOff, patienceMs)
      onDrain(() => {
        clearTimeout(ending)
        ending = undefined
      })
    },
  }
}
