import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nextCheck, type CheckEnded } from '../../src/feeds/schedule.ts'

const now = new Date('2024-03-09T10:00:00Z')
const check: CheckEnded = {
  outcome: 'same',
  intervalMinutes: 30,
  startMinutes: 30,
  minutesSinceCheck: 30,
  consecutiveFailures: 0,
  quietSeconds: 0,
  now,
  random: 0.5,
}
const after = (changes: Partial<CheckEnded>) => {
  const { intervalMinutes, nextCheckAt } = nextCheck({ ...check, ...changes })
  return { interval: intervalMinutes, wait: nextCheckAt && (nextCheckAt.getTime() - now.getTime()) / 60_000 }
}

test.each<[name: string, changes: Partial<CheckEnded>, interval: number | null, wait: number | null]>([
  ['the first, whatever it brought', { outcome: 'new', intervalMinutes: null, minutesSinceCheck: null }, 30, 30],
  ['the first that went well', { intervalMinutes: null }, 30, 30],
  ['news', { outcome: 'new', intervalMinutes: 120 }, 60, 60],
  ['news, often', { outcome: 'new', intervalMinutes: 16 }, 15, 15],
  ['news, with a start of less', { outcome: 'new', intervalMinutes: 16, startMinutes: 5 }, 8, 8],
  ['no news', {}, 45, 45],
  ['no news for long', { intervalMinutes: 1400, minutesSinceCheck: 1400 }, 1440, 1440],
  ['no news in a moment', { minutesSinceCheck: 0 }, 30, 30],
  ['no news in most of it', { minutesSinceCheck: 28 }, 42, 42],
  ['a failure', { outcome: 'failed', consecutiveFailures: 1 }, 30, 30],
  ['two', { outcome: 'failed', consecutiveFailures: 2 }, 30, 30],
  ['three', { outcome: 'failed', consecutiveFailures: 3 }, 30, 60],
  ['seven', { outcome: 'failed', consecutiveFailures: 7 }, 30, 960],
  ['many', { outcome: 'failed', consecutiveFailures: 5000 }, 30, 1440],
  ['a failure before anything else', { outcome: 'failed', consecutiveFailures: 3, intervalMinutes: null, startMinutes: 60 }, null, 120],
  ['a request to wait', { outcome: 'failed', consecutiveFailures: 1, quietSeconds: 7200, random: 0 }, 30, 120],
  ['a request to wait for ever', { outcome: 'failed', consecutiveFailures: 1, quietSeconds: 1e12, random: 0 }, 30, 1440],
  ['a request to wait for less', { quietSeconds: 60 }, 45, 45],
  ['a hub that sends', { pushedUntil: new Date(now.getTime() + 86_400_000) }, 45, 360],
  ['a hub that sends, and no news for long', { intervalMinutes: 600, minutesSinceCheck: 600, pushedUntil: new Date(now.getTime() + 86_400_000) }, 900, 900],
  ['a hub that sends for an hour more', { pushedUntil: new Date(now.getTime() + 3_600_000) }, 45, 60],
  ['a hub that sends no more', { pushedUntil: new Date(now.getTime() - 3_600_000) }, 45, 45],
  ['a failure, with a hub that sends', { outcome: 'failed', consecutiveFailures: 1, pushedUntil: new Date(now.getTime() + 86_400_000) }, 30, 30],
  ['the end', { outcome: 'gone', consecutiveFailures: 1 }, 30, null],
])('%s', (_name, changes, interval, wait) => {
  expect(after(changes)).toEqual({ interval, wait })
})

test('for any run of checks, a feed is due within its bounds, and never before its server wants', () => {
  const run = fc.array(
    fc.record({
      outcome: fc.constantFrom('new' as const, 'same' as const, 'failed' as const),
      minutesSinceCheck: fc.option(fc.nat(5000)),
      quietSeconds: fc.nat(200_000),
      random: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { maxLength: 30 },
  )
  fc.assert(
    fc.property(run, fc.integer({ min: 1, max: 1440 }), (checks, startMinutes) => {
      let interval: number | null = null
      let failures = 0
      for (const one of checks) {
        failures = one.outcome === 'failed' ? failures + 1 : 0
        const { interval: next, wait } = after({ ...one, startMinutes, intervalMinutes: interval, consecutiveFailures: failures })
        interval = next
        const least = Math.min(15, startMinutes)
        if (next !== null && (next < least || next > 1440)) return false
        if (wait === null || wait < least * 0.9 || wait > 1440 * 1.1 + 0.001) return false
        if (wait < Math.min(one.quietSeconds / 60, 1440) - 1e-6) return false
      }
      return true
    }),
  )
})

test('chance moves it by at most 10 %, and uses the whole of that', () => {
  expect([after({ random: 0 }).wait, after({ random: 1 }).wait]).toEqual([40.5, 49.5])
})
