import { limits } from '../articles/draft.ts'
import type { Enclosure, Entry } from '../articles/entry.ts'
import { plainLineFromText } from '../articles/text.ts'
import { readDate } from './dates.ts'
import { httpUrl, isHtml, lineOf, type ParsedEntry, type ParsedFeed } from './parsed.ts'

/** An article as a feed brings it; its category is the feed's. */
export type FeedEntry = Omit<Entry, 'categoryId'>
/** An entry that is no article, as far as it can be told which one. */
export type RejectedEntry = { title: string | null; url: string | null; reason: string }

/** `siteUrl` is the site that the feed is of. */
export type Normalized = { siteUrl: string | null; entries: FeedEntry[]; rejected: RejectedEntry[] }

const dayMs = 86_400_000
const earliest = Date.UTC(1900, 0, 2)

/**
 * Makes articles of a feed's entries: links absolute, titles plain, dates read. An entry without a link, or with neither
 * title nor text, is rejected; whatever else is missing or cannot be read is left out.
 * @param feedUrl where the feed came from, after redirects
 */
export function normalize(feed: ParsedFeed, { feedUrl, now }: { feedUrl: string; now: Date }): Normalized {
  const feedBase = absolute(feed.base, feedUrl)
  const siteUrl = firstUrl(feed.siteLinks, feedBase ?? feedUrl) ?? null
  // RSS is often served by another host than its site, and its relative links mean the site.
  const base = feedBase ?? (siteUrl !== null && /^(RSS|RDF)$/.test(feed.format) ? siteUrl : feedUrl)
  const entries: FeedEntry[] = []
  const rejected: RejectedEntry[] = []
  for (const entry of feed.entries) {
    const entryBase = absolute(entry.base, base)
    // An id of Atom is permanent and nobody else's, and yet often no address: then the entry is at the site, told apart by its id.
    const site = feed.format === 'ATOM' && entry.guid ? (siteUrl ?? feedUrl) : undefined
    const read = readEntry(entry, feed, { base: entryBase ?? base, said: entryBase ?? feedBase, site }, now)
    if ('reason' in read) rejected.push(read)
    else entries.push(read)
  }
  return { siteUrl, entries, rejected }
}

const absolute = (base: string | null | undefined, parent: string) => (base == null ? undefined : httpUrl(base, parent))

/**
 * @param said the document's own base, which the links of a text follow: without one they mean the article
 * @param site the link of an entry that has none
 */
function readEntry(
  entry: ParsedEntry,
  feed: ParsedFeed,
  { base, said, site }: Record<'base', string> & Record<'said' | 'site', string | undefined>,
  now: Date,
): FeedEntry | RejectedEntry {
  const url = firstUrl(entry.links, base) ?? site
  const title = entry.title ? lineOf(entry.title) : ''
  const body = entry.bodies.find(({ value }) => value.trim() !== '')
  const rejected = (reason: string) => ({ title: storable(title) || null, url: storable(url ?? entry.links[0] ?? '') || null, reason })
  if (url === undefined) return rejected(entry.links.length === 0 ? 'It has no link.' : 'Its link is no http or https address.')
  if (title === '' && !body) return rejected('It has neither a title nor a text.')

  const guid = storable(entry.guid ?? '')
  const publishedAt = firstDate(entry.dates, now)
  const byline = (entry.authors.length > 0 ? entry.authors : feed.authors).map(nameOf).filter(Boolean).join(', ')
  const imageUrl = firstUrl(
    entry.images.filter((image) => image.length <= limits.url),
    base,
  )
  // Often written like the locale of a system, en_US.
  const language = (entry.language ?? feed.language)?.trim().replaceAll('_', '-')
  const tags = [...new Set(entry.tags.map(plainLineFromText))].filter(Boolean)
  const enclosures = readEnclosures(entry.enclosures, base)
  // What stands beside the text, and is not the same, is the feed's own summary of it.
  const beside = body && entry.bodies.find(({ value }) => value.trim() !== '' && value.trim() !== body.value.trim())
  const summary = beside ? lineOf({ ...beside, value: beside.value.slice(0, 4 * limits.summary) }).slice(0, limits.summary) : ''
  const contentFormat = body && isHtml(body) ? 'HTML' : 'TEXT'
  const contentBase = contentFormat === 'HTML' ? (absolute(body?.base, base) ?? said) : undefined
  return {
    url,
    title,
    content: body?.value ?? '',
    contentFormat,
    ...(contentBase !== undefined && { contentBase }),
    ...(guid && { guid }),
    ...(publishedAt && { publishedAt }),
    ...(byline && { byline }),
    ...(summary && { summary }),
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

/** Of those that a feed tells twice, in its own words and in a namespace's, the first. */
function readEnclosures(enclosures: ParsedEntry['enclosures'], base: string): Enclosure[] {
  const found = new Map<string, Enclosure>()
  for (const { url, mediaType, byteLength } of enclosures) {
    const address = httpUrl(url, base)
    if (address === undefined || address.length > limits.url || found.has(address)) continue
    const known = byteLength !== null && Number.isSafeInteger(byteLength) && byteLength > 0
    found.set(address, { url: address, mediaType: (mediaType && storable(mediaType).slice(0, 200)) || null, byteLength: known ? byteLength : null })
  }
  return [...found.values()]
}

/** A person's name without the address that may stand beside it: "Ada (ada@x.example)", "ada@x.example (Ada)", "Ada <ada@x.example>". */
function nameOf(author: string): string {
  const line = plainLineFromText(author)
  const [, before, after] = /^(?:([^<>()@]+?) ?[<(][^ <>()@]+@[^ <>()@]+[>)]|[^ <>()@]+@[^ <>()@]+ ?\(([^()]+)\))$/.exec(line) ?? []
  return (before ?? after ?? line).trim()
}

/** PostgreSQL stores neither NUL nor half a surrogate pair. */
const storable = (text: string) => text.replaceAll('\0', '').toWellFormed()
