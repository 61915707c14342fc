import { parseAtomFeed, parseRdfFeed, parseRssFeed } from 'feedsmith'
import { readAnyJsonFeed, readMapped } from './json-feeds.ts'
import { withKnownAtomNames, withKnownRssNames } from './names.ts'
import { FeedInvalid, type JsonMapping, type ParsedEntry, type ParsedFeed } from './parsed.ts'
import { mostEntries, repairXml, tooMany } from './repair.ts'
import { readAtom, readRdf, readRss } from './xml-feeds.ts'
import { findRoot } from './xml-root.ts'

const deepestJson = 1000
const mostJsonParts = 500_000

export { FeedInvalid, type JsonMapping, type ParsedFeed }

/**
 * Reads a feed, or any JSON through a mapping.
 * @throws FeedInvalid, and nothing else whatever the text
 */
export function parseFeedText(text: string, mapping?: JsonMapping): ParsedFeed {
  if (text.trim() === '') throw new FeedInvalid('The document is empty.')
  if (mapping) {
    const document = json(text) ?? invalid('With a mapping the document has to be JSON, and it is none.')
    const repaired = shorten(document, mapping.items)
    return { ...readMapped(document, mapping), repaired }
  }
  if (/^\s*[[{]/.test(text)) return readJson(text)
  const root = findRoot(text)
  if (root === undefined || !(root.name in readers)) throw isPage(text) ? pageInvalid() : new FeedInvalid(whatElse(text))
  const { text: xml, entries, repaired } = repairXml(text, root)
  const feed = readXml(root.name as keyof typeof readers, xml)
  const empty = Array.from({ length: Math.max(0, entries - feed.entries.length) }, emptyEntry)
  const more = feed.entries.length > mostEntries ? [tooMany] : []
  return { ...feed, entries: [...feed.entries.slice(0, mostEntries), ...empty], repaired: [...repaired, ...more] }
}

const readers = {
  rss: (text: string) => readRss(parseRssFeed(withKnownRssNames(text))),
  feed: (text: string) => readAtom(parseAtomFeed(withKnownAtomNames(text))),
  rdf: (text: string) => readRdf(parseRdfFeed(withoutContents(text))),
}
const nothing = { rss: readRss, feed: readAtom, rdf: readRdf }

function readXml(root: keyof typeof readers, text: string): ParsedFeed {
  try {
    return readers[root](text)
  } catch (error) {
    // A feed that holds nothing that the parser knows is a feed all the same.
    if (error instanceof Error && (error.name === 'ParseError' || (error.name === 'DetectError' && root === 'rss'))) return nothing[root]({})
    throw new FeedInvalid(`The XML of the feed cannot be read${detailOf(error)}.`, { cause: error })
  }
}

/** The parser leaves out an entry that has nothing in it: here it is kept, so that its rejection is told. */
const emptyEntry = (): ParsedEntry => ({
  title: null,
  links: [],
  base: null,
  guid: null,
  bodies: [],
  dates: [],
  authors: [],
  images: [],
  language: null,
  tags: [],
  enclosures: [],
})

/** Without the table of contents of RDF, which names the items once more: the parser searches all of them for each of its lines. */
function withoutContents(text: string): string {
  const from = text.indexOf('<items>')
  const to = text.indexOf('</items>', from)
  return from === -1 || to === -1 ? text : text.slice(0, from) + text.slice(to + '</items>'.length)
}

function whatElse(text: string): string {
  if (/<opml[\s>]/i.test(text.slice(0, 1000))) return 'This is a list of feeds (OPML): it is to be imported, not added.'
  return /^\s*</.test(text) ? 'This is XML, but neither RSS nor Atom nor RDF.' : 'This is no feed: neither XML nor JSON.'
}

const pageInvalid = () => new FeedInvalid('This is a web page (HTML), not a feed: the address of its feed is wanted.', { page: true })
// Comments and instructions may only be read in one way: a choice would be tried in all combinations.
const isPage = (text: string) => /^\s*(?:<!--(?:(?!-->)[^])*-->\s*|<\?(?:(?!\?>)[^])*\?>\s*)*<(?:!doctype\s+html|html|head|body)[\s>]/i.test(text)

function readJson(text: string): ParsedFeed {
  const document = json(text) ?? invalid('This begins like JSON, but cannot be read as JSON.')
  const repaired = [...shorten(document, 'items'), ...shorten(document, 'rss.channel.item')]
  const feed = readAnyJsonFeed(document) ?? invalid('This is JSON, but no JSON Feed: a mapping has to tell where its entries are.')
  return { ...feed, repaired }
}

/** Leaves the first entries in the list at a dotted path of a document, and answers what is to be told of it. */
function shorten(document: unknown, path: string): string[] {
  let list = document
  for (const name of path === '' ? [] : path.split('.')) {
    list = typeof list === 'object' && list !== null && Object.hasOwn(list, name) ? (list as Record<string, unknown>)[name] : undefined
  }
  if (!Array.isArray(list) || list.length <= mostEntries) return []
  list.length = mostEntries
  return [tooMany]
}

/** Undefined when it is none. */
function json(text: string): unknown {
  if (!isBounded(text)) throw new FeedInvalid(`This JSON is nested deeper than ${deepestJson}, or has more than ${mostJsonParts} lists and objects.`)
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Without the bounds the parser of JSON takes a hundred bytes of memory for each level, and for each object of two. */
function isBounded(text: string): boolean {
  let depth = 0
  let parts = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 34) at = endOfString(text, at)
    else if (code === 91 || code === 123) {
      if (++depth > deepestJson || ++parts > mostJsonParts) return false
    } else if (code === 93 || code === 125) depth--
  }
  return true
}

function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 34) return at
    if (code === 92) at++
  }
  return text.length
}

function invalid(message: string): never {
  throw new FeedInvalid(message)
}

/** What the XML parser says of the place, which is in the error's cause. */
function detailOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message.trim().replace(/\.$/, '') : ''
  return cause === '' ? '' : `: ${cause.slice(0, 200).replace(/\s+/g, ' ').toWellFormed()}`
}
