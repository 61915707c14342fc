import type { AtomFeed, RdfFeed, RssFeed } from 'feedsmith'
import { base64Type } from './names.ts'
import { lineOf, type ParsedEntry, type ParsedFeed, type ParsedHub, type ParsedText } from './parsed.ts'
import {
  alternates,
  dctermsDates,
  enclosure,
  firstOf,
  html,
  isHttp,
  lines,
  linkedEnclosures,
  linkedImages,
  linksAs,
  mediaEnclosures,
  mediaImages,
  mediaTexts,
  mediaTitle,
  namespaceTags,
  strings,
  texts,
} from './xml-parts.ts'

type RssItem = RssFeed.Item<string>
type AtomEntry = AtomFeed.Entry<string>
type RdfItem = RdfFeed.Item<string>
type AtomText = { value?: string; type?: string; xml?: { base?: string } }

export function readRss(feed: RssFeed.Feed<string>): ParsedFeed {
  return {
    format: 'RSS',
    title: feed.title === undefined ? null : lineOf(html(feed.title)) || null,
    siteLinks: strings([feed.link, ...alternates(feed.atom?.links)]),
    base: feed.xml?.base ?? null,
    language: feed.language ?? feed.dc?.languages?.[0] ?? feed.xml?.lang ?? null,
    authors: [],
    hub: hubOf(feed.atom?.links),
    entries: (feed.items ?? []).map(rssItem),
    repaired: [],
  }
}

function rssItem(item: RssItem): ParsedEntry {
  const { guid, dc, dcterms, itunes, media, atom } = item
  const isPermalink = guid?.isPermaLink === true || (guid?.isPermaLink !== false && isHttp(guid?.value))
  const enclosures = item.enclosures ?? []
  return {
    title: texts([item.title ?? dc?.titles?.[0] ?? itunes?.title ?? mediaTitle(media)])[0] ?? null,
    links: strings([item.link, ...alternates(atom?.links), isPermalink ? guid?.value : undefined]),
    base: item.xml?.base ?? null,
    guid: guid?.value ?? null,
    bodies: texts([
      item.content?.encoded,
      item.description,
      itunes?.summary,
      dc?.descriptions?.[0] ?? dcterms?.abstracts?.[0],
      ...mediaTexts(media),
      itunes?.subtitle,
      atom?.content?.value,
      atom?.summary?.value,
    ]),
    dates: strings([item.pubDate, dc?.dates?.[0], atom?.published, ...dctermsDates(dcterms), atom?.updated]),
    authors: firstOf(
      dc?.creators,
      item.authors?.map(({ name }) => name),
      [itunes?.author],
      dcterms?.creators,
      atom?.authors?.map(({ name }) => name),
      item.authors?.map(({ email }) => email),
    ),
    images: [...mediaImages(media), ...strings([itunes?.image]), ...strings(enclosures.map(({ url, type }) => (type?.startsWith('image/') ? url : undefined)))],
    language: dc?.languages?.[0] ?? item.xml?.lang ?? null,
    tags: [...lines((item.categories ?? []).map(({ name }) => name)), ...namespaceTags(item)],
    enclosures: [...enclosures.flatMap(({ url, type, length }) => enclosure(url, type, length)), ...linkedEnclosures(atom?.links), ...mediaEnclosures(media)],
  }
}

export function readRdf(feed: RdfFeed.Feed<string>): ParsedFeed {
  return {
    format: 'RDF',
    title: feed.title === undefined ? null : lineOf(html(feed.title)) || null,
    siteLinks: strings([feed.link]),
    base: feed.xml?.base ?? null,
    language: feed.dc?.languages?.[0] ?? feed.xml?.lang ?? null,
    authors: [],
    hub: hubOf(feed.atom?.links),
    entries: (feed.items ?? []).map(rdfItem),
    repaired: [],
  }
}

function rdfItem(item: RdfItem): ParsedEntry {
  const { dc, dcterms, media, atom } = item
  const about = item.rdf?.about
  return {
    title: texts([item.title ?? dc?.titles?.[0] ?? mediaTitle(media)])[0] ?? null,
    links: strings([item.link, ...alternates(atom?.links), isHttp(about) ? about : undefined]),
    base: item.xml?.base ?? null,
    guid: about ?? null,
    bodies: texts([item.content?.encoded, item.description, dc?.descriptions?.[0] ?? dcterms?.abstracts?.[0], ...mediaTexts(media)]),
    dates: strings([dc?.dates?.[0], ...dctermsDates(dcterms), atom?.published, atom?.updated]),
    authors: firstOf(dc?.creators, dcterms?.creators),
    images: mediaImages(media),
    language: dc?.languages?.[0] ?? item.xml?.lang ?? null,
    tags: namespaceTags(item),
    enclosures: [...linkedEnclosures(atom?.links), ...mediaEnclosures(media)],
  }
}

