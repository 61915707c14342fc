import { decodeBytes } from './decode.ts'
import type { FeedResponse } from './fetch.ts'
import { pageFeeds } from './page-feeds.ts'
import { FeedInvalid, parseFeedText, type JsonMapping, type ParsedFeed } from './parse.ts'

const mostNamed = 5
const longestNamed = 500

/**
 * Reads what was fetched as a feed, or as any JSON through a mapping.
 * @throws FeedInvalid; of a web page it names the feeds that the page announces
 */
export function readResponse({ body, contentType, finalUrl }: Pick<FeedResponse, 'body' | 'contentType' | 'finalUrl'>, mapping?: JsonMapping): ParsedFeed {
  const { text, repaired } = decodeBytes(body, contentType)
  try {
    const parsed = parseFeedText(text, mapping)
    return { ...parsed, repaired: [...repaired, ...parsed.repaired] }
  } catch (error) {
    if (!(error instanceof FeedInvalid) || !error.page) throw error
    const urls = pageFeeds(text, finalUrl).announced.map(({ url }) => url)
    const named = urls.filter((url) => url.length <= longestNamed).slice(0, mostNamed)
    if (named.length === 0) throw error
    throw new FeedInvalid(`This is a web page, no feed. It announces: ${named.join(' ')}`, { cause: error, page: true })
  }
}
