// BENCH_DATABASE_URL=postgresql://… npx tsx bench/lists.ts [--small 10000] [--large 1000000] [--rounds 30] [--plans] [--kept NAME,NAME]
//
// What a page of articles costs in a small archive and in a large one, by order: the first one, one that is 500 pages of 20 deep, the
// first of those never read, the last one, and the first one under filters. Rows are those that scans looked at, and blocks 8 KiB
// each. The databases are made and dropped; --kept names two that bench/archive.ts has filled, in their place.
import type { ArticleOrder } from '../src/articles/list.ts'
import type { Stage } from './archive-stage.ts'
import { sideBySide } from './side-by-side.ts'

const orders: ArticleOrder[] = ['PUBLISHED_DESC', 'CREATED_DESC', 'READ_COUNT_DESC', 'LAST_READ_DESC']
const query = `query ($first: Int, $after: String, $last: Int, $before: String, $orderBy: ArticleOrder!, $filter: ArticleFilter) {
  articles(first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy, filter: $filter) {
    edges { cursor node { id title publishedAt readCount lastReadAt } } pageInfo { hasNextPage endCursor }
  }
}`
const monthsAgo = (count: number) => new Date(Date.now() - count * 30 * 86_400_000).toISOString()
const filters = {
  'of the smallest category': { categoryIds: ['c20'] },
  'of two months, long ago': { publishedFrom: monthsAgo(32), publishedBefore: monthsAgo(30) },
  'of few articles': { categoryIds: ['c20'], minWordCount: 2990 },
}

await sideBySide(async (compare) => {
  for (const orderBy of orders) {
    const page = (name: string, variables: (stage: Stage) => Promise<object>) =>
      compare(`${orderBy}, ${name}`, { query, variables: async (stage) => ({ first: 20, orderBy, ...(await variables(stage)) }) })
    await page('first page', async () => ({}))
    await page('500 pages deep', async (stage) => ({ after: await cursorAt(stage, orderBy, 499 * 20) }))
    await page('last page', async () => ({ first: null, last: 20 }))
    for (const [name, filter] of Object.entries(filters)) await page(name, async () => ({ filter }))
  }
  for (const orderBy of ['READ_COUNT_DESC', 'LAST_READ_DESC'] as const) {
    const args = async (stage: Stage) => ({ first: 20, orderBy, after: await amongUnread(stage, orderBy) })
    await compare(`${orderBy}, never read`, { query, variables: args })
  }
  await compare('three articles of each category, by reads', {
    query: '{ categories { id articles(first: 3, orderBy: READ_COUNT_DESC) { nodes { id title } } } }',
  })
})

/** The cursor of the member at a place of a list, counted from 1. */
async function cursorAt(stage: Stage, orderBy: ArticleOrder, place: number): Promise<string> {
  let after: string | undefined
  for (let left = place; left > 0; left -= 100) {
    const { articles } = await stage.ask(query, { first: Math.min(100, left), ...(after !== undefined && { after }), orderBy })
    after = articles.pageInfo.endCursor as string
  }
  return after!
}

/** The cursor of one of the articles that were never read, which stand at the end. */
async function amongUnread(stage: Stage, orderBy: ArticleOrder): Promise<string> {
  let before: string | undefined
  for (let i = 0; i < 20; i++) {
    const { articles } = await stage.ask(query, { last: 100, ...(before !== undefined && { before }), orderBy })
    before = articles.edges[0].cursor as string
  }
  return before!
}
