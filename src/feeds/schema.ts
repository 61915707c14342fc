import { queryFromInfo } from '@pothos/plugin-prisma'
import type { GraphQLResolveInfo } from 'graphql'
import type { Prisma } from '../db/generated/client.ts'
import { ClientError } from '../errors.ts'
import { builder } from '../graphql/builder.ts'
import { connectionComplexity, isWithinList, pageArgs, pageRequest } from '../graphql/connection.ts'
import type { Context } from '../graphql/context.ts'
import { isUuid } from '../graphql/ids.ts'
import { feedsOfEach, listFeeds, type FeedFilter } from './list.ts'
import './discover-schema.ts'
import { JsonMappingInput, mappingOf } from './mapping-input.ts'
import './mutations.ts'
import { Feed, FeedConnection, FeedPreview, FeedStateEnum } from './types.ts'
import type { FeedWork } from './work.ts'

declare module '../graphql/context.ts' {
  interface Context {
    feeds: FeedWork
  }
}

builder.queryField('feed', (t) =>
  t.prismaField({
    type: 'Feed',
    nullable: true,
    description: 'A feed by its id.',
    args: { id: t.arg.id({ required: true, description: 'Its id.' }) },
    resolve: (query, _root, { id }, { prisma }) => (isUuid(id) ? prisma.feed.findUnique({ ...query, where: { id } }) : null),
  }),
)

function feedPage(context: Context, info: GraphQLResolveInfo, args: Parameters<typeof pageRequest>[0], filter: FeedFilter, categoryId?: string) {
  const { select } = queryFromInfo({ context, info, typeName: 'Feed', select: { id: true }, paths: [['edges', 'node'], ['nodes']] })
  const page = pageRequest(args)
  if (categoryId !== undefined && page.after === undefined && page.before === undefined && isWithinList(info)) {
    return feedsOfEach<typeof Feed.$inferType>(context, categoryId, page, select as Prisma.FeedSelect)
  }
  return listFeeds<typeof Feed.$inferType>(context.prisma, { page, filter }, select as Prisma.FeedSelect)
}

const FeedFilterInput = builder.inputType('FeedFilter', {
  description: 'All given conditions must hold; a list matches any of its members, an empty list nothing.',
  fields: (t) => ({
    categoryIds: t.idList({ description: 'In one of these categories.' }),
    states: t.field({ type: [FeedStateEnum], description: 'In one of these states.' }),
  }),
})

builder.queryField('feeds', (t) =>
  t.field({
    type: FeedConnection,
    description: 'The feeds, in the order in which they were added.',
    args: { ...pageArgs(t), filter: t.arg({ type: FeedFilterInput, description: 'Which feeds; all when left out.' }) },
    complexity: connectionComplexity,
    resolve: (_root, { filter, ...args }, context, info) =>
      feedPage(context, info, args, { ...(filter?.categoryIds && { categoryIds: filter.categoryIds }), ...(filter?.states && { states: filter.states }) }),
  }),
)

builder.prismaObjectField('Category', 'feeds', (t) =>
  t.field({
    type: FeedConnection,
    description: 'Its feeds, in the order in which they were added.',
    args: pageArgs(t),
    complexity: connectionComplexity,
    resolve: ({ id }, args, context, info) => feedPage(context, info, args, { categoryIds: [id] }, id),
  }),
)

builder.queryField('previewFeed', (t) =>
  t.field({
    type: FeedPreview,
    description: 'What adding this feed would ingest, in feed order, without storing or joining anything. POST only, once in a document, bounded concurrency.',
    args: {
      url: t.arg({ type: 'URL', required: true, description: 'Where the feed is.' }),
      mapping: t.arg({ type: JsonMappingInput, description: 'For JSON that is no feed.' }),
    },
    complexity: { field: 100, multiplier: 10 },
    resolve: (_root, { url, mapping }, { feeds, method }) => {
      if (method !== 'POST') throw new ClientError('FORBIDDEN', 'previewFeed takes POST alone.')
      return feeds.preview({ url, ...(mapping && { mapping: mappingOf(mapping) }) })
    },
  }),
)
