import { draftOf, type Draft } from '../articles/draft.ts'
import { ClientError } from '../errors.ts'
import { FetchFailed, type Fetcher } from './fetch.ts'
import { normalize, type RejectedEntry } from './normalize.ts'
import { FeedInvalid, type JsonMapping, type ParsedFeed } from './parse.ts'
import { readResponse } from './read-response.ts'
import { withinLimits } from './refresh.ts'

export type PreviewedDraft = Pick<Draft, 'url' | 'title' | 'content' | 'guid' | 'wordCount'> & { publishedAt: Date }
export type FeedPreview = { title: string; format: ParsedFeed['format']; articles: PreviewedDraft[]; rejected: RejectedEntry[]; repaired: string[] }

const mostArticles = 1000

/**
 * What a feed would bring, in its own order, without storing anything.
 * @throws FEED_UNREACHABLE, FEED_INVALID
 */
export async function previewFeed(
  fetcher: Fetcher,
  { url, mapping }: { url: string; mapping?: JsonMapping },
  now: Date,
  signal: AbortSignal,
): Promise<FeedPreview> {
  try {
    const address = new URL(url)
    const response = await fetcher.fetch({ url: address.href, headers: [], etag: null, lastModified: null }, signal)
    const parsed = readResponse(response, mapping)
    const { entries, rejected } = normalize(parsed, { feedUrl: response.finalUrl, now })
    const articles: PreviewedDraft[] = []
    for (const entry of entries.slice(0, mostArticles)) {
      const draft = draftOf({ ...withinLimits(entry), categoryId: '' })
      if ('id' in draft) articles.push({ ...draft, publishedAt: draft.publishedAt ?? now })
      else rejected.push({ title: entry.title || null, url: entry.url, reason: draft.message })
    }
    return { title: parsed.title ?? address.host, format: parsed.format, articles, rejected, repaired: parsed.repaired }
  } catch (error) {
    if (error instanceof FetchFailed) throw new ClientError('FEED_UNREACHABLE', error.message, 'url')
    if (error instanceof FeedInvalid) throw new ClientError('FEED_INVALID', error.message, 'url')
    throw error
  }
}
