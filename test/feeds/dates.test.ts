import { describe, expect, test } from 'vitest'
import { readDate } from '../../src/feeds/dates.ts'

test.each([
  ['Jan 5, 2021 3:04 PM', '2021-01-05T15:04:00.000Z'],
  ['Jan 5, 2021 12:04 a.m.', '2021-01-05T00:04:00.000Z'],
  ['Jan 5, 2021 12:04pm EST', '2021-01-05T17:04:00.000Z'],
  ['5 Jan 2021 15:04 PMT', '2021-01-05T15:04:00.000Z'],
  ['1/26/2004 4:31:00 PM', '2004-01-26T16:31:00.000Z'],
  ['1/26/2004 4:31:00 PM PST', '2004-01-27T00:31:00.000Z'],
  ['1/2/2004 16:31', undefined],
  ['26.01.2004 16:31', '2004-01-26T16:31:00.000Z'],
  ['So., 9. März 2024, 10:00 +0100', '2024-03-09T09:00:00.000Z'],
  ['20240309T100000Z', '2024-03-09T10:00:00.000Z'],
  ['2024-03-09T10:00Z[UTC]', '2024-03-09T10:00:00.000Z'],
  ['Sat, 09 Mar 2024 10:00:00 +0000 GMT', '2024-03-09T10:00:00.000Z'],
  ['Sat Mar 09 2024 10:00:00 GMT+0100 (Central European Standard Time)', '2024-03-09T09:00:00.000Z'],
  ['Saturday, March 9, 2024 - 10:00', '2024-03-09T10:00:00.000Z'],
  ['Mon, 26 Jan 2004 16:31:00 ET', '2004-01-26T21:31:00.000Z'],
  ['2020年1月5日 10:00', '2020-01-05T10:00:00.000Z'],
  ['2004년 05월 28일 01:31:15', '2004-05-28T01:31:15.000Z'],
  ['2004-július-13T9:15-05:00', '2004-07-13T14:15:00.000Z'],
  ['Κυρ, 11 Ιούλ 2004 12:00:00 EST', '2004-07-11T17:00:00.000Z'],
  ['5 janv. 2021', '2021-01-05T00:00:00.000Z'],
  ['5 de agosto de 2021', '2021-08-05T00:00:00.000Z'],
  ['5 FEVRIER 2021', '2021-02-05T00:00:00.000Z'],
  ['5 Janury 2021', '2021-01-05T00:00:00.000Z'],
  ['5 Foo 2021', undefined],
  ['2024-13-01', undefined],
  ['1/26/2004 24:00 PM', '2004-01-27T00:00:00.000Z'],
])('%j', (text, expected) => {
  expect(readDate(text)?.toISOString()).toBe(expected)
})

describe('what people write', () => {
  const languages = 'da de el es fi fr it nb nl pl pt sv tr'.split(' ')
  test.each(languages.flatMap((language) => [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((month) => [language, month] as const)))(
    'in %s, month %i',
    (language, month) => {
      const date = new Date(Date.UTC(2024, month - 1, 9))
      const name = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'long', timeZone: 'UTC' })
        .formatToParts(date)
        .find(({ type }) => type === 'month')?.value
      expect(readDate(`9 ${name} 2024`)?.toISOString()).toBe(date.toISOString())
    },
  )
})

test('no text takes time', () => {
  for (const part of ['9', 'a ', 'March ', '2024-', '(', '[', '10:00 ']) {
    expect(readDate(`9 March 2024 10:00 ${part.repeat(100_000)}x`)).toBeUndefined()
    if (part !== '9') expect(readDate(part.repeat(98).slice(0, 98))).toBeUndefined()
  }
})
