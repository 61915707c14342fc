import { queryFromInfo } from '@pothos/plugin-prisma'
import type { GraphQLResolveInfo } from 'graphql'
import type { Prisma } from '../db/generated/client.ts'
import { ClientError } from '../errors.ts'
import { builder } from '../graphql/builder.ts'
import { connectionComplexity, isWithinList, pageArgs, pageRequest } from '../graphql/connection.ts'
import type { Context } from '../graphql/context.ts'
import { RemovedPayload } from '../graphql/removed.ts'
import { isUuid } from '../graphql/ids.ts'
import { addFeed, updateFeed, type Header } from './feeds.ts'
import { feedsOfEach, listFeeds, type FeedFilter } from './list.ts'
import type { JsonMapping } from './parse.ts'
import { Feed, FeedConnection, FeedFetch, FeedPreview, FullTextEnum, FeedStateEnum } from './types.ts'
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

const JsonMappingInput = builder.inputType('JsonMappingInput', {
  description: 'Where in a JSON document the entries are, as dotted paths.',
  fields: (t) => ({
    items: t.string({ required: true, description: 'The list of entries; empty where the document is the list.' }),
    url: t.string({ required: true, description: 'In an entry: its link.' }),
    title: t.string({ required: true, description: 'In an entry: its title.' }),
    guid: t.string({ description: 'In an entry: its id.' }),
    content: t.string({ description: 'In an entry: its text, as HTML.' }),
    publishedAt: t.string({ description: 'In an entry: its date, or seconds or milliseconds since 1970.' }),
    categories: t.string({ description: 'In an entry: its tags.' }),
  }),
})

/** Nulls are: left out. */
const mappingOf = (input: typeof JsonMappingInput.$inferInput): JsonMapping =>
  Object.fromEntries(Object.entries(input).filter(([, path]) => path != null)) as JsonMapping

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

const HeaderInput = builder.inputType('HeaderInput', {
  description: 'A header of HTTP.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Its name.' }),
    value: t.string({ required: true, description: 'Its value.' }),
  }),
})

const AddFeedInput = builder.inputType('AddFeedInput', {
  description: 'A new feed.',
  fields: (t) => ({
    url: t.field({ type: 'URL', required: true, description: 'Where it is. Credentials in it are sent as Basic authorization, and never shown.' }),
    categoryId: t.id({ required: true, description: 'The category that its articles go into.' }),
    title: t.string({ description: "At most 500 characters; the feed's own when left out." }),
    fullText: t.field({ type: FullTextEnum, required: true, defaultValue: 'AUTO', description: "Whether an article's page is fetched for its text." }),
    mapping: t.field({ type: JsonMappingInput, description: 'For JSON that is no feed.' }),
    headers: t.field({ type: [HeaderInput], description: 'Sent with each request, e.g. authorization; never shown again. At most 20.' }),
  }),
})

const UpdateFeedInput = builder.inputType('UpdateFeedInput', {
  description: 'What changes; what is left out stays.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Which feed.' }),
    title: t.string({ description: 'At most 500 characters.' }),
    categoryId: t.id({ description: 'For future articles.' }),
    enabled: t.boolean({ description: 'Whether it is checked by itself.' }),
    fullText: t.field({ type: FullTextEnum, description: "Whether an article's page is fetched for its text." }),
    mapping: t.field({ type: JsonMappingInput, description: 'For JSON that is no feed; null takes it away.' }),
    headers: t.field({ type: [HeaderInput], description: 'In place of those it had. At most 20.' }),
  }),
})

const FeedPayload = builder.objectRef<{ feed: typeof Feed.$inferType }>('FeedPayload').implement({
  description: 'The feed as it is now.',
  fields: (t) => ({ feed: t.field({ type: Feed, description: 'The feed.', resolve: (payload) => payload.feed as never }) }),
})

builder.mutationField('addFeed', (t) =>
  t.field({
    type: FeedPayload,
    description: 'Does not fetch: state NEW, its title the given one or the host until the first pass. A URL that is there already is CONFLICT.',
    args: { input: t.arg({ type: AddFeedInput, required: true, description: 'The feed.' }) },
    resolve: async (_root, { input: { url, categoryId, title, fullText, mapping, headers } }, { prisma }) => ({
      feed: await addFeed(prisma, {
        url,
        categoryId,
        fullText,
        ...(title != null && { title }),
        ...(mapping && { mapping: mappingOf(mapping) }),
        ...(headers && { headers: headers as Header[] }),
      }),
    }),
  }),
)

builder.mutationField('updateFeed', (t) =>
  t.field({
    type: FeedPayload,
    description: 'A new category is for future articles.',
    args: { input: t.arg({ type: UpdateFeedInput, required: true, description: 'The change.' }) },
    resolve: async (_root, { input: { id, title, categoryId, enabled, fullText, mapping, headers } }, { prisma }) => ({
      feed: await updateFeed(prisma, id, {
        ...(title != null && { title }),
        ...(categoryId != null && { categoryId }),
        ...(enabled != null && { enabled }),
        ...(fullText != null && { fullText }),
        ...(mapping !== undefined && { mapping: mapping && mappingOf(mapping) }),
        ...(headers != null && { headers: headers as Header[] }),
      }),
    }),
  }),
)

builder.mutationField('removeFeed', (t) =>
  t.field({
    type: RemovedPayload,
    description: 'Its articles stay; their sightings name no feed any more.',
    args: { id: t.arg.id({ required: true, description: 'Which feed.' }) },
    resolve: async (_root, { id }, { feeds }) => {
      await feeds.remove(id)
      return { id }
    },
  }),
)

const RefreshFeedPayload = builder.objectRef<{ fetch: typeof FeedFetch.$inferType & { feedId: string } }>('RefreshFeedPayload').implement({
  description: 'A pass over a feed.',
  fields: (t) => ({
    feed: t.prismaField({
      type: 'Feed',
      description: 'The feed after it.',
      resolve: (query, { fetch }, _args, { prisma }) => prisma.feed.findUniqueOrThrow({ ...query, where: { id: fetch.feedId } }),
    }),
    fetch: t.field({ type: FeedFetch, description: 'What became of it.', resolve: (payload) => payload.fetch as never }),
  }),
})

builder.mutationField('refreshFeed', (t) =>
  t.field({
    type: RefreshFeedPayload,
    description: 'One pass now, answered when it has ended; a pass already under way is waited for and its result returned.',
    args: { id: t.arg.id({ required: true, description: 'Which feed.' }) },
    resolve: async (_root, { id }, { feeds }) => ({ fetch: await feeds.refresh(id) }),
  }),
)
