const daySeconds = 86_400

const bounded = (seconds: number) => (seconds > 0 ? Math.min(Math.ceil(seconds), daySeconds) : 0)

/** Seconds until a date of HTTP; 0 for one that is past, or none. */
const until = (date: string, from: number) => bounded((Date.parse(date) - from) / 1000)

/** For how long a Retry-After (RFC 9110, 10.2.3) asks to be left alone, in seconds, at most a day; 0 when it says nothing. */
export function retryAfterSeconds(value: string | null, now: Date): number {
  if (value === null) return 0
  return /^\s*\d+\s*$/.test(value) ? bounded(Number(value)) : until(value, now.getTime())
}

/** Headers by lower-case name. */
type HeaderOf = (name: 'cache-control' | 'expires' | 'date' | 'age') => string | null

/**
 * For how long an answer says that it holds (RFC 9111, 4.2.1), in seconds, at most a day: its max-age, or else its Expires,
 * less the time it spent in caches. What only forbids caches to keep it (no-cache, no-store) is none of a reader's concern.
 */
export function freshSeconds(header: HeaderOf, now: Date): number {
  const maxAge = /(?:^|[\s,])max-age="?(\d{1,12})(?!\d)/i.exec(header('cache-control') ?? '')?.[1]
  if (maxAge !== undefined) {
    const age = /^\d+$/.test(header('age') ?? '') ? Number(header('age')) : 0
    return bounded(Number(maxAge) - age)
  }
  const sent = Date.parse(header('date') ?? '')
  return until(header('expires') ?? '', Number.isNaN(sent) ? now.getTime() : sent)
}
