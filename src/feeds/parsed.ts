import { plainLineFromHtml, plainLineFromText } from '../articles/text.ts'
import { readUrl } from '../read-url.ts'

/** What is told as HTML may be plain text all the same: RSS does not say which. */
export type ParsedText = {
  value: string
  html: boolean
  /** What links in it are relative to, itself perhaps relative to its entry's. */
  base?: string
}

export type ParsedEnclosure = { url: string; mediaType: string | null; byteLength: number | null }

/** An entry as its feed writes it, whatever the format. Lists are in the order of preference; nothing is judged or resolved yet. */
export type ParsedEntry = {
  title: ParsedText | null
  links: string[]
  /** What relative links are relative to, itself perhaps relative to the feed's. */
  base: string | null
  guid: string | null
  bodies: ParsedText[]
  dates: string[]
  authors: string[]
  images: string[]
  language: string | null
  tags: string[]
  enclosures: ParsedEnclosure[]
}

/** The hub that a feed names (WebSub), and the feed's own name for itself; as they were written. */
export type ParsedHub = { url: string; self: string | null }

export type ParsedFeed = {
  format: 'RSS' | 'ATOM' | 'RDF' | 'JSON_FEED' | 'JSON_MAPPED'
  /** Plain text on one line. */
  title: string | null
  /** To the site that the feed is of. */
  siteLinks: string[]
  /** What relative links are relative to where the document says so (xml:base), itself perhaps relative to the feed's URL. */
  base: string | null
  language: string | null
  /** Of every entry that names none. */
  authors: string[]
  hub?: ParsedHub | null
  entries: ParsedEntry[]
  /** What had to be repaired to read it, in words for people. */
  repaired: string[]
}

/** Where in a JSON document the entries are: dotted paths, e.g. "title.rendered"; "" is the whole. */
export type JsonMapping = { items: string; url: string; title: string; guid?: string; content?: string; publishedAt?: string; categories?: string }

/** A document that is no feed; the message is for people. `page`: it is a web page, which may announce feeds. */
export class FeedInvalid extends Error {
  readonly page: boolean

  constructor(message: string, { page = false, ...options }: ErrorOptions & { page?: boolean } = {}) {
    super(message, options)
    this.page = page
  }
}

/** A tag, a comment or an entity: without any of these, HTML would only lose the line breaks of a text. */
const markup = /<(?:[a-z!/][^<>]*>|!--|!\[CDATA\[)|&(?:[a-z][a-z0-9]*|#[0-9]+|#x[0-9a-f]+);/i

export const isHtml = ({ value, html }: ParsedText): boolean => html && markup.test(value)
export const lineOf = (text: ParsedText): string => (isHtml(text) ? plainLineFromHtml(text.value) : plainLineFromText(text.value))

/** The absolute http(s) URL that a link means; undefined when it means none. */
export function httpUrl(link: string, base?: string): string | undefined {
  const url = readUrl(link, base)
  return url && /^https?:$/.test(url.protocol) ? url.href : undefined
}
