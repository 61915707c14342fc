const dayMinutes = 1440
/** No feed is asked more often, unless FEED_INTERVAL_MINUTES itself is less. */
const leastMinutes = 15
const pushedLeastMinutes = 360

export type CheckEnded = {
  outcome: 'new' | 'same' | 'failed' | 'gone'
  /** The feed's interval until now; null before its first check that went well. */
  intervalMinutes: number | null
  /** FEED_INTERVAL_MINUTES. */
  startMinutes: number
  /** Since the check before; null when it is the first. */
  minutesSinceCheck: number | null
  /** With this one, when it failed. */
  consecutiveFailures: number
  /** For how long the server wants not to be asked (freshness.ts); 0 when it does not say. */
  quietSeconds: number
  /** Until when a hub sends what is new; null when none does. */
  pushedUntil?: Date | null
  now: Date
  /** 0 to 1. */
  random: number
}

export type NextCheck = {
  intervalMinutes: number | null
  /** Null for a feed that is gone: it is not due by itself. */
  nextCheckAt: Date | null
}

/**
 * When a feed is due again after a check.
 *
 * Its interval begins at FEED_INTERVAL_MINUTES, is halved by a check that brought new articles, and grows by half with one
 * that did not, between 15 min and a day: the multiplicative scheme of Apache Nutch's AdaptiveFetchSchedule, with other
 * rates. It settles where p checks of 1 bring something, p ln 2 = (1 - p) ln 1.5: about three of eight. The first check
 * tells nothing of the pace, and one made by hand soon after another tells little: the interval grows to no more than one and
 * a half times the time that really passed.
 *
 * From the third failure in a row on the wait is twice as long each time, up to a day; the interval itself stays. What the
 * server asks for is kept, up to a day. Everything is moved by up to 10 %, so that feeds added together do not stay due
 * together, and never to before what the server asked for.
 *
 * A feed that a hub sends is asked for safety alone: not before 6 h have passed, or the hub's lease has.
 */
export function nextCheck(check: CheckEnded): NextCheck {
  const intervalMinutes = intervalAfter(check)
  if (check.outcome === 'gone') return { intervalMinutes, nextCheckAt: null }
  const patience = check.outcome === 'failed' ? 2 ** Math.max(0, check.consecutiveFailures - 2) : 1
  const minutes = Math.max(Math.min((intervalMinutes ?? check.startMinutes) * patience, dayMinutes), pushedMinutes(check)) * (0.9 + 0.2 * check.random)
  const quiet = Math.min(check.quietSeconds / 60, dayMinutes)
  const wait = minutes >= quiet ? minutes : quiet * (1 + 0.1 * check.random)
  return { intervalMinutes, nextCheckAt: new Date(check.now.getTime() + Math.round(wait * 60_000)) }
}

function pushedMinutes({ outcome, pushedUntil, now }: CheckEnded): number {
  if (outcome === 'failed' || !pushedUntil) return 0
  return Math.min(Math.max(pushedUntil.getTime() - now.getTime(), 0) / 60_000, pushedLeastMinutes)
}

function intervalAfter({ outcome, intervalMinutes, startMinutes, minutesSinceCheck }: CheckEnded): number | null {
  if (outcome === 'failed' || outcome === 'gone') return intervalMinutes
  if (intervalMinutes === null || minutesSinceCheck === null) return startMinutes
  const grown = Math.max(intervalMinutes, Math.min(intervalMinutes, minutesSinceCheck) * 1.5)
  const next = Math.round(outcome === 'new' ? intervalMinutes / 2 : grown)
  return Math.min(Math.max(next, Math.min(leastMinutes, startMinutes)), dayMinutes)
}
