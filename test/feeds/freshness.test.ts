import fc from 'fast-check'
import { expect, test } from 'vitest'
import { freshSeconds, retryAfterSeconds } from '../../src/feeds/freshness.ts'

const now = new Date('2024-03-09T10:00:00Z')

test.each([
  [null, 0],
  ['120', 120],
  ['0', 0],
  ['999999999999999999999', 86_400],
  ['-5', 0],
  ['Sat, 09 Mar 2024 10:10:00 GMT', 600],
  ['Sat, 09 Mar 2024 09:00:00 GMT', 0],
  ['Sat, 09 Mar 2030 09:00:00 GMT', 86_400],
  ['soon', 0],
  ['', 0],
])('Retry-After: %s', (value, seconds) => {
  expect(retryAfterSeconds(value, now)).toBe(seconds)
})

test.each<[Record<string, string>, number]>([
  [{}, 0],
  [{ 'cache-control': 'public, max-age=3600' }, 3600],
  [{ 'cache-control': 'Max-Age="60"' }, 60],
  [{ 'cache-control': 'max-age=999999999' }, 86_400],
  [{ 'cache-control': 's-maxage=3600' }, 0],
  [{ 'cache-control': 'no-cache, no-store' }, 0],
  [{ 'cache-control': 'max-age=600', age: '100' }, 500],
  [{ 'cache-control': 'max-age=600', age: '900' }, 0],
  [{ 'cache-control': 'max-age=0', expires: 'Sat, 09 Mar 2024 11:00:00 GMT' }, 0],
  [{ expires: 'Sat, 09 Mar 2024 11:00:00 GMT' }, 3600],
  [{ expires: 'Sat, 09 Mar 2024 11:00:00 GMT', date: 'Sat, 09 Mar 2024 10:30:00 GMT' }, 1800],
  [{ expires: '0' }, 0],
  [{ expires: '-1' }, 0],
])('%j', (headers, seconds) => {
  expect(freshSeconds((name) => headers[name] ?? null, now)).toBe(seconds)
})

test('whatever the headers are, it is from none to a day', () => {
  const within = (seconds: number) => seconds >= 0 && seconds <= 86_400
  fc.assert(
    fc.property(
      fc.string(),
      fc.string(),
      (a, b) => within(retryAfterSeconds(a, now)) && within(freshSeconds((name) => (name === 'age' ? b : `max-age=${a}`), now)),
    ),
  )
})
