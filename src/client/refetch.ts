import type { Connection } from './connection.ts'
import { FollowError } from './errors.ts'
import type { Followed, Wanted } from './options.ts'
import { longestTransactionMs, readingFields, type Read, type Reading } from './reading.ts'

type Walk = { streamCursor: string; articles: { edges: { cursor: string; node: { createdAt: string } }[]; pageInfo: { hasNextPage: boolean } } }
type Page<Article> = { articles: { nodes: (Read & Article)[]; pageInfo: { hasPreviousPage: boolean; startCursor: string | null } } }

const walkQuery = `query Walk($after: String, $filter: ArticleFilter) { streamCursor
  articles(first: 100, after: $after, orderBy: CREATED_DESC, filter: $filter) { edges { cursor node { createdAt } } pageInfo { hasNextPage } } }`
const pageQuery = (selection: string) => `query Page($last: Int, $before: String, $filter: ArticleFilter) {
  articles(last: $last, before: $before, orderBy: CREATED_DESC, filter: $filter) {
    nodes { ${readingFields} ${selection} } pageInfo { hasPreviousPage startCursor } } }`

/**
 * What was ingested after the newest article that was read, oldest first, from the list of articles: for a reader whose cursor the
 * log no longer reaches back to. Afterwards the reading goes on after a cursor of the stream that is older than the list that
 * was read, so that nothing lies between them. Keeps one page at a time: it walks the list back to where the reading
 * stopped, and reads it from there.
 *
 * Until then everything is delivered with the old cursor: whoever stops in between, and comes back with it, begins here again.
 * @throws ConnectionLost, FollowError
 */
export async function* refetch<Article>(
  connection: Connection,
  reading: Reading,
  since: string,
  { filter, selection, onState }: Wanted,
): AsyncGenerator<Followed<Article>, void> {
  onState({ state: 'refetching', since })
  const { head, newest, before } = await walkBack(connection, filter, Date.parse(since) - longestTransactionMs)
  let articles = 0
  for await (const article of readForward<Article>(connection, filter, selection, before)) {
    if (newest === undefined || Date.parse(article.follow_createdAt) > Date.parse(newest)) break // was committed after the cursor
    if (reading.has(article)) continue
    articles += 1
    yield reading.take(article)
  }
  reading.goOn(head, newest)
  onState({ state: 'refetched', articles, ...reading.position })
}

/**
 * @param until in milliseconds since 1970
 * @returns `before`, the list's cursor of the newest article that is older, undefined where all are newer
 */
async function walkBack(
  connection: Connection,
  filter: Wanted['filter'],
  until: number,
): Promise<{ head: string; newest: string | undefined; before: string | undefined }> {
  let first: Walk | undefined
  for (let after: string | null = null; ;) {
    const walk: Walk = await connection.request<Walk>({ query: walkQuery, variables: { after, filter } })
    first ??= walk
    const { edges, pageInfo } = walk.articles
    const before = edges.find(({ node }) => Date.parse(node.createdAt) < until)?.cursor
    if (before === undefined && pageInfo.hasNextPage) after = edges.at(-1)!.cursor
    else return { head: first.streamCursor, newest: first.articles.edges[0]?.node.createdAt, before }
  }
}

/** The list from a cursor on towards the newest; all of it without one. */
async function* readForward<Article>(
  connection: Connection,
  filter: Wanted['filter'],
  selection: string,
  start: string | undefined,
): AsyncGenerator<Read & Article, void> {
  const query = pageQuery(selection)
  let last = 50
  for (let before = start ?? null; ;) {
    let page: Page<Article>['articles']
    try {
      page = (await connection.request<Page<Article>>({ query, variables: { last, before, filter } })).articles
    } catch (error) {
      if (!(error instanceof FollowError && error.code === 'TOO_COMPLEX' && last > 1)) throw error
      last = Math.ceil(last / 2) // what the stream delivers one by one may be too much at a time
      continue
    }
    yield* page.nodes.reverse()
    if (!page.pageInfo.hasPreviousPage) return
    before = page.pageInfo.startCursor
  }
}
