import { queryFromInfo } from '@pothos/plugin-prisma'
import type { GraphQLResolveInfo } from 'graphql'
import { Article } from '../articles/types.ts'
import { builder } from '../graphql/builder.ts'
import type { Context } from '../graphql/context.ts'
import { mostRead, trending, type Period, type Ranked } from './ranking.ts'
import { Statistics } from './schema.ts'

const PeriodEnum = builder.enumType('Period', {
  description: 'A time that ends now.',
  values: {
    DAY: { description: 'The last 24 hours.' },
    WEEK: { description: 'The last 7 days.' },
    MONTH: { description: 'The last 30 days.' },
    ALL: { description: 'All time.' },
  } satisfies Record<Period, object>,
})

type RankedRow = { article: typeof Article.$inferType; score: number }

/** The articles of a ranking, as they are asked for; those that have gone since it was made are left out. */
async function withArticles(context: Context, info: GraphQLResolveInfo, ranking: Promise<Ranked[]>): Promise<RankedRow[]> {
  const ranked = await ranking
  const { select } = queryFromInfo({ context, info, typeName: 'Article', select: { id: true }, path: ['article'] }) as { select: { id: true } }
  const rows = await context.prisma.article.findMany({ where: { id: { in: ranked.map(({ articleId }) => articleId) } }, select })
  const byId = new Map(rows.map((row) => [row.id, row as typeof Article.$inferType]))
  return ranked.flatMap(({ articleId, score }) => (byId.has(articleId) ? [{ article: byId.get(articleId)!, score }] : []))
}

const RankedArticle = builder.objectRef<RankedRow>('RankedArticle').implement({
  description: 'An article and its place in a ranking.',
  fields: (t) => ({
    article: t.field({ type: Article, description: 'The article.', resolve: ({ article }) => article }),
    score: t.exposeFloat('score', { description: 'The higher, the better.' }),
  }),
})

const ranking = ({ first }: { first: number }) => ({ field: 50, multiplier: Math.min(100, Math.max(1, first)) })

builder.objectFields(Statistics, (t) => ({
  mostRead: t.field({
    type: [RankedArticle],
    description: 'The articles read most in a period that ends now, to the quarter of an hour; score is how often.',
    args: {
      first: t.arg.int({ required: true, defaultValue: 10, description: 'How many, 1 to 100.' }),
      period: t.arg({ type: PeriodEnum, required: true, defaultValue: 'ALL', description: 'In what time.' }),
    },
    complexity: ranking,
    resolve: ({ filter }, { first, period }, context, info) => withArticles(context, info, mostRead(context.prisma, filter, first, period, context.clock())),
  }),
  trending: t.field({
    type: [RankedArticle],
    description: 'The articles read most lately: score is the sum over their reads of 2^(-age / 12 hours). Those below 0.01 are left out.',
    args: { first: t.arg.int({ required: true, defaultValue: 10, description: 'How many, 1 to 100.' }) },
    complexity: ranking,
    resolve: ({ filter }, { first }, context, info) => withArticles(context, info, trending(context.prisma, filter, first, context.clock())),
  }),
}))
