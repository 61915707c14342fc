const dayMinutes = 1440

export type CheckEnded = {
  outcome: 'ok' | 'failed' | 'gone'
  /** With this one, when it failed. */
  consecutiveFailures: number
  intervalMinutes: number
  now: Date
  /** 0 to 1. */
  random: number
}

/**
 * When a feed is due again after a check: FEED_INTERVAL_MINUTES later. From the third failure on it waits twice as long each
 * time, up to a day. Everything is moved by up to 10 %, so that feeds added together do not stay due together.
 * @returns null for a feed that is gone: it is not due by itself
 */
export function nextCheckAt({ outcome, consecutiveFailures, intervalMinutes, now, random }: CheckEnded): Date | null {
  if (outcome === 'gone') return null
  const patience = outcome === 'failed' ? 2 ** Math.max(0, consecutiveFailures - 2) : 1
  const minutes = Math.min(intervalMinutes * patience, dayMinutes)
  return new Date(now.getTime() + Math.round(minutes * 60_000 * (0.9 + 0.2 * random)))
}
