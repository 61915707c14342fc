import { hearNotices } from '../db/notices.ts'
import type { Prisma } from '../db/connect.ts'
import { appendedChannel, readHead } from './log.ts'

/** Tells that something was appended. A hint can be lost, or come for nothing: it carries no data, and a sweep makes up for it. */
export type Wake = {
  /** Said by a writer of this process after its commit. */
  hint: () => void
  /**
   * Calls back at each hint of any process, as long as it is wanted; nothing listens or sweeps while nobody does.
   * @param position how far the listener has read: it is not called for what it has
   * @returns stops it
   */
  listen: (position: () => bigint | undefined, onHint: () => void) => () => void
  close: () => Promise<void>
}

/**
 * @param databaseUrl where other processes are heard (NOTIFY); without one, all writers are in this process
 * @param sweepMs how long a lost hint may go unnoticed
 */
export function createWake(
  prisma: Prisma,
  { databaseUrl, sweepMs, onError }: { databaseUrl: string | undefined; sweepMs: number; onError: (error: unknown) => void },
): Wake {
  const listeners = new Map<() => void, () => bigint | undefined>()
  let timer: NodeJS.Timeout | undefined
  let sweeping: Promise<void> | undefined
  let stopHearing: (() => Promise<void>) | undefined
  let hearing = false

  const tell = (appended?: bigint) => {
    for (const [onHint, position] of listeners) if (appended === undefined || (position() ?? -1n) < appended) onHint()
  }
  const sweep = async () => {
    try {
      tell((await readHead(prisma)).position)
    } catch (error) {
      onError(error)
    }
  }
  const start = () => {
    timer ??= setInterval(() => {
      sweeping ??= sweep().finally(() => (sweeping = undefined))
    }, sweepMs)
    if (databaseUrl === undefined || stopHearing) return
    stopHearing = hearNotices(databaseUrl, [appendedChannel], {
      onNotice: (_channel, position) => tell(BigInt(position)),
      onHearing: (now) => {
        hearing = now
        tell() // what was said before it heard
      },
      onError,
    })
  }
  const stop = async () => {
    clearInterval(timer)
    timer = undefined
    const stopping = stopHearing?.()
    stopHearing = undefined
    await sweeping
    await stopping
  }

  return {
    // The database says it too, and to everybody, at the commit.
    hint: () => {
      if (!hearing) tell()
    },
    listen: (position, onHint) => {
      listeners.set(onHint, position)
      start()
      return () => {
        listeners.delete(onHint)
        if (listeners.size === 0) void stop()
      }
    },
    close: stop,
  }
}
