import { queryFromInfo } from '@pothos/plugin-prisma'
import type { GraphQLResolveInfo } from 'graphql'
import type { Prisma } from '../db/generated/client.ts'
import { builder } from '../graphql/builder.ts'
import type { Context } from '../graphql/context.ts'
import { connectionComplexity, isWithinList, pageArgs, pageRequest } from '../graphql/connection.ts'
import { isUuid } from '../graphql/ids.ts'
import { articleFilter } from './filter.ts'
import { canonicalUrl } from './identity.ts'
import { listArticles, type ListRequest } from './list.ts'
import { pageOfEach, type Owner } from './lists.ts'
import { Article, ArticleConnection, ArticleFilterInput, ArticleOrderEnum } from './types.ts'
import './mutations.ts'

builder.queryField('article', (t) =>
  t.prismaField({
    type: 'Article',
    nullable: true,
    description: 'An article by its id.',
    args: { id: t.arg.id({ required: true, description: 'Its id.' }) },
    resolve: (query, _root, { id }, { prisma }) => (isUuid(id) ? prisma.article.findUnique({ ...query, where: { id } }) : null),
  }),
)

builder.queryField('articleByUrl', (t) =>
  t.prismaField({
    type: 'Article',
    nullable: true,
    description: 'Looks an article up by any URL it was seen under, in any spelling. Several under one link (a podcast): the newest.',
    args: { url: t.arg({ type: 'URL', required: true, description: 'The URL.' }) },
    resolve: (query, _root, { url }, { prisma }) => {
      const link = canonicalUrl(url)
      return link
        ? prisma.article.findFirst({ ...query, where: { sightings: { some: { urlKey: link.key } } }, orderBy: [{ publishedAt: 'desc' }, { id: 'desc' }] })
        : null
    },
  }),
)

/** A page of articles with the columns that the operation selects: in one statement, or in few for those of many owners at once. */
function articlePage(context: Context, info: GraphQLResolveInfo, request: ListRequest, owner?: Owner) {
  const { select } = queryFromInfo({ context, info, typeName: 'Article', select: { id: true }, paths: [['edges', 'node'], ['nodes']] })
  const { after, before } = request.page
  if (owner && after === undefined && before === undefined && isWithinList(info))
    return pageOfEach<typeof Article.$inferType>(context, owner, request, select as Prisma.ArticleSelect)
  return listArticles<typeof Article.$inferType>(context.prisma, request, select as Prisma.ArticleSelect)
}

builder.queryField('articles', (t) =>
  t.field({
    type: ArticleConnection,
    description: 'A list of articles. A cursor is bound to its order and filter: another one is CURSOR_INVALID.',
    args: {
      ...pageArgs(t),
      filter: t.arg({ type: ArticleFilterInput, description: 'Which articles; all when left out.' }),
      orderBy: t.arg({ type: ArticleOrderEnum, required: true, defaultValue: 'PUBLISHED_DESC', description: 'In which order.' }),
    },
    complexity: connectionComplexity,
    resolve: (_root, args, context, info) => articlePage(context, info, { page: pageRequest(args), filter: articleFilter(args.filter), order: args.orderBy }),
  }),
)

builder.prismaObjectField('Category', 'articles', (t) =>
  t.field({
    type: ArticleConnection,
    description: 'Its articles.',
    args: { ...pageArgs(t), orderBy: t.arg({ type: ArticleOrderEnum, required: true, defaultValue: 'PUBLISHED_DESC', description: 'In which order.' }) },
    complexity: connectionComplexity,
    resolve: ({ id }, args, context, info) =>
      articlePage(context, info, { page: pageRequest(args), filter: { categoryIds: [id] }, order: args.orderBy }, { kind: 'category', id }),
  }),
)

builder.prismaObjectField('Feed', 'articles', (t) =>
  t.field({
    type: ArticleConnection,
    description: 'The articles that were seen in it, published last first.',
    args: pageArgs(t),
    complexity: connectionComplexity,
    resolve: ({ id }, args, context, info) =>
      articlePage(context, info, { page: pageRequest(args), filter: { feedIds: [id] }, order: 'PUBLISHED_DESC' }, { kind: 'feed', id }),
  }),
)
