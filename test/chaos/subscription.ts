import type { Excuses } from './ask.ts'
import type { Filter } from './drafts.ts'
import type { Random } from './random.ts'

/** What came: the cursor of the event, and the link of its article. */
export type Delivery = { cursor: string; url: string }

/** One connection of a subscriber to one server. */
export type Connection = {
  url: string
  after: string
  filter: Filter
  random: Random
  excuses: Excuses
  /** When to go away, without a word or with one. */
  leave: AbortSignal
  /** A server answered. */
  onOpen: () => void
  /** Takes what came; ignores what comes after leaving. */
  onArticle: (delivery: Delivery) => void
  /** Another cursor to go on after, without an article. */
  onCursor: (cursor: string) => void
}

/** A way to subscribe. Resolves when the connection is over, whatever ended it. @throws Refused */
export type Way = (connection: Connection) => Promise<void>

export const query = `subscription ($after: String, $filter: ArticleFilter) {
  articleIngested(after: $after, filter: $filter) { cursor article { url } }
}`

export const deliveryOf = ({ articleIngested: { cursor, article } }: { articleIngested: { cursor: string; article: { url: string } } }): Delivery => ({
  cursor,
  url: article.url,
})

/** The position that a cursor names; to clients it is opaque. */
export const positionOf = (cursor: string): number => Number(Buffer.from(cursor, 'base64url').readBigInt64BE(16))
