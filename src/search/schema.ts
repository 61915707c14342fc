import { queryFromInfo } from '@pothos/plugin-prisma'
import type { GraphQLResolveInfo } from 'graphql'
import { articleFilter } from '../articles/filter.ts'
import { Article, ArticleFilterInput } from '../articles/types.ts'
import type { Context } from '../graphql/context.ts'
import { builder } from '../graphql/builder.ts'
import { connectionComplexity, PageInfo, pageRequest, type Page } from '../graphql/connection.ts'
import type { Asked } from './highlight.ts'
import { memberHighlight } from './member-highlight.ts'
import { search } from './search.ts'

/** The cursor brings the whole plan along: it is written where it is asked for. */
type Edge = { readonly cursor: string; node: typeof Article.$inferType; id: string; score: number; asked: Asked }
type Args = { query: string; first?: number | null | undefined; after?: string | null | undefined; filter?: Parameters<typeof articleFilter>[0] }

const SearchEdge = builder.objectRef<Edge>('SearchEdge').implement({
  description: 'An article that a search has found.',
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: 'Where it stands: after takes it.' }),
    node: t.field({ type: Article, description: 'The article.', resolve: (edge) => edge.node }),
    score: t.exposeFloat('score', { description: 'The higher, the better; of the same search alone.' }),
    highlight: t.string({
      description: 'The best passage, matches marked with <mark>; all else HTML-escaped.',
      resolve: ({ id, asked }, _args, context) => memberHighlight(context, id, asked),
    }),
  }),
})

const SearchConnection = builder.objectRef<Omit<Page<unknown>, 'edges'> & { edges: Edge[] }>('SearchConnection').implement({
  description: 'A page of what a search has found, best first.',
  fields: (t) => ({
    edges: t.field({ type: [SearchEdge], description: 'The articles with their scores.', complexity: { multiplier: 1 }, resolve: (page) => page.edges }),
    nodes: t.field({
      type: [Article],
      description: 'The articles alone.',
      complexity: { multiplier: 1 },
      resolve: (page) => page.edges.map(({ node }) => node),
    }),
    pageInfo: t.field({ type: PageInfo, description: 'Where the page stands.', resolve: (page) => page }),
  }),
})

builder.queryField('search', (t) =>
  t.field({
    type: SearchConnection,
    description:
      'Ranked full-text search in titles and texts; bylines, tags and summaries are not looked into. The query is what a person types: words, a whole sentence, "a phrase", -without. Any word may match; phrases must, and what is to be without must not. Words count in any of their forms, the more the rarer they are, and more in a title; words that say nothing (the, und) count where there is nothing else. A word that no article has is taken for the nearest one that some have. A query of nothing but -words finds nothing. At most 64 words are read, and 1,000 articles found; of a large archive those with the rarest words, and for common words the newest. A cursor is bound to its query and filter, and brings along how its search ranks.',
    args: {
      query: t.arg.string({ required: true, description: 'What is searched for. Any text is a query.' }),
      first: t.arg.int({ description: 'How many, 1 to 100; 20 when left out. More is an error.' }),
      after: t.arg.string({ description: 'Only members after this cursor.' }),
      filter: t.arg({ type: ArticleFilterInput, description: 'Which articles; all when left out.' }),
    },
    complexity: (args) => ({ ...connectionComplexity(args), field: 100 }),
    resolve: (_root, args, context, info) => searchPage(context, info, args),
  }),
)

/** A page of articles with the columns that the operation selects; those that have gone meanwhile are left out. */
async function searchPage(context: Context, info: GraphQLResolveInfo, { query, first, after, filter }: Args) {
  const { limit } = pageRequest({ first, after })
  const found = await search(context.prisma, { query, filter: articleFilter(filter), limit, ...(after != null && { after }) })
  const { select } = queryFromInfo({ context, info, typeName: 'Article', select: { id: true }, paths: [['edges', 'node'], ['nodes']] }) as {
    select: { id: true }
  }
  const rows = found.places.length === 0 ? [] : await context.prisma.article.findMany({ where: { id: { in: found.places.map(({ id }) => id) } }, select })
  const nodes = new Map(rows.map((row) => [row.id, row as typeof Article.$inferType]))
  const edges = found.places.flatMap((place): Edge[] => {
    const node = nodes.get(place.id)
    return node
      ? [
          {
            get cursor() {
              return found.cursorOf(place)
            },
            node,
            id: place.id,
            score: place.score,
            asked: found.asked,
          },
        ]
      : []
  })
  return { edges, hasNextPage: found.hasMore, hasPreviousPage: after != null, totalCount: async () => edges.length }
}
