import type { WebSocketConstructor } from './connection.ts'

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

export const defaultSelection = 'id url title byline language tags category { id name } publishedAt createdAt wordCount readingTimeMinutes'

/**
 * How far a follower has read, to be kept for another day, together: what came last of the articles that were dealt with and
 * of the states that have a cursor.
 */
export type FollowPosition = {
  /** On the stream: everything up to here has been read. While it refetches, the one that had expired. */
  cursor: string
  /** The newest createdAt of what was read (RFC 3339); undefined where nothing was, and the follower did not begin with now. */
  since: string | undefined
}

export type Followed<Article = FollowedArticle> = FollowPosition & { since: string; article: Article }

export type FollowState =
  /** Everything after the cursor will be delivered. */
  | ({ state: 'connected' } & FollowPosition)
  /** Nothing that it asks for is on the stream up to this cursor beyond what was read; about every 12 s, while nothing comes. */
  | ({ state: 'position' } & FollowPosition)
  /** The server no longer keeps the stream from the cursor on: what was ingested after `since` comes from the list of articles. */
  | { state: 'refetching'; since: string }
  /** All of it was read, `articles` in number, and what comes after the cursor is delivered as ever. */
  | ({ state: 'refetched'; articles: number } & FollowPosition)
  /** The server no longer keeps the stream from the cursor on, and there is no `since`: articles before the cursor told here may be missing. */
  | ({ state: 'missed' } & FollowPosition)
  /**
   * The connection was lost, or could not be made; another one is tried after `retryInMs`. Where it was never made
   * (`everConnected` is false), again and again, the address may be wrong; a browser does not say why.
   */
  | { state: 'waiting'; reason: string; retryInMs: number; everConnected: boolean }

export type FollowOptions = {
  /** Of the API: http(s) or ws(s), e.g. http://127.0.0.1:4000/graphql. In a page it may be relative to the page's. */
  url: string
  /** The cursor to go on after; what is new from now on when left out. */
  after?: string | undefined
  /** What was kept with `after`: from when on to refetch, should the server no longer keep the stream from there on. */
  since?: string | undefined
  /** An ArticleFilter of the API, e.g. {categoryIds: ['world']}. */
  filter?: Record<string, unknown> | undefined
  /** The fields of Article that are delivered, in GraphQL; those of FollowedArticle when left out. */
  selection?: string
  /** Node 20 has no WebSocket of its own: pass that of the package ws there. */
  webSocketImpl?: WebSocketConstructor | undefined
  /** Ends it, even while it waits. */
  signal?: AbortSignal | undefined
  /**
   * How it fares, for a status line, and its position, for who keeps one. Told while the next article is awaited: by then the
   * one before it counts as dealt with.
   */
  onState?: (state: FollowState) => void
}

/** What is asked of the server, and whom to tell. */
export type Wanted = { filter: Record<string, unknown> | null; selection: string; onState: (state: FollowState) => void }
