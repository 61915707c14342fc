import { queryFromInfo } from '@pothos/plugin-prisma'
import type { GraphQLResolveInfo } from 'graphql'
import { Article } from '../articles/types.ts'
import { badInput } from '../errors.ts'
import { builder } from '../graphql/builder.ts'
import type { Context } from '../graphql/context.ts'
import { load } from '../graphql/loader.ts'
import { similarTo, tiesOfPairs, type Neighbour } from './read.ts'
import { mostNeighbours } from './step.ts'

type SimilarRow = { to: string; article: typeof Article.$inferType; neighbour: Neighbour }

const SimilarArticle = builder.objectRef<SimilarRow>('SimilarArticle').implement({
  description: 'An article that is like another.',
  fields: (t) => ({
    article: t.field({ type: Article, description: 'The article.', resolve: ({ article }) => article }),
    score: t.float({ description: '0 to 1.', resolve: ({ neighbour }) => neighbour.score }),
    terms: t.stringList({
      description: 'The words that tie the two, as they stand in the article that was asked for those like it, those that count most first; at most 8.',
      resolve: ({ to, neighbour }, _args, context) => neighbour.terms ?? load(context, tiesOfPairs, { a: to, b: neighbour.id }),
    }),
  }),
})

builder.prismaObjectField('Article', 'similar', (t) =>
  t.field({
    type: [SimilarArticle],
    description: 'Articles most like this one, best first, never itself or nearly the same words. 1 to 20. No event tells of a change.',
    args: { first: t.arg.int({ required: true, defaultValue: 5, description: 'How many, 1 to 20.' }) },
    complexity: ({ first }) => ({ field: 5, multiplier: Math.min(mostNeighbours, Math.max(1, first)) }),
    resolve: ({ id }, { first }, context, info) => similarArticles(context, info, id, first),
  }),
)

/** With the articles as they are asked for, which Prisma reads of many lists in one statement; those that have just gone are left out. */
async function similarArticles(context: Context, info: GraphQLResolveInfo, id: string, first: number): Promise<SimilarRow[]> {
  if (first < 1 || first > mostNeighbours) throw badInput(`first must be from 1 to ${mostNeighbours}.`, 'first')
  const neighbours = await load(context, similarTo(first), id)
  const { select } = queryFromInfo({ context, info, typeName: 'Article', select: { id: true }, path: ['article'] }) as { select: { id: true } }
  const rows = await Promise.all(neighbours.map((neighbour) => context.prisma.article.findUnique({ where: { id: neighbour.id }, select })))
  return neighbours.flatMap((neighbour, i) => (rows[i] ? [{ to: id, article: rows[i] as typeof Article.$inferType, neighbour }] : []))
}
