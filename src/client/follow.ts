import { openConnection, type WebSocketConstructor } from './connection.ts'
import { deliver } from './deliver.ts'
import { ConnectionLost, FollowError } from './errors.ts'
import { defaultSelection, type Followed, type FollowedArticle, type FollowOptions, type FollowPosition, type FollowState } from './options.ts'
import { Reading } from './reading.ts'

export { FollowError, type Followed, type FollowedArticle, type FollowOptions, type FollowPosition, type FollowState, type WebSocketConstructor }

const firstRetryMs = 250
const longestRetryMs = 15_000
/** A connection that held so long was a good one: the next loss begins again with a short wait. */
const goodAfterMs = 10_000

/**
 * Every newly ingested article, once and in the order of the stream, for ever: when the connection is lost (the network, a server
 * that stops, is killed, or starts again) a new one goes on after the last article that was read, so that nothing is missed or
 * repeated. Waits 0.25 to 15 s between attempts, doubling, less up to a half at random so that many clients do not come at once.
 *
 *     for await (const { cursor, article } of follow({ url: 'http://127.0.0.1:4000/graphql' })) console.log(article.title)
 *
 * Nothing is opened before the first `next()`. To go on another day keep `cursor` and `since` of the last article that was dealt
 * with, or of a later state that has them, and pass them as `after` and `since`.
 *
 * When it was away for longer than the server keeps its stream, it fetches what was ingested after `since` from the list of
 * articles (states refetching, refetched): oldest first by createdAt, as the articles are now, those that the filter takes now. In
 * one run nothing comes twice; one that comes back with what it had kept repeats articles of the two minutes before `since`. Without `since` it goes on with the oldest that the stream still has (state missed).
 *
 * A server that was never reached is tried for ever too, since it may come yet; only an HTTP status of 4xx in place of a WebSocket is
 * final then. A browser does not tell a page that status: there a server that refuses the page's origin, as one without keys refuses
 * all but its own, looks like one that is down. The state waiting says so, by `everConnected` and in its reason.
 * @throws FollowError when the server refuses for good, e.g. CURSOR_INVALID (the cursor is of another stream), BAD_USER_INPUT, FORBIDDEN
 * @throws TypeError at once where an option is none
 */
export function follow<Article = FollowedArticle>({
  url,
  after,
  since,
  filter,
  selection = defaultSelection,
  webSocketImpl = (globalThis as { WebSocket?: WebSocketConstructor }).WebSocket,
  signal,
  onState = () => undefined,
}: FollowOptions): AsyncIterableIterator<Followed<Article>> {
  if (!webSocketImpl) throw new TypeError('There is no WebSocket here: pass webSocketImpl.')
  if (since !== undefined && Number.isNaN(Date.parse(since))) throw new TypeError('since is no time.')
  const { socketUrl, isForeign } = addressOf(url)
  const wanted = { filter: filter ?? null, selection, onState }
  const ending = new AbortController()
  const end = () => ending.abort()
  signal?.addEventListener('abort', end)
  if (signal?.aborted) end()

  async function* articles(): AsyncGenerator<Followed<Article>, void> {
    const reading = new Reading({ after, since })
    let failures = 0
    let everConnected = false
    while (!ending.signal.aborted) {
      const attempt = new AbortController()
      const giveUp = () => attempt.abort()
      ending.signal.addEventListener('abort', giveUp)
      let connectedAt = Infinity
      const onConnected = () => {
        everConnected = true
        connectedAt = Date.now()
        if (reading.after !== undefined) onState({ state: 'connected', ...reading.position })
      }
      try {
        const connection = openConnection({ url: socketUrl, webSocketImpl: webSocketImpl!, signal: attempt.signal, onConnected })
        for await (const followed of deliver<Article>(connection, reading, wanted)) {
          failures = 0
          yield followed
        }
      } catch (error) {
        if (ending.signal.aborted) return
        if (!(error instanceof ConnectionLost)) throw error
        const { httpStatus = 0, message } = error
        // A server that was there and now answers like this is being deployed; one that never was is the wrong one.
        if (!everConnected && httpStatus >= 400 && httpStatus < 500) throw new FollowError(`HTTP_${httpStatus}`, message)
        if (Date.now() - connectedAt > goodAfterMs) failures = 0
        const retryInMs = Math.round(Math.min(longestRetryMs, firstRetryMs * 2 ** failures++) * (1 - Math.random() / 2))
        const reason = message + (isForeign && !everConnected ? ' (this page is of another origin than the server, which may refuse it)' : '')
        onState({ state: 'waiting', reason, retryInMs, everConnected })
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

/** @throws TypeError */
function addressOf(url: string): { socketUrl: string; isForeign: boolean } {
  const page = (globalThis as { location?: { href: string; origin: string } }).location
  const { protocol, origin, href, hash } = new URL(new URL(url, page?.href).href.replace(/^ws/, 'http'))
  if (!/^https?:$/.test(protocol) || hash !== '') throw new TypeError('The url is to be http(s) or ws(s), without a fragment.')
  return { socketUrl: href.replace(/^http/, 'ws'), isForeign: page !== undefined && page.origin !== origin }
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
