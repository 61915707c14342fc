import { ClientError } from '../errors.ts'
import { decodeBytes } from './decode.ts'
import { FetchFailed, type FeedResponse, type Fetcher } from './fetch.ts'
import { pageFeeds, type DiscoveredFeed } from './page-feeds.ts'
import { FeedInvalid } from './parse.ts'
import { readResponse } from './read-response.ts'

export type { DiscoveredFeed }

/** Where sites that announce nothing often have one. */
const usualPaths = ['/feed', '/rss', '/atom.xml', '/feed.xml', '/index.xml']

/**
 * The feeds of an address: itself where it is one; else those that its page announces; else links on it that look like feeds,
 * which nobody has tried; else the first feed at one of the usual paths of its host.
 * @throws FEED_UNREACHABLE; FEED_INVALID when it is neither a feed nor a page; RATE_LIMITED
 */
export async function discoverFeeds(fetcher: Fetcher, url: string, signal: AbortSignal): Promise<DiscoveredFeed[]> {
  try {
    const response = await ask(fetcher, url, signal)
    try {
      return [itself(url, response)]
    } catch (error) {
      if (!(error instanceof FeedInvalid) || !error.page) throw error
    }
    const { announced, likely } = pageFeeds(decodeBytes(response.body, response.contentType).text, response.finalUrl)
    if (announced.length > 0) return announced
    return likely.length > 0 ? likely : await guess(fetcher, response.finalUrl, signal)
  } catch (error) {
    if (error instanceof FetchFailed) throw new ClientError('FEED_UNREACHABLE', error.message, 'url')
    if (error instanceof FeedInvalid) throw new ClientError('FEED_INVALID', error.message, 'url')
    throw error
  }
}

const ask = (fetcher: Fetcher, url: string, signal: AbortSignal) => fetcher.fetch({ url, headers: [], etag: null, lastModified: null }, signal)

/** @throws FeedInvalid when it is no feed */
function itself(asked: string, response: FeedResponse): DiscoveredFeed {
  const { title, format } = readResponse(response)
  const address = new URL(response.movedTo ?? asked)
  address.username = address.password = address.hash = ''
  return { url: address.href, title, format }
}

/** One request after another, and none more once the host answers no longer. */
async function guess(fetcher: Fetcher, pageUrl: string, signal: AbortSignal): Promise<DiscoveredFeed[]> {
  for (const path of usualPaths) {
    const url = new URL(path, pageUrl).href
    try {
      return [itself(url, await ask(fetcher, url, signal))]
    } catch (error) {
      if (error instanceof FetchFailed && error.httpStatus === null) return []
      if (!(error instanceof FetchFailed || error instanceof FeedInvalid)) throw error
    }
  }
  return []
}
