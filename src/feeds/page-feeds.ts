import { limits } from '../articles/draft.ts'
import { canonicalUrl } from '../articles/identity.ts'
import { plainLineFromText } from '../articles/text.ts'
import { httpUrl, type ParsedFeed } from './parsed.ts'
import { eachTag } from './tags.ts'

/** A feed that a page names. The format is what the page says; null where it does not. */
export type DiscoveredFeed = { url: string; title: string | null; format: ParsedFeed['format'] | null }

/** What is read of a page, in characters: feeds are announced in its head. */
const mostRead = 2 * 1024 * 1024
/** Links of each kind that are looked at. */
const mostLinks = 1000
const mostAnnounced = 50
const mostLikely = 10
const mostTitle = 500

const formats = new Map<string, DiscoveredFeed['format']>([
  ['application/rss+xml', 'RSS'],
  ['application/atom+xml', 'ATOM'],
  ['application/rdf+xml', 'RDF'],
  ['application/feed+json', 'JSON_FEED'],
  // The first JSON Feed had no type of its own.
  ['application/json', 'JSON_FEED'],
  ['application/xml', null],
  ['text/xml', null],
])

/**
 * The feeds of a web page: those that it announces by <link rel="alternate">, and links on it that look like feeds.
 * @param pageUrl where it came from, which relative links are relative to unless its <base> says otherwise
 */
export function pageFeeds(html: string, pageUrl: string): { announced: DiscoveredFeed[]; likely: DiscoveredFeed[] } {
  let base: string | undefined
  const links: Link[] = []
  const anchors: Link[] = []
  eachTag(html.slice(0, mostRead), ['base', 'link', 'a'], (name, attributes) => {
    const href = attributes.get('href')?.trim()
    if (!href || href.length > limits.url) return
    const title = plainLineFromText(attributes.get('title') ?? '').slice(0, mostTitle) || null
    if (name === 'base') base ??= httpUrl(href, pageUrl)
    else if (name === 'a' && anchors.length < mostLinks && /(?:\.(?:rss|xml|atom|rdf)|\/(?:feed|rss))\/?(?:[?#]|$)/i.test(href))
      anchors.push({ href, title, format: null })
    else if (name === 'link' && links.length < mostLinks && /(?:^|\s)alternate(?:\s|$)/i.test(attributes.get('rel') ?? '')) {
      const format = formats.get((attributes.get('type') ?? '').split(';', 1)[0]!.trim().toLowerCase())
      if (format !== undefined) links.push({ href, title, format })
    }
  })
  const from = base ?? pageUrl
  return {
    // WordPress announces its whole API as JSON.
    announced: resolved(links, from, mostAnnounced, ({ pathname, search }) => !/\/wp-json(\/|$)/.test(pathname) && !search.includes('rest_route=')),
    likely: resolved(anchors, from, mostLikely, ({ pathname }) => !/sitemap|opensearch/i.test(pathname)),
  }
}

type Link = { href: string; title: string | null; format: DiscoveredFeed['format'] }

/** One of each feed, in the order of the page. */
function resolved(links: Link[], base: string, most: number, wanted: (url: URL) => boolean): DiscoveredFeed[] {
  const found = new Map<string, DiscoveredFeed>()
  for (const { href, title, format } of links) {
    if (found.size >= most) break
    const url = httpUrl(href, base)
    const address = url === undefined ? undefined : new URL(url)
    if (!address || address.href.length > limits.url || !wanted(address)) continue
    address.username = address.password = address.hash = ''
    const { key } = canonicalUrl(address.href)!
    if (!found.has(key)) found.set(key, { url: address.href, title, format })
  }
  return [...found.values()]
}
