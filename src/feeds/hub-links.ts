import LinkHeader from 'http-link-header'
import { httpUrl, type ParsedFeed } from './parsed.ts'

/** Where a feed is subscribed to (WebSub, 4), and under what name; absolute http(s) URLs. */
export type Hub = { hub: string; topic: string }

const longest = 2000

/**
 * The hub of a feed. Headers win over the document; a feed that does not name itself is known by its address.
 * @param link the Link headers of its answer
 * @param url where the answer came from
 * @returns null when it names none
 */
export function hubOf({
  link,
  parsed,
  url,
  feedUrl,
}: {
  link: string | null
  parsed: Pick<ParsedFeed, 'base' | 'hub'>
  url: string
  feedUrl: string
}): Hub | null {
  const headers = linksOf(link)
  const base = httpUrl(parsed.base ?? '', url) ?? url
  const named = addressOf(headers('hub'), url) ?? addressOf(parsed.hub?.url, base)
  if (named === undefined) return null
  const hub = new URL(named)
  // A strange document's credentials are nothing to send, or to show.
  hub.username = hub.password = hub.hash = ''
  return { hub: hub.href, topic: addressOf(headers('self'), url) ?? addressOf(parsed.hub?.self ?? undefined, base) ?? feedUrl }
}

/** As it was written where it is absolute: hubs compare names by the letter. */
function addressOf(link: string | undefined, base: string): string | undefined {
  const absolute = link === undefined ? undefined : httpUrl(link, base)
  const address = absolute !== undefined && /^https?:\/\/\S+$/i.test(link!) ? link : absolute
  return address !== undefined && address.length <= longest ? address : undefined
}

function linksOf(header: string | null): (relation: string) => string | undefined {
  try {
    // Runs of spaces would take the parser the square of their length.
    const links = LinkHeader.parse((header ?? '').replace(/\s+/g, ' '))
    return (relation) => links.rel(relation)[0]?.uri
  } catch {
    return () => undefined
  }
}
