import { limits } from '../articles/draft.ts'
import type { Enclosure, Entry } from '../articles/entry.ts'
import { plainLineFromText } from '../articles/text.ts'
import { readDate } from './dates.ts'
import { httpUrl, isHtml, lineOf, type ParsedEntry, type ParsedFeed } from './parsed.ts'

/** An article as a feed brings it; its category is the feed's. */
export type FeedEntry = Omit<Entry, 'categoryId'>
/** An entry that is no article, as far as it can be told which one. */
export type RejectedEntry = { title: string | null; url: string | null; reason: string }

const dayMs = 86_400_000
const earliest = Date.UTC(1900, 0, 2)

/**
 * Makes articles of a feed's entries: links absolute, titles plain, dates read. An entry without a link, or with neither
 * title nor text, is rejected; whatever else is missing or cannot be read is left out.
 * @param feedUrl where the feed came from, after redirects
 */
export function normalize(feed: ParsedFeed, { feedUrl, now }: { feedUrl: string; now: Date }): { entries: FeedEntry[]; rejected: RejectedEntry[] } {
  const base = (feed.base !== null && httpUrl(feed.base, feedUrl)) || feedUrl
  const entries: FeedEntry[] = []
  const rejected: RejectedEntry[] = []
  for (const entry of feed.entries) {
    const read = readEntry(entry, feed, (entry.base !== null && httpUrl(entry.base, base)) || base, now)
    if ('reason' in read) rejected.push(read)
    else entries.push(read)
  }
  return { entries, rejected }
}

function readEntry(entry: ParsedEntry, feed: ParsedFeed, base: string, now: Date): FeedEntry | RejectedEntry {
  const url = firstUrl(entry.links, base)
  const title = entry.title ? lineOf(entry.title) : ''
  const body = entry.bodies.find(({ value }) => value.trim() !== '')
  const rejected = (reason: string) => ({ title: storable(title) || null, url: storable(url ?? entry.links[0] ?? '') || null, reason })
  if (url === undefined) return rejected(entry.links.length === 0 ? 'It has no link.' : 'Its link is no http or https address.')
  if (title === '' && !body) return rejected('It has neither a title nor a text.')

  const guid = storable(entry.guid ?? '')
  const publishedAt = firstDate(entry.dates, now)
  const byline = (entry.authors.length > 0 ? entry.authors : feed.authors).map(plainLineFromText).filter(Boolean).join(', ')
  const imageUrl = firstUrl(
    entry.images.filter((image) => image.length <= limits.url),
    base,
  )
  // Often written like the locale of a system, en_US.
  const language = (entry.language ?? feed.language)?.trim().replaceAll('_', '-')
  const tags = [...new Set(entry.tags.map(plainLineFromText))].filter(Boolean)
  const enclosures = entry.enclosures.flatMap((enclosure) => readEnclosure(enclosure, base))
  return {
    url,
    title,
    content: body?.value ?? '',
    contentFormat: body && isHtml(body) ? 'HTML' : 'TEXT',
    ...(guid && { guid }),
    ...(publishedAt && { publishedAt }),
    ...(byline && { byline }),
    ...(imageUrl && imageUrl.length <= limits.url && { imageUrl }),
    ...(language && { language }),
    ...(tags.length > 0 && { tags }),
    ...(enclosures.length > 0 && { enclosures }),
  }
}

function firstUrl(links: string[], base: string): string | undefined {
  for (const link of links) {
    const url = httpUrl(link, base)
    if (url !== undefined) return url
  }
  return undefined
}

/** A date in the future is kept for a day: clocks and time zones differ. 1970 to the second is a date that was never set. */
function firstDate(dates: string[], now: Date): Date | undefined {
  for (const text of dates) {
    const date = readDate(text)
    const ms = date?.getTime() ?? NaN
    if (ms >= earliest && ms <= now.getTime() + dayMs && ms !== 0) return date
  }
  return undefined
}

function readEnclosure({ url, mediaType, byteLength }: ParsedEntry['enclosures'][number], base: string): Enclosure[] {
  const address = httpUrl(url, base)
  if (address === undefined || address.length > limits.url) return []
  const known = byteLength !== null && Number.isSafeInteger(byteLength) && byteLength > 0
  return [{ url: address, mediaType: (mediaType && storable(mediaType).slice(0, 200)) || null, byteLength: known ? byteLength : null }]
}

/** PostgreSQL stores neither NUL nor half a surrogate pair. */
const storable = (text: string) => text.replaceAll('\0', '').toWellFormed()
