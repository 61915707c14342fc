import type { Prisma } from '../db/connect.ts'
import { readHead } from './log.ts'

/**
 * Tells followers that something was appended, and carries no data. Writers of this process hint at once; what another
 * process appends is found by a sweep, which runs only while somebody waits.
 */
export type Wake = {
  hint: () => void
  /** Resolves at the next hint, or when the signal aborts. Ask for it before reading: a hint in between then counts. */
  next: (signal: AbortSignal) => Promise<void>
  /** How many wait now. */
  waiting: () => number
  close: () => Promise<void>
}

export function createWake(prisma: Prisma, { sweepMs, onError }: { sweepMs: number; onError: (error: unknown) => void }): Wake {
  const waiters = new Set<() => void>()
  let timer: NodeJS.Timeout | undefined
  let sweeping: Promise<void> | undefined
  let seen: bigint | undefined

  const hint = () => {
    for (const wakeUp of waiters) wakeUp()
  }
  const sweep = async () => {
    try {
      const { position } = await readHead(prisma)
      if (position !== seen) hint()
      seen = position
    } catch (error) {
      onError(error)
    }
  }
  const start = () => {
    timer ??= setInterval(() => {
      sweeping ??= sweep().finally(() => (sweeping = undefined))
    }, sweepMs)
  }
  const stop = () => {
    clearInterval(timer)
    timer = undefined
  }

  return {
    hint,
    next: (signal) =>
      new Promise((resolve) => {
        const wakeUp = () => {
          waiters.delete(wakeUp)
          signal.removeEventListener('abort', wakeUp)
          if (waiters.size === 0) stop()
          resolve()
        }
        if (signal.aborted) return resolve()
        signal.addEventListener('abort', wakeUp)
        waiters.add(wakeUp)
        start()
      }),
    waiting: () => waiters.size,
    close: async () => {
      hint()
      stop()
      await sweeping
    },
  }
}
