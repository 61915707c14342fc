import { ParseError, parseAtomFeed, parseRdfFeed, parseRssFeed, detectAtomFeed, detectRdfFeed, detectRssFeed } from 'feedsmith'
import { emptyFeed, rootFormat } from './empty-feeds.ts'
import { readAnyJsonFeed, readMapped } from './json-feeds.ts'
import { withKnownAtomNames, withKnownRssNames } from './names.ts'
import { FeedInvalid, type JsonMapping, type ParsedFeed } from './parsed.ts'
import { readAtom, readRdf, readRss } from './xml-feeds.ts'

export { FeedInvalid, type JsonMapping, type ParsedFeed }

/**
 * Reads a feed, or any JSON through a mapping.
 * @throws FeedInvalid, and nothing else whatever the text
 */
export function parseFeedText(text: string, mapping?: JsonMapping): ParsedFeed {
  if (text.trim() === '') throw new FeedInvalid('The document is empty.')
  if (mapping) return readMapped(json(text) ?? invalid('With a mapping the document has to be JSON, and it is none.'), mapping)
  if (/^\s*[[{]/.test(text)) return readJson(text)
  try {
    if (detectRssFeed(text)) return readRss(parseRssFeed(withKnownRssNames(text)))
    if (detectAtomFeed(text)) return readAtom(parseAtomFeed(withKnownAtomNames(text)))
    if (detectRdfFeed(text)) return readRdf(parseRdfFeed(withoutContents(text)))
  } catch (error) {
    const format = error instanceof ParseError ? rootFormat(text) : undefined
    if (format) return emptyFeed(format)
    throw new FeedInvalid(isPage(text) ? page : `The XML of the feed cannot be read${detailOf(error)}.`, { cause: error })
  }
  throw new FeedInvalid(whatElse(text))
}

/** Without the table of contents of RDF, which names the items once more: the parser searches all of them for each of its lines. */
function withoutContents(text: string): string {
  const from = text.indexOf('<items>')
  const to = text.indexOf('</items>', from)
  return from === -1 || to === -1 ? text : text.slice(0, from) + text.slice(to + '</items>'.length)
}

function whatElse(text: string): string {
  if (isPage(text)) return page
  if (/<opml[\s>]/i.test(text.slice(0, 1000))) return 'This is a list of feeds (OPML): it is to be imported, not added.'
  return /^\s*</.test(text) ? 'This is XML, but neither RSS nor Atom nor RDF.' : 'This is no feed: neither XML nor JSON.'
}

const page = 'This is a web page (HTML), not a feed: the address of its feed is wanted.'
// Comments and instructions may only be read in one way: a choice would be tried in all combinations.
const isPage = (text: string) => /^\s*(?:<!--(?:(?!-->)[^])*-->\s*|<\?(?:(?!\?>)[^])*\?>\s*)*<(?:!doctype\s+html|html|head|body)[\s>]/i.test(text)

function readJson(text: string): ParsedFeed {
  const feed = readAnyJsonFeed(json(text) ?? invalid('This begins like JSON, but cannot be read as JSON.'))
  return feed ?? invalid('This is JSON, but no JSON Feed: a mapping has to tell where its entries are.')
}

/** Undefined when it is none. */
function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function invalid(message: string): never {
  throw new FeedInvalid(message)
}

/** What the XML parser says of the place, which is in the error's cause. */
function detailOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message.trim().replace(/\.$/, '') : ''
  return cause === '' ? '' : `: ${cause.slice(0, 200).replace(/\s+/g, ' ').toWellFormed()}`
}
