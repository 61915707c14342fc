import { monthOf } from './month-names.ts'

/** Names of time zones in RFC 822, and others that feeds write; in minutes. A name that is unknown is taken for UTC. */
// prettier-ignore
const zones: Record<string, number> = {
  EST: -300, EDT: -240, CST: -360, CDT: -300, MST: -420, MDT: -360, PST: -480, PDT: -420, AKST: -540, AKDT: -480, HST: -600, ET: -300, CT: -360, MT: -420, PT: -480,
  WET: 0, WEST: 60, BST: 60, CET: 60, CEST: 120, MET: 60, MEST: 120, EET: 120, EEST: 180, MSK: 180, JST: 540, KST: 540, AEST: 600, AEDT: 660, NZST: 720, NZDT: 780,
}

const time = String.raw`(?<hour>\d{1,2}):(?<minute>\d\d)(?::(?<second>\d\d)(?:[.,](?<fraction>\d+))?)?(?:\s?(?<half>[ap])\.?m\b\.?)?`
const zone = String.raw`\s*(?<zone>(?:GMT|UTC)?[+-]\d{1,2}:?\d{0,2}|[A-Za-z]{1,5})?(?:\s*(?:\([^)]*\)|\[[^\]]*\]|GMT|UTC))?`
const clock = String.raw`(?:,?\s+(?:at\s+|-\s+)?${time}${zone})?`
const weekday = String.raw`(?:\p{L}+\.?\s?,?\s+)?`
const name = String.raw`(?<name>\p{L}{3,})\.?`
const shapes = [
  // 2024-03-09T10:00:00Z, 2024-03-09 10:00, 2024-03, 20240309
  String.raw`(?<year>\d{4})(?:[-/](?<month>\d{1,2})(?:[-/](?<day>\d{1,2}))?|(?<month2>\d\d)(?<day2>\d\d))?(?:[T\s]+${time}${zone})?`,
  // 20240309T100000Z
  String.raw`(?<year>\d{4})(?<month>\d\d)(?<day>\d\d)T(?<hour>\d\d)(?<minute>\d\d)(?<second>\d\d)?${zone}`,
  // Sat, 09 Mar 2024 10:00:00 GMT, 9-Mar-24, 9. März 2024
  String.raw`${weekday}(?<day>\d{1,2})(?:st|nd|rd|th|\.)?[\s-]+(?:de\s+)?${name},?[\s-]+(?:de\s+)?(?<year>\d{4}|\d\d)${clock}`,
  // March 9, 2024 10:00
  String.raw`${weekday}${name}\s+(?<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?<year>\d{4})${clock}`,
  // Sat Mar 9 10:00:00 GMT 2024, as C writes it
  String.raw`${weekday}${name}\s+(?<day>\d{1,2})\s+${time}${zone}\s+(?<year>\d{4})`,
  // 2024-Mar-09T10:00, 2024. március 9.
  String.raw`(?<year>\d{4})\.?[\s-]+${name}[\s-]+(?<day>\d{1,2})\.?(?:,?[T\s]+${time}${zone})?`,
  // 09.03.2024 10:00, which is nowhere written with the month first
  String.raw`${weekday}(?<day>\d{1,2})\.\s?(?<month>\d{1,2})\.\s?(?<year>\d{4})${clock}`,
  // 3/9/2024 10:00 PM: with the halves of the day, it is American
  String.raw`(?=.*\d\s?[ap]\.?m\b)(?<month>\d{1,2})/(?<day>\d{1,2})/(?<year>\d{4})${clock}`,
].map((shape) => new RegExp(`^${shape}$`, 'iu'))

/**
 * Reads the date of a feed: RFC 822, RFC 3339, ISO 8601 and what is commonly made of them, or seconds or milliseconds since
 * 1970. Without a time it is midnight, without a zone UTC, wherever the server stands.
 * @returns undefined for what is no date
 */
export function readDate(text: string): Date | undefined {
  const spaced = text.trim().replace(/\s+/g, ' ')
  // No date is longer, and a long text would cost time.
  if (spaced.length > 100) return undefined
  const trimmed = spaced.replace(/^(\d{4})[年년] ?(\d{1,2})[月월] ?(\d{1,2})[日일]/, '$1-$2-$3 ').trim()
  for (const shape of shapes) {
    const parts = shape.exec(trimmed)?.groups
    const date = parts && fromParts(parts)
    if (date) return date
  }
  return /^\d{9,16}(\.\d+)?$/.test(trimmed) ? fromEpoch(Number(trimmed)) : undefined
}

function fromParts(parts: Record<string, string | undefined>): Date | undefined {
  const number = (name: string, missing: number) => (parts[name] === undefined ? missing : Number(parts[name]))
  const written = number('year', NaN)
  const year = parts['year']!.length === 2 ? written + (written < 50 ? 2000 : 1900) : written
  const month = parts['name'] === undefined ? number('month', number('month2', 1)) : monthOf(parts['name'])
  const day = number('day', number('day2', 1))
  const hour = hourOf(number('hour', 0), parts['half'])
  const [minute, second] = [number('minute', 0), number('second', 0)]
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate()
  // Date.UTC takes the years below 100 for those of the 20th century.
  if (year < 1000 || month < 1 || month > 12 || day < 1 || day > daysInMonth || hour > 24 || minute > 59 || second > 60) return undefined
  const offset = offsetOf(parts['zone'])
  const milliseconds = Math.floor(Number(`0.${parts['fraction'] ?? 0}`) * 1000)
  return new Date(Date.UTC(year, month - 1, day, hour, minute - offset, Math.min(second, 59), milliseconds))
}

/** @param half of the day, where hours count to twelve */
function hourOf(hour: number, half: string | undefined): number {
  if (half === undefined || hour > 12) return hour
  return (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0)
}

/** In minutes. */
function offsetOf(name: string | undefined): number {
  const signed = /([+-])(\d{1,2}):?(\d\d)?$/.exec(name ?? '')
  if (!signed) return zones[(name ?? '').toUpperCase()] ?? 0
  const minutes = Number(signed[2]) * 60 + Number(signed[3] ?? 0)
  return signed[1] === '-' ? -minutes : minutes
}

/** Seconds reach this number in the year 5138, milliseconds in 1973. */
const fromEpoch = (value: number) => new Date(value < 1e11 ? value * 1000 : value)