export function readAtom(feed: AtomFeed.Feed<string>): ParsedFeed {
  return {
    format: 'ATOM',
    title: feed.title ? lineOf(atomText(feed.title)) || null : null,
    siteLinks: alternates(feed.links),
    base: feed.xml?.base ?? null,
    language: feed.xml?.lang ?? feed.dc?.languages?.[0] ?? null,
    authors: strings((feed.authors ?? []).map(({ name }) => name)),
    hub: hubOf(feed.links),
    entries: (feed.entries ?? []).map(atomEntry),
    repaired: [],
  }
}

function atomEntry(entry: AtomEntry): ParsedEntry {
  const { dc, dcterms, media, source, itunes, links } = entry
  const content = entry.content && (isText(entry.content.type) || fromBase64(entry.content) !== undefined) ? entry.content : undefined
  const title = entry.title && atomText(entry.title)
  return {
    title: title ?? texts([dc?.titles?.[0] ?? itunes?.title ?? mediaTitle(media)])[0] ?? null,
    // What stands behind an id is about the entry as its page is; the rest is a way to it. A relative id comes last.
    links: [
      ...alternates(links),
      ...strings([isHttp(entry.id) ? entry.id : undefined, entry.content?.src]),
      ...linksAs('via', links),
      ...linksAs('related', links),
      ...strings([isHttp(entry.id) ? undefined : entry.id]),
    ],
    base: entry.xml?.base ?? null,
    guid: entry.id ?? null,
    bodies: [
      ...[content, entry.summary].flatMap((text) => (text?.value ? [atomText(text)] : [])),
      ...texts([itunes?.summary, dc?.descriptions?.[0] ?? dcterms?.abstracts?.[0], ...mediaTexts(media)]),
    ],
    dates: strings([entry.published, dc?.dates?.[0], ...dctermsDates(dcterms), entry.updated]),
    authors: firstOf(
      entry.authors?.map(({ name }) => name),
      dc?.creators,
      [itunes?.author],
      dcterms?.creators,
      source?.authors?.map(({ name }) => name),
      entry.authors?.map(({ email }) => email),
    ),
    images: [...mediaImages(media), ...strings([itunes?.image]), ...linkedImages(links)],
    language: entry.title?.xml?.lang ?? content?.xml?.lang ?? entry.xml?.lang ?? entry.summary?.xml?.lang ?? dc?.languages?.[0] ?? null,
    tags: [...lines((entry.categories ?? []).map(({ term, label }) => label ?? term)), ...namespaceTags(entry)],
    enclosures: [...linkedEnclosures(links), ...mediaEnclosures(media)],
  }
}

/** An Atom text is plain unless its type says otherwise; Atom 0.3 says it with media types. */
function atomText(text: AtomText): ParsedText {
  const { value = '', type, xml } = text
  const plain = fromBase64(text)
  return { value: plain ?? value, html: plain !== undefined || /html/i.test(type ?? ''), ...(xml?.base !== undefined && { base: xml.base }) }
}

/** Content of other types (images, other XML) is nothing to read. */
const isText = (type: string | undefined) => type === undefined || /^(text|html|xhtml|text\/.+|application\/xhtml\+xml)$/i.test(type)

function hubOf(links: AtomEntry['links']): ParsedHub | null {
  const hrefOf = (wanted: string) => strings((links ?? []).map(({ rel, href }) => (rel === wanted ? href : undefined)))[0]
  const url = hrefOf('hub')
  return url === undefined ? null : { url, self: hrefOf('self') ?? null }
}

/** Atom has a text in base64 where its type is none of text's, 0.3 where its mode says so. Undefined: it is none, or no text. */
function fromBase64({ type, value = '' }: AtomText): string | undefined {
  if (type?.toLowerCase() !== base64Type || !/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(value)) return undefined
  const text = Buffer.from(value, 'base64').toString('utf8')
  return /[\0\ufffd]/.test(text) ? undefined : text
}
