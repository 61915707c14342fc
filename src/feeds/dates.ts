const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
/** Names of time zones in RFC 822, and others that feeds write; in minutes. A name that is unknown is taken for UTC. */
// prettier-ignore
const zones: Record<string, number> = {
  EST: -300, EDT: -240, CST: -360, CDT: -300, MST: -420, MDT: -360, PST: -480, PDT: -420, AKST: -540, AKDT: -480, HST: -600,
  WET: 0, WEST: 60, BST: 60, CET: 60, CEST: 120, MET: 60, MEST: 120, EET: 120, EEST: 180, MSK: 180, JST: 540, KST: 540, AEST: 600, AEDT: 660, NZST: 720, NZDT: 780,
}

const time = String.raw`(?<hour>\d{1,2}):(?<minute>\d\d)(?::(?<second>\d\d)(?:[.,](?<fraction>\d+))?)?`
const zone = String.raw`\s*(?<zone>[A-Za-z]{1,5}|(?:GMT|UTC)?[+-]\d{1,2}:?\d{0,2})?(?:\s*\([^)]*\))?`
const shapes = [
  // 2024-03-09T10:00:00Z, 2024-03-09 10:00, 2024-03, 20240309
  new RegExp(String.raw`^(?<year>\d{4})(?:[-/](?<month>\d{1,2})(?:[-/](?<day>\d{1,2}))?|(?<month2>\d\d)(?<day2>\d\d))?(?:[T\s]+${time}${zone})?$`, 'i'),
  // Sat, 09 Mar 2024 10:00:00 GMT, 9-Mar-24
  new RegExp(
    String.raw`^(?:[\p{L}]+\.?,?\s+)?(?<day>\d{1,2})(?:st|nd|rd|th)?[\s-]+(?<name>[A-Za-z]{3})[a-z]*\.?,?[\s-]+(?<year>\d{4}|\d\d)(?:,?\s+(?:at\s+)?${time}${zone})?$`,
    'iu',
  ),
  // March 9, 2024 10:00
  new RegExp(
    String.raw`^(?:[\p{L}]+\.?,?\s+)?(?<name>[A-Za-z]{3})[a-z]*\.?\s+(?<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?<year>\d{4})(?:,?\s+(?:at\s+)?${time}${zone})?$`,
    'iu',
  ),
  // Sat Mar 9 10:00:00 GMT 2024, as C writes it
  new RegExp(String.raw`^(?:[A-Za-z]+\s+)?(?<name>[A-Za-z]{3})[a-z]*\s+(?<day>\d{1,2})\s+${time}${zone}\s+(?<year>\d{4})$`, 'i'),
]

/**
 * Reads the date of a feed: RFC 822, RFC 3339, ISO 8601 and what is commonly made of them, or seconds or milliseconds since
 * 1970. Without a time it is midnight, without a zone UTC, wherever the server stands.
 * @returns undefined for what is no date
 */
export function readDate(text: string): Date | undefined {
  const trimmed = text.trim().replace(/\s+/g, ' ')
  // No shape is longer, and a long text would cost time.
  if (trimmed.length > 100) return undefined
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
  const month = parts['name'] === undefined ? number('month', number('month2', 1)) : months.indexOf(parts['name'].toLowerCase()) + 1
  const day = number('day', number('day2', 1))
  const [hour, minute, second] = [number('hour', 0), number('minute', 0), number('second', 0)]
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate()
  // Date.UTC takes the years below 100 for those of the 20th century.
  if (year < 1000 || month < 1 || month > 12 || day < 1 || day > daysInMonth || hour > 24 || minute > 59 || second > 60) return undefined
  const offset = offsetOf(parts['zone'])
  const milliseconds = Math.floor(Number(`0.${parts['fraction'] ?? 0}`) * 1000)
  return new Date(Date.UTC(year, month - 1, day, hour, minute - offset, Math.min(second, 59), milliseconds))
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
