import { detectJsonFeed, ParseError, parseJsonFeed, type JsonFeed } from 'feedsmith'
import { FeedInvalid, type JsonMapping, type ParsedEntry, type ParsedFeed, type ParsedHub } from './parsed.ts'
import { rssInJson } from './rss-in-json.ts'
import { readRss } from './xml-feeds.ts'

type JsonItem = JsonFeed.Item<string>

/**
 * Reads JSON Feed, or RSS in JSON.
 * @returns undefined when the document is neither
 */
export function readAnyJsonFeed(document: unknown): ParsedFeed | undefined {
  const rss = rssInJson(document)
  if (rss) return readRss(rss)
  if (!isJsonFeed(document)) return undefined
  try {
    return readJsonFeed(parseJsonFeed({ ...document, version: 'https://jsonfeed.org/version/1.1' }))
  } catch (error) {
    // A feed that says nothing yet, not even its title, is a feed all the same.
    if (error instanceof ParseError) return readJsonFeed({} as JsonFeed.Feed<string>)
    throw new FeedInvalid('This JSON Feed cannot be read.', { cause: error })
  }
}

/** Some write the version as a number alone, which the library takes for another format's. */
const isJsonFeed = (document: unknown): document is object =>
  (detectJsonFeed(document) as boolean) ||
  (typeof document === 'object' &&
    document !== null &&
    'items' in document &&
    Array.isArray(document.items) &&
    'version' in document &&
    /^1(\.\d)?$/.test(String(document.version)))

function readJsonFeed(feed: JsonFeed.Feed<string>): ParsedFeed {
  return {
    format: 'JSON_FEED',
    title: feed.title ?? null,
    siteLinks: given([feed.home_page_url]),
    base: null,
    language: feed.language ?? null,
    authors: names(feed.authors),
    hub: hubOf(feed),
    entries: (feed.items ?? []).map(jsonItem),
    repaired: [],
  }
}

/** A feed may name services of other protocols, rssCloud for instance. */
function hubOf({ hubs, feed_url }: JsonFeed.Feed<string>): ParsedHub | null {
  const url = hubs?.find(({ type }) => /^websub$/i.test(type ?? ''))?.url
  return url === undefined ? null : { url, self: feed_url ?? null }
}

function jsonItem(item: JsonItem): ParsedEntry {
  const permalink = item.id !== undefined && /^https?:\/\//i.test(item.id) ? item.id : undefined
  return {
    title: item.title === undefined ? null : { value: item.title, html: false },
    links: given([item.url, item.external_url, permalink]),
    base: null,
    guid: item.id ?? null,
    bodies: [
      ...given([item.content_html]).map((value) => ({ value, html: true })),
      ...given([item.content_text, item.summary]).map((value) => ({ value, html: false })),
    ],
    dates: given([item.date_published, item.date_modified]),
    authors: names(item.authors),
    images: given([item.image, item.banner_image]),
    language: item.language ?? null,
    tags: item.tags ?? [],
    enclosures: (item.attachments ?? []).flatMap(({ url, mime_type, size_in_bytes }) =>
      url === undefined ? [] : [{ url, mediaType: mime_type ?? null, byteLength: size_in_bytes ?? null }],
    ),
  }
}

/** Reads a document that is JSON, but no feed. @throws FeedInvalid when its entries are not where the mapping says */
export function readMapped(document: unknown, mapping: JsonMapping): ParsedFeed {
  const items = mapping.items === '' ? document : valuesAt(document, mapping.items, false)[0]
  if (!Array.isArray(items))
    throw new FeedInvalid(
      mapping.items === ''
        ? 'The document is no list of entries: the mapping has to tell where they are.'
        : `There is no list of entries at "${mapping.items}".`,
    )
  return {
    format: 'JSON_MAPPED',
    title: scalars(valuesAt(document, 'title', false))[0] ?? null,
    siteLinks: [],
    base: null,
    language: null,
    authors: [],
    repaired: [],
    entries: items.map((item): ParsedEntry => {
      const first = (path: string | undefined) => (path === undefined || path === '' ? undefined : scalars(valuesAt(item, path, true))[0])
      const title = first(mapping.title)
      return {
        title: title === undefined ? null : { value: title, html: true },
        links: given([first(mapping.url)]),
        base: null,
        guid: first(mapping.guid) ?? null,
        bodies: given([first(mapping.content)]).map((value) => ({ value, html: true })),
        dates: given([first(mapping.publishedAt)]),
        authors: [],
        images: [],
        language: null,
        tags: mapping.categories ? scalars(valuesAt(item, mapping.categories, true)) : [],
        enclosures: [],
      }
    }),
  }
}

/** What stands at a dotted path; where it meets a list, in every member (`spread`), or in the one that the path numbers. */
function valuesAt(value: unknown, path: string, spread: boolean): unknown[] {
  let values = [value]
  for (const name of path.split('.')) {
    values = values
      .flatMap((current) => (spread && Array.isArray(current) && !/^\d+$/.test(name) ? (current as unknown[]) : [current]))
      .flatMap((current) => {
        return typeof current === 'object' && current !== null && Object.hasOwn(current, name) ? [(current as Record<string, unknown>)[name]] : []
      })
  }
  return spread ? values.flat() : values
}

const scalars = (values: unknown[]): string[] =>
  values
    .filter((value) => typeof value === 'string' || typeof value === 'number')
    .map((value) => String(value).trim())
    .filter(Boolean)
const given = (values: (string | undefined)[]): string[] => values.filter((value) => value !== undefined && value !== '') as string[]
const names = (authors: JsonItem['authors']): string[] => given((authors ?? []).map(({ name }) => name))
