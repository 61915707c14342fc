import { openConnection, type WebSocketConstructor } from './connection.ts'
import { ConnectionLost, FollowError } from './errors.ts'

export { FollowError, type WebSocketConstructor }

/** What the default selection asks of an article. */
export type FollowedArticle = {
  id: string
  url: string
  title: string
  byline: string | null
  language: string | null
  tags: string[]
  category: { id: string; name: string }
  /** RFC 3339 in UTC, as is createdAt. */
  publishedAt: string
  createdAt: string
  wordCount: number
  readingTimeMinutes: number
}

const defaultSelection = 'id url title byline language tags category { id name } publishedAt createdAt wordCount readingTimeMinutes'

export type Followed<Article = FollowedArticle> = { cursor: string; article: Article }

export type FollowState =
  /** Everything after the cursor will be delivered. */
  | { state: 'connected'; cursor: string }
  /** The connection was lost, or could not be made; another one is tried after `retryInMs`. */
  | { state: 'waiting'; reason: string; retryInMs: number }

export type FollowOptions = {
  /** Of the API: http(s) or ws(s), e.g. http://127.0.0.1:4000/graphql. */
  url: string
  /** The cursor to go on after; what is new from now on when left out. */
  after?: string | undefined
  /** An ArticleFilter of the API, e.g. {categoryIds: ['world']}. */
  filter?: Record<string, unknown> | undefined
  /** The fields of Article that are delivered, in GraphQL; those of FollowedArticle when left out. */
  selection?: string
  /** Node 20 has no WebSocket of its own: pass that of the package ws there. */
  webSocketImpl?: WebSocketConstructor | undefined
  /** Ends it, even while it waits. */
  signal?: AbortSignal | undefined
  /** How it fares, for a status line, and the cursor it begins with, for who keeps one. */
  onState?: (state: FollowState) => void
}

const firstRetryMs = 250
const longestRetryMs = 15_000
/** A connection that held so long was a good one: the next loss begins again with a short wait. */
const goodAfterMs = 10_000
/** Articles that wait to be read; a reader that falls further behind is served again from the log, after the last it read. */
const mostUnread = 1_000

/**
 * Every newly ingested article, once and in the order of the stream, for ever: when the connection is lost (the network, a server
 * that stops, is killed, or starts again) a new one goes on after the last article that was read, so that nothing is missed or
 * repeated. Waits 0.25 to 15 s between attempts, doubling, less up to a half at random so that many clients do not come at once.
 *
 *     for await (const { cursor, article } of follow({ url: 'http://127.0.0.1:4000/graphql' })) console.log(article.title)
 *
 * Nothing is opened before the first `next()`. Keep the cursor of the last article that was dealt with to go on another day.
 * @throws FollowError when the server refuses for good, e.g. CURSOR_INVALID, BAD_USER_INPUT, FORBIDDEN
 */
export function follow<Article = FollowedArticle>({
  url,
  after: start,
  filter,
  selection = defaultSelection,
  webSocketImpl = (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket,
  signal,
  onState,
}: FollowOptions): AsyncIterableIterator<Followed<Article>> {
  if (!webSocketImpl) throw new TypeError('There is no WebSocket here: pass webSocketImpl.')
  const socketUrl = url.replace(/^http/i, 'ws')
  const query = `subscription Follow($after: String, $filter: ArticleFilter) { articleIngested(after: $after, filter: $filter) { cursor article { ${selection} } } }`
  const ending = new AbortController()
  const end = () => ending.abort()
  signal?.addEventListener('abort', end)
  if (signal?.aborted) end()

  async function* articles(): AsyncGenerator<Followed<Article>, void> {
    let after = start
    let failures = 0
    let reached = false
    while (!ending.signal.aborted) {
      const attempt = new AbortController()
      const giveUp = () => attempt.abort()
      ending.signal.addEventListener('abort', giveUp)
      let since = Infinity
      const announce = () => after !== undefined && onState?.({ state: 'connected', cursor: after })
      const onConnected = () => {
        reached = true
        since = Date.now()
        announce()
      }
      try {
        const connection = openConnection({ url: socketUrl, webSocketImpl: webSocketImpl!, signal: attempt.signal, onConnected })
        if (after === undefined) {
          // Without a cursor of its own, a connection that is lost before the first article would lose articles.
          after = (await connection.request<{ streamCursor: string }>({ query: '{ streamCursor }' })).streamCursor
          announce()
        }
        for await (const { articleIngested: followed } of connection.subscribe<{ articleIngested: Followed<Article> }>(
          { query, variables: { after, filter: filter ?? null } },
          mostUnread,
        )) {
          after = followed.cursor
          failures = 0
          yield followed
        }
        continue
      } catch (error) {
        if (ending.signal.aborted) return
        if (!(error instanceof ConnectionLost)) throw error
        const { httpStatus = 0, message } = error
        // A server that was there and now answers like this is being deployed; one that never was is the wrong one.
        if (!reached && httpStatus >= 400 && httpStatus < 500) throw new FollowError(`HTTP_${httpStatus}`, message)
        if (Date.now() - since > goodAfterMs) failures = 0
        const retryInMs = Math.round(Math.min(longestRetryMs, firstRetryMs * 2 ** failures++) * (1 - Math.random() / 2))
        onState?.({ state: 'waiting', reason: message, retryInMs })
        await wait(retryInMs, ending.signal)
      } finally {
        ending.signal.removeEventListener('abort', giveUp)
        attempt.abort()
      }
    }
  }

  const iterator = articles()
  const finish = <T>(result: T): T => {
    end()
    signal?.removeEventListener('abort', end)
    return result
  }
  return {
    next: async () => {
      const result = await iterator.next().catch((error: unknown) => finish(Promise.reject(error as Error)))
      return result.done ? finish(result) : result
    },
    // A generator that waits would only notice once it is woken.
    return: () => finish(iterator).return(),
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
}
