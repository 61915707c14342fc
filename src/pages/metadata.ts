import { DomUtils } from 'htmlparser2'
import { canonicalLanguage } from '../articles/language.ts'
import { plainLineFromHtml, plainLineFromText } from '../articles/text.ts'
import { readDate } from '../feeds/dates.ts'
import { readJsonLd, type StatedArticle } from './json-ld.ts'
import { lineOf, type HtmlDocument, type HtmlElement } from './read-html.ts'

/** What a page says of itself; null for what it does not say. */
export type Metadata = {
  title: string | null
  /** Names, separated by ", ". */
  byline: string | null
  /** BCP 47, in its canonical spelling. */
  language: string | null
  publishedAt: Date | null
}

const mostOfAKind = 200
const longest = { title: 500, byline: 200 }

/**
 * Reads a page's metadata, each from the first place that has it: JSON-LD, Open Graph and other <meta>, then the elements.
 * @returns with `stated`, what its JSON-LD says of the article
 */
export function readMetadata(document: HtmlDocument): Metadata & { stated: StatedArticle | undefined } {
  const elements = collect(document)
  const stated = readJsonLd((elements.get('script') ?? []).map((script) => DomUtils.textContent(script)))
  const meta = metaOf(elements.get('meta') ?? [])
  return {
    title: titleOf(elements, meta, stated),
    byline: bylineOf(elements, meta, stated),
    language: languageOf(elements, meta, stated),
    publishedAt: dateOf(elements, meta, stated),
    stated,
  }
}

type Elements = Map<string, HtmlElement[]>
type Meta = (name: string) => string | undefined

/** The elements that metadata stand in, by name; under *: those that say what they are by rel or itemprop. */
function collect(document: HtmlDocument): Elements {
  const wanted = new Set(['script', 'meta', 'title', 'h1', 'html', 'time'])
  const elements: Elements = new Map()
  const add = (name: string, element: HtmlElement) => {
    const found = elements.get(name)
    if (!found) elements.set(name, [element])
    else if (found.length < mostOfAKind) found.push(element)
  }
  for (const element of DomUtils.getElementsByTagName('*', document, true)) {
    const { name, attribs } = element
    if (wanted.has(name)) add(name, element)
    if (attribs['rel'] === 'author' || attribs['itemprop']) add('*', element)
  }
  return elements
}

function metaOf(elements: readonly HtmlElement[]): Meta {
  const values = new Map<string, string>()
  for (const { attribs } of elements) {
    const name = (attribs['property'] ?? attribs['name'] ?? attribs['itemprop'] ?? attribs['http-equiv'])?.toLowerCase()
    const value = plainLineFromText(attribs['content'] ?? '')
    if (name !== undefined && value !== '' && !values.has(name)) values.set(name, value)
  }
  return (name) => values.get(name)
}

function titleOf(elements: Elements, meta: Meta, stated: StatedArticle | undefined): string | null {
  const site = meta('og:site_name')
  const headings = (elements.get('h1') ?? []).map(lineOf).filter((text) => text !== '')
  const written = elements
    .get('title')
    ?.map(lineOf)
    .find((text) => text !== '')
  const title = [
    meta('og:title'),
    stated?.headline === undefined ? undefined : plainLineFromHtml(stated.headline),
    headings.length === 1 ? headings[0] : undefined, // of several, one may be the site's name
    written,
    headings[0],
  ].find((text) => text !== undefined && text !== '')
  return title === undefined ? null : withoutSite(title, site, headings).slice(0, longest.title)
}

const separator = /\s+(?:[|–—·•»-]|::)\s+/g

/** A title ends, or begins, with the site's name after a separator; which part is the title, a heading of the page may tell. */
function withoutSite(title: string, site: string | undefined, headings: readonly string[]): string {
  if (headings.includes(title)) return title
  for (const {
    0: { length },
    index,
  } of title.matchAll(separator)) {
    const [before, after] = [title.slice(0, index), title.slice(index + length)]
    if (headings.includes(before) || same(after, site)) return before
    if (headings.includes(after) || same(before, site)) return after
  }
  return title
}

const same = (text: string, site: string | undefined) => text.toLowerCase() === site?.toLowerCase()

function bylineOf(elements: Elements, meta: Meta, stated: StatedArticle | undefined): string | null {
  const marked = (elements.get('*') ?? []).filter(({ attribs }) => attribs['rel'] === 'author' || attribs['itemprop'] === 'author')
  const places = [stated?.authors ?? [], ...['author', 'article:author', 'parsely-author', 'dc.creator', 'dcterms.creator'].map((name) => [meta(name) ?? ''])]
  for (const place of [...places, marked.map(nameOf)]) {
    const names = [...new Set(place.map(cleanName).filter((name) => name !== ''))]
    if (names.length > 0) return names.join(', ').slice(0, longest.byline)
  }
  return null
}

/** Of an author in microdata, the name alone. */
function nameOf(author: HtmlElement): string {
  const inner = DomUtils.findOne(({ attribs }) => attribs['itemprop'] === 'name', author.children, true)
  return inner?.attribs['content'] ?? author.attribs['content'] ?? lineOf(inner ?? author)
}

/** Without "By"; nothing of a URL, an address, or a text that is too long for a name. */
function cleanName(text: string): string {
  const name = plainLineFromHtml(text)
    .replace(/^by\b:?\s*/i, '')
    .replace(/[\s,;|]+$/, '')
  return /^(?:https?:|www\.|@)|[^\s@]@[^\s@]+\.|^\d+$/i.test(name) || name.length > 120 ? '' : name
}

function languageOf(elements: Elements, meta: Meta, stated: StatedArticle | undefined): string | null {
  const root = elements.get('html')?.[0]?.attribs ?? {}
  for (const tag of [root['lang'], root['xml:lang'], stated?.language, meta('og:locale'), meta('content-language'), meta('language')]) {
    const known = tag === undefined ? undefined : canonicalLanguage(tag.split(',')[0]!.replaceAll('_', '-'))
    if (known !== undefined) return known
  }
  return null
}

// prettier-ignore
const dateNames = ['article:published_time', 'datepublished', 'og:published_time', 'parsely-pub-date', 'sailthru.date', 'dc.date.issued', 'dcterms.issued', 'dc.date', 'citation_publication_date', 'pubdate', 'publishdate', 'date']

function dateOf(elements: Elements, meta: Meta, stated: StatedArticle | undefined): Date | null {
  const marked = (elements.get('*') ?? []).filter(({ attribs }) => attribs['itemprop'] === 'datePublished')
  const places = [
    stated?.datePublished,
    ...dateNames.map(meta),
    ...[...marked, ...(elements.get('time') ?? [])].map(({ attribs }) => attribs['datetime'] ?? attribs['content']),
  ]
  for (const text of places) {
    const date = text === undefined ? undefined : readDate(text)
    if (date) return date
  }
  return null
}
