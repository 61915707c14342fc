import type { AtomFeed, RdfFeed, RssFeed } from 'feedsmith'
import { httpUrl, lineOf, type ParsedEnclosure, type ParsedEntry, type ParsedFeed, type ParsedHub, type ParsedText } from './parsed.ts'

type RssItem = RssFeed.Item<string>
type AtomEntry = AtomFeed.Entry<string>
type RdfItem = RdfFeed.Item<string>
type Media = NonNullable<RssItem['media']>
type AtomText = { value?: string; type?: string }
type AtomLink = { href?: string; rel?: string; type?: string; length?: number }

export function readRss(feed: RssFeed.Feed<string>): ParsedFeed {
  return {
    format: 'RSS',
    title: feed.title === undefined ? null : lineOf(html(feed.title)) || null,
    siteUrl: firstHttpUrl([feed.link, ...alternates(feed.atom?.links)], feed.xml?.base),
    // Feeds are often served by another host than their site, and relative links mean the site.
    base: feed.xml?.base ?? feed.link ?? null,
    language: feed.language ?? feed.dc?.languages?.[0] ?? feed.xml?.lang ?? null,
    authors: [],
    hub: hubOf(feed.atom?.links),
    entries: (feed.items ?? []).map(rssItem),
    repaired: [],
  }
}

function rssItem(item: RssItem): ParsedEntry {
  const { guid, dc, dcterms, itunes, media, atom } = item
  const permalink = guid?.value !== undefined && guid.isPermaLink !== false && /^https?:\/\//i.test(guid.value) ? guid.value : undefined
  const enclosures = item.enclosures ?? []
  return {
    title: texts([item.title ?? dc?.titles?.[0] ?? itunes?.title ?? media?.title?.value])[0] ?? null,
    links: strings([item.link, ...alternates(atom?.links), permalink]),
    base: item.xml?.base ?? null,
    guid: guid?.value ?? null,
    bodies: texts([item.content?.encoded, item.description, itunes?.summary, dc?.descriptions?.[0], ...mediaTexts(media), itunes?.subtitle]),
    dates: strings([item.pubDate, dc?.dates?.[0], atom?.published, ...dctermsDates(dcterms), atom?.updated]),
    authors: firstOf(
      dc?.creators,
      item.authors?.map(({ name }) => name),
      [itunes?.author],
      item.authors?.map(({ email }) => email),
    ),
    images: [...mediaImages(media), ...strings([itunes?.image]), ...strings(enclosures.map(({ url, type }) => (type?.startsWith('image/') ? url : undefined)))],
    language: dc?.languages?.[0] ?? item.xml?.lang ?? null,
    tags: lines([...(item.categories ?? []).map(({ name }) => name), ...(dc?.subjects ?? [])]),
    enclosures: [...enclosures.flatMap(({ url, type, length }) => enclosure(url, type, length)), ...linkedEnclosures(atom?.links)],
  }
}

