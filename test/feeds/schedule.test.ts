import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nextCheckAt } from '../../src/feeds/schedule.ts'

const now = new Date('2024-03-09T10:00:00Z')
const minutes = (next: Date | null) => (next!.getTime() - now.getTime()) / 60_000

test.each([
  ['ok', 0, 30, 30],
  ['failed', 1, 30, 30],
  ['failed', 2, 30, 30],
  ['failed', 3, 30, 60],
  ['failed', 4, 30, 120],
  ['failed', 7, 30, 960],
  ['failed', 8, 30, 1440],
  ['failed', 5_000, 30, 1440],
  ['failed', 3, 1440, 1440],
] as const)('%s, %i failures, every %i min: due in %i min', (outcome, consecutiveFailures, intervalMinutes, expected) => {
  expect(minutes(nextCheckAt({ outcome, consecutiveFailures, intervalMinutes, now, random: 0.5 }))).toBe(expected)
})

test('a feed that is gone is not due', () => {
  expect(nextCheckAt({ outcome: 'gone', consecutiveFailures: 1, intervalMinutes: 30, now, random: 0.5 })).toBeNull()
})

test('chance moves it by at most 10 %, and uses the whole of that', () => {
  const due = (random: number) => minutes(nextCheckAt({ outcome: 'ok', consecutiveFailures: 0, intervalMinutes: 30, now, random }))
  expect([due(0), due(1)]).toEqual([27, 33])
  fc.assert(fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (random) => due(random) >= 27 && due(random) <= 33))
})
