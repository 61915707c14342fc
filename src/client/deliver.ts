import type { Connection } from './connection.ts'
import { ConnectionLost, CursorExpired } from './errors.ts'
import type { Followed, Wanted } from './options.ts'
import { readingFields, type Read, type Reading } from './reading.ts'
import { refetch } from './refetch.ts'

type Newest = { articles: { nodes: Read[] } }

/** Of all articles, whatever the filter: they are there at once, where a filter that few articles match would have them searched. */
const newestQuery = `{ articles(first: 20, orderBy: CREATED_DESC) { nodes { ${readingFields} } } }`

/** Articles that wait to be read; a reader that falls further behind is served again from the log, after the last it read. */
const mostUnread = 1_000

/**
 * What comes on one connection, from where the reading stands. Returns when the reader has fallen behind: it is to go on with
 * another connection.
 * @throws ConnectionLost, FollowError
 */
export async function* deliver<Article>(connection: Connection, reading: Reading, wanted: Wanted): AsyncGenerator<Followed<Article>, void> {
  const { filter, selection, onState } = wanted
  if (reading.after === undefined) {
    // Without a cursor of its own, a connection that is lost before the first article would lose articles.
    const { articles } = await connection.request<Newest>({ query: newestQuery })
    const { streamCursor } = await connection.request<{ streamCursor: string }>({ query: '{ streamCursor }' })
    reading.begin(streamCursor, articles.nodes) // all of which are older than the cursor
    onState({ state: 'connected', ...reading.position })
  }
  const query = `subscription Follow($after: String, $filter: ArticleFilter) {
    articleIngested(after: $after, filter: $filter) { cursor article { ${readingFields} ${selection} } } }`
  let expired = false
  for (;;) {
    try {
      const subscription = { query, variables: { after: reading.after, filter } }
      for await (const arrival of connection.subscribe<{ articleIngested: { cursor: string; article: Read & Article } }>(subscription, mostUnread)) {
        expired = false
        if ('position' in arrival) {
          if (arrival.position === reading.after) continue
          reading.after = arrival.position
          onState({ state: 'position', ...reading.position })
          continue
        }
        const { cursor, article } = arrival.data.articleIngested
        reading.after = cursor
        if (!reading.isRepeat(article)) yield reading.take(article)
      }
      return
    } catch (error) {
      if (!(error instanceof CursorExpired)) throw error
      if (expired) throw new ConnectionLost(error.message) // a log that is shorter than the way to it: not in a circle without a pause
      expired = true
      const { since } = reading.position
      if (since !== undefined) yield* refetch<Article>(connection, reading, since, wanted)
      else {
        reading.after = error.oldest
        onState({ state: 'missed', ...reading.position })
      }
    }
  }
}
