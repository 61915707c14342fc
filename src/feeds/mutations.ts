import { builder } from '../graphql/builder.ts'
import { RemovedPayload } from '../graphql/removed.ts'
import { addFeed, updateFeed, type Header } from './feeds.ts'
import { JsonMappingInput, mappingOf } from './mapping-input.ts'
import { Feed, FeedFetch, FullTextEnum } from './types.ts'

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
