import { GraphQLError } from 'graphql'
import { builder } from './builder.ts'
import { readUrl } from '../read-url.ts'

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/

/** An RFC 3339 instant between the years 1 and 9999; undefined for anything else, such as the 30th of February. */
export function parseInstant(text: string): Date | undefined {
  const parts = rfc3339.exec(text.trim())
  if (!parts) return undefined
  const [, year, month, day, hour, minute, second, fraction, zone] = parts
  const milliseconds = fraction ? Math.trunc(Number(`0${fraction}`) * 1000) : 0
  // A leap second is the last one of its minute.
  const local = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second === '60' ? '59' : second}.${String(milliseconds).padStart(3, '0')}Z`)
  if (Number.isNaN(local.getTime()) || local.getUTCDate() !== Number(day)) return undefined
  const [offsetHours, offsetMinutes] = /^[Zz]$/.test(zone!) ? [0, 0] : zone!.slice(1).split(':').map(Number)
  if (offsetHours! > 23 || offsetMinutes! > 59) return undefined
  const instant = new Date(local.getTime() - (zone![0] === '-' ? -1 : 1) * (offsetHours! * 60 + offsetMinutes!) * 60_000)
  const inYears = instant.getUTCFullYear()
  return inYears >= 1 && inYears <= 9999 ? instant : undefined
}

builder.scalarType('DateTime', {
  description: 'RFC 3339 instant, always UTC on output with milliseconds, e.g. 2023-10-08T15:51:00.000Z.',
  serialize: (value) => (value as Date).toISOString(),
  parseValue: (value) => {
    const instant = typeof value === 'string' ? parseInstant(value) : undefined
    if (!instant)
      throw new GraphQLError('This is no RFC 3339 date and time with an offset, such as 2023-10-08T15:51:00Z.', { extensions: { code: 'BAD_USER_INPUT' } })
    return instant
  },
})

builder.scalarType('URL', {
  description: 'An absolute http(s) URL.',
  serialize: (value) => value as string,
  parseValue: (value) => {
    const url = typeof value === 'string' && value.length <= 8192 ? readUrl(value) : undefined
    if (!url || !/^https?:$/.test(url.protocol)) throw new GraphQLError('This is no absolute http(s) URL.', { extensions: { code: 'BAD_USER_INPUT' } })
    return (value as string).trim()
  },
})