export function readRdf(feed: RdfFeed.Feed<string>): ParsedFeed {
  return {
    format: 'RDF',
    title: feed.title === undefined ? null : lineOf(html(feed.title)) || null,
    siteUrl: firstHttpUrl([feed.link], feed.xml?.base),
    base: feed.xml?.base ?? feed.link ?? null,
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
    title: texts([item.title ?? dc?.titles?.[0]])[0] ?? null,
    links: strings([item.link, ...alternates(atom?.links), about !== undefined && /^https?:\/\//i.test(about) ? about : undefined]),
    base: item.xml?.base ?? null,
    guid: about ?? null,
    bodies: texts([item.content?.encoded, item.description, dc?.descriptions?.[0], ...mediaTexts(media)]),
    dates: strings([dc?.dates?.[0], ...dctermsDates(dcterms), atom?.published, atom?.updated]),
    authors: firstOf(dc?.creators),
    images: mediaImages(media),
    language: dc?.languages?.[0] ?? item.xml?.lang ?? null,
    tags: lines(dc?.subjects ?? []),
    enclosures: [],
  }
}

export function readAtom(feed: AtomFeed.Feed<string>): ParsedFeed {
  return {
    format: 'ATOM',
    title: feed.title ? lineOf(atomText(feed.title)) || null : null,
    siteUrl: firstHttpUrl(alternates(feed.links), feed.xml?.base),
    base: feed.xml?.base ?? null,
    language: feed.xml?.lang ?? feed.dc?.languages?.[0] ?? null,
    authors: strings((feed.authors ?? []).map(({ name }) => name)),
    hub: hubOf(feed.links),
    entries: (feed.entries ?? []).map(atomEntry),
    repaired: [],
  }
}

function atomEntry(entry: AtomEntry): ParsedEntry {
  const { dc, media, source } = entry
  const content = entry.content && isText(entry.content.type) ? entry.content : undefined
  return {
    title: entry.title ? atomText(entry.title) : (texts([media?.title?.value])[0] ?? null),
    links: [...alternates(entry.links), ...(entry.id !== undefined && /^https?:\/\//i.test(entry.id) ? [entry.id] : [])],
    base: entry.xml?.base ?? null,
    guid: entry.id ?? null,
    bodies: [...[content, entry.summary].flatMap((text) => (text?.value ? [atomText(text)] : [])), ...texts(mediaTexts(media))],
    dates: strings([entry.published, dc?.dates?.[0], entry.updated]),
    authors: firstOf(
      entry.authors?.map(({ name }) => name),
      dc?.creators,
      source?.authors?.map(({ name }) => name),
    ),
    images: [
      ...mediaImages(media),
      ...strings((entry.links ?? []).map(({ rel, type, href }) => (rel === 'enclosure' && type?.startsWith('image/') ? href : undefined))),
    ],
    language: entry.title?.xml?.lang ?? content?.xml?.lang ?? entry.xml?.lang ?? dc?.languages?.[0] ?? null,
    tags: lines([...(entry.categories ?? []).map(({ term, label }) => label ?? term), ...(dc?.subjects ?? [])]),
    enclosures: linkedEnclosures(entry.links),
  }
}

/** An Atom text is plain unless its type says otherwise; Atom 0.3 says it with media types. */
const atomText = ({ value, type }: AtomText): ParsedText => ({ value: value ?? '', html: /html/i.test(type ?? '') })
/** Content of other types (images, other XML) is nothing to read. */
const isText = (type: string | undefined) => type === undefined || /^(text|html|xhtml|text\/.+|application\/xhtml\+xml)$/i.test(type)

const html = (value: string): ParsedText => ({ value, html: true })
const strings = (values: (string | undefined)[]): string[] => values.filter((value) => value !== undefined && value !== '') as string[]
const texts = (values: (string | undefined)[]): ParsedText[] => strings(values).map(html)
const lines = (values: (string | undefined)[]): string[] => strings(values).map((value) => lineOf(html(value)))
const firstOf = (...lists: ((string | undefined)[] | undefined)[]): string[] => lists.map((list) => lines(list ?? [])).find((list) => list.length > 0) ?? []

function hubOf(links: AtomLink[] | undefined): ParsedHub | null {
  const hrefOf = (wanted: string) => strings((links ?? []).map(({ rel, href }) => (rel === wanted ? href : undefined)))[0]
  const url = hrefOf('hub')
  return url === undefined ? null : { url, self: hrefOf('self') ?? null }
}

/** The links to the page itself; a page in HTML first. */
function alternates(links: AtomLink[] | undefined): string[] {
  const found = (links ?? []).filter(({ rel }) => rel === undefined || rel === 'alternate')
  return strings(found.toSorted((a, b) => Number(isPage(b)) - Number(isPage(a))).map(({ href }) => href))
}
const isPage = ({ type }: AtomLink) => type === undefined || /html/i.test(type)

function firstHttpUrl(links: (string | undefined)[], base: string | undefined): string | null {
  for (const link of strings(links)) {
    const url = httpUrl(link, base)
    if (url !== undefined) return url
  }
  return null
}

const dctermsDates = (dcterms: RssItem['dcterms']) => [dcterms?.issued?.[0], dcterms?.dates?.[0], dcterms?.created?.[0], dcterms?.modified?.[0]]

const mediaTexts = (media: Media | undefined) => [media?.description?.value, ...(media?.groups ?? []).map(({ description }) => description?.value)]

/** Pictures before thumbnails. */
function mediaImages(media: Media | undefined): string[] {
  const parts = [media ?? {}, ...(media?.groups ?? [])]
  const contents = parts.flatMap((part) => part.contents ?? [])
  const pictures = contents.filter(({ medium, type }) => medium === 'image' || type?.startsWith('image/')).map(({ url }) => url)
  return strings([...pictures, ...[...parts, ...contents].flatMap((part) => part.thumbnails ?? []).map(({ url }) => url)])
}

const enclosure = (url: string | undefined, type: string | undefined, length: number | undefined): ParsedEnclosure[] =>
  url === undefined ? [] : [{ url, mediaType: type ?? null, byteLength: length ?? null }]

const linkedEnclosures = (links: AtomLink[] | undefined) =>
  (links ?? []).filter(({ rel }) => rel === 'enclosure').flatMap(({ href, type, length }) => enclosure(href, type, length))
