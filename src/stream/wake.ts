import type { Prisma } from '../db/connect.ts'
import type { Notices } from '../db/notices.ts'
import { appendedChannel, readHead } from './log.ts'

/** Tells that something was appended. A hint can be lost, or come for nothing: it carries no data, and a sweep makes up for it. */
export type Wake = {
  /** Said by a writer of this process after its commit. */
  hint: () => void
  /**
   * Calls back at each hint of any process, as long as it is wanted; nothing sweeps while nobody listens.
   * @param onHint is told the newest position where the hint says it
   * @returns stops it
   */
  listen: (onHint: (newest?: bigint) => void) => () => void
  close: () => Promise<void>
}

/** @param sweepMs how long a lost hint may go unnoticed */
export function createWake(prisma: Prisma, notices: Notices, { sweepMs, onError }: { sweepMs: number; onError: (error: unknown) => void }): Wake {
  const sweeps = new Set<Promise<void>>()

  return {
    hint: () => notices.say(appendedChannel, ''),
    listen: (onHint) => {
      let stopped = false
      let sweeping: Promise<void> | undefined
      const sweep = async () => {
        try {
          const { position } = await readHead(prisma)
          if (!stopped) onHint(position)
        } catch (error) {
          onError(error)
        }
      }
      const timer = setInterval(() => {
        if (sweeping) return
        const swept = sweep().finally(() => {
          sweeps.delete(swept)
          sweeping = undefined
        })
        sweeps.add((sweeping = swept))
      }, sweepMs)
      const stop = notices.listen(appendedChannel, {
        onNotice: (newest) => (newest === '' ? onHint() : onHint(BigInt(newest))),
        onGap: () => onHint(),
      })
      return () => {
        stopped = true
        clearInterval(timer)
        stop()
      }
    },
    close: async () => {
      await Promise.all(sweeps)
    },
  }
}
