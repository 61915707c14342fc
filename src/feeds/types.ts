import { badInput } from '../errors.ts'
import { builder } from '../graphql/builder.ts'
import { connectionType } from '../graphql/connection.ts'
import { load } from '../graphql/loader.ts'
import { Node } from '../graphql/node.ts'
import { stateOf, type FeedState, type StateColumns } from './list.ts'
import type { RejectedEntry } from './normalize.ts'
import type { JsonMapping } from './parse.ts'
import { recentPasses } from './passes.ts'
import type { FeedPreview as Preview, PreviewedDraft } from './preview.ts'
import { pushesOf, pushStateOf, type PushState, type ShownPush } from './push-rows.ts'

export const FeedFormatEnum = builder.enumType('FeedFormat', {
  description: 'What a feed is written in.',
  values: {
    RSS: { description: 'RSS 0.9x or 2.0.' },
    ATOM: { description: 'Atom.' },
    RDF: { description: 'RSS 1.0.' },
    JSON_FEED: { description: 'JSON Feed.' },
    JSON_MAPPED: { description: 'Other JSON, read through a mapping.' },
  } as const,
})

export const FullTextEnum = builder.enumType('FullText', {
  description: "When an article's page is fetched for its text.",
  values: {
    AUTO: { description: "When the feed's own text is a teaser." },
    ALWAYS: { description: 'Always.' },
    NEVER: { description: 'Never.' },
  } as const,
})

export const FeedStateEnum = builder.enumType('FeedState', {
  description: 'How a feed is.',
  values: {
    NEW: { description: 'Never checked.' },
    HEALTHY: { description: 'Its last check went well.' },
    FAILING: { description: 'Its last check failed; it is tried again.' },
    GONE: { description: 'Its server says that it is gone for good (410); it is not tried by itself.' },
    DISABLED: { description: 'Not checked by itself.' },
  } satisfies Record<FeedState, object>,
})

const FetchOutcomeEnum = builder.enumType('FetchOutcome', {
  description: 'How a pass over a feed ended.',
  values: {
    CHANGED: { description: 'It was read.' },
    NOT_MODIFIED: { description: 'It was as it had been.' },
    FAILED: { description: 'It could not be fetched or read.' },
  } as const,
})

export const JsonMappingType = builder.objectRef<JsonMapping>('JsonMapping').implement({
  description: 'Where in a JSON document the entries are, as dotted paths.',
  fields: (t) => ({
    items: t.exposeString('items', { description: 'The list of entries; empty where the document is the list.' }),
    url: t.exposeString('url', { description: 'In an entry: its link.' }),
    title: t.exposeString('title', { description: 'In an entry: its title.' }),
    guid: t.string({ nullable: true, description: 'In an entry: its id.', resolve: (mapping) => mapping.guid ?? null }),
    content: t.string({ nullable: true, description: 'In an entry: its text, as HTML.', resolve: (mapping) => mapping.content ?? null }),
    publishedAt: t.string({
      nullable: true,
      description: 'In an entry: its date, or seconds or milliseconds since 1970.',
      resolve: (mapping) => mapping.publishedAt ?? null,
    }),
    categories: t.string({ nullable: true, description: 'In an entry: its tags.', resolve: (mapping) => mapping.categories ?? null }),
  }),
})

export const RejectedDraft = builder.objectRef<RejectedEntry>('RejectedDraft').implement({
  description:
    'An entry of a feed that is not stored (only one with no usable link or permalink, or with neither title nor text, is rejected), or an outline of OPML.',
  fields: (t) => ({
    title: t.exposeString('title', { nullable: true, description: 'Its title.' }),
    url: t.exposeString('url', { nullable: true, description: 'Its link, as it was written.' }),
    reason: t.exposeString('reason', { description: 'Why.' }),
  }),
})

export const FeedFetch = builder.prismaObject('FeedFetch', {
  description: 'A pass over a feed.',
  fields: (t) => ({
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it began.' }),
    durationMs: t.exposeInt('durationMs', { description: 'How long it took, in milliseconds.' }),
    httpStatus: t.exposeInt('httpStatus', { nullable: true, description: 'The status of the answer; null when there was none.' }),
    outcome: t.expose('outcome', { type: FetchOutcomeEnum, description: 'How it ended.' }),
    ingested: t.exposeInt('ingested', { description: 'Entries that became articles.' }),
    updated: t.exposeInt('updated', { description: 'Entries that changed their article.' }),
    duplicates: t.exposeInt('duplicates', { description: 'Entries that were there already.' }),
    rejected: t.field({
      type: [RejectedDraft],
      description: 'Entries that were not stored; at most 200.',
      resolve: (fetch) => fetch.rejected as RejectedEntry[],
    }),
    repaired: t.exposeStringList('repaired', { description: 'What had to be repaired to read it.' }),
    error: t.exposeString('error', { nullable: true, description: 'Why it failed.' }),
  }),
})

const FeedPushStateEnum = builder.enumType('FeedPushState', {
  description: 'How far a subscription at a hub is.',
  values: {
    PENDING: { description: 'The hub is asked, and has not asked back yet.' },
    ACTIVE: { description: 'The hub sends what is new.' },
    FAILED: { description: 'The hub sends nothing; it is asked again.' },
  } satisfies Record<PushState, object>,
})

const FeedPush = builder.objectRef<ShownPush>('FeedPush').implement({
  description: "A feed's subscription at the hub that it names (WebSub).",
  fields: (t) => ({
    hub: t.expose('hub', { type: 'URL', description: 'Where the hub is.' }),
    state: t.field({ type: FeedPushStateEnum, description: 'How far it is.', resolve: (push, _args, { clock }) => pushStateOf(push, clock()) }),
    leaseUntil: t.expose('leaseUntil', { type: 'DateTime', nullable: true, description: 'Until when the hub has agreed to send; it is asked again before.' }),
    lastPushAt: t.expose('lastPushAt', { type: 'DateTime', nullable: true, description: 'When it last sent something.' }),
    lastError: t.exposeString('lastError', { nullable: true, description: 'Why it does not send, or did not agree to go on; null when it did.' }),
  }),
})

type Health = StateColumns & { id: string; lastChangedAt: Date | null; lastError: string | null; httpStatus: number | null }

const FeedHealth = builder.objectRef<Health>('FeedHealth').implement({
  description: 'How a feed is, and how it was.',
  fields: (t) => ({
    state: t.field({ type: FeedStateEnum, description: 'How it is.', resolve: stateOf }),
    lastCheckedAt: t.expose('lastCheckedAt', { type: 'DateTime', nullable: true, description: 'When the last check ended.' }),
    lastChangedAt: t.expose('lastChangedAt', { type: 'DateTime', nullable: true, description: 'When it was last different.' }),
    nextCheckAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it is due; null when it is disabled or gone.',
      resolve: (health) => (health.enabled ? health.nextCheckAt : null),
    }),
    consecutiveFailures: t.exposeInt('consecutiveFailures', { description: 'Checks that failed since one went well.' }),
    lastError: t.exposeString('lastError', { nullable: true, description: 'Why the last check failed; null when it went well.' }),
    httpStatus: t.exposeInt('httpStatus', { nullable: true, description: 'The status of the last answer.' }),
    push: t.field({
      type: FeedPush,
      nullable: true,
      description: 'Its subscription at a hub; null where it names none, or hubs cannot reach this server (PUBLIC_URL).',
      resolve: ({ id }, _args, context) => (context.feeds.push ? load(context, pushesOf, id) : null),
    }),
    recentFetches: t.field({
      type: [FeedFetch],
      description: 'Its last checks, newest first. 1 to 100.',
      args: { first: t.arg.int({ required: true, defaultValue: 10, description: 'How many, 1 to 100.' }) },
      complexity: ({ first }) => ({ field: 1, multiplier: Math.min(100, Math.max(1, first)) }),
      resolve: ({ id }, { first }, context) => {
        if (first < 1 || first > 100) throw badInput('first must be from 1 to 100.', 'first')
        return load(context, recentPasses(first), id)
      },
    }),
  }),
})

export const Feed = builder.prismaObject('Feed', {
  description: 'Where articles come from.',
  interfaces: [Node],
  select: { id: true },
  fields: (t) => ({
    id: t.exposeID('id', { description: 'A UUID.' }),
    url: t.expose('url', { type: 'URL', description: 'Where it is, without credentials.' }),
    siteUrl: t.expose('siteUrl', { type: 'URL', nullable: true, description: 'The site that it is of.' }),
    title: t.exposeString('title', { description: 'The given title, or its own; its host until the first pass.' }),
    category: t.relation('category', { description: 'The category that its articles go into.' }),
    format: t.expose('format', { type: FeedFormatEnum, nullable: true, description: 'What it is written in; null until it was read.' }),
    mapping: t.field({
      type: JsonMappingType,
      nullable: true,
      description: 'For JSON that is no feed.',
      select: { mapping: true },
      resolve: (feed) => feed.mapping as JsonMapping | null,
    }),
    fullText: t.expose('fullText', { type: FullTextEnum, description: "Whether an article's page is fetched for its text." }),
    enabled: t.exposeBoolean('enabled', { description: 'Whether it is checked by itself.' }),
    health: t.field({
      type: FeedHealth,
      description: 'How it is.',
      select: { enabled: true, nextCheckAt: true, consecutiveFailures: true, lastCheckedAt: true, lastChangedAt: true, lastError: true, httpStatus: true },
      resolve: (feed) => feed,
    }),
  }),
})

export const FeedConnection = connectionType('Feed', Feed)

const ArticleDraft = builder.objectRef<PreviewedDraft>('ArticleDraft').implement({
  description: 'An article as it would be ingested.',
  fields: (t) => ({
    url: t.expose('url', { type: 'URL', description: 'Its link, without fragment and tracking parameters.' }),
    title: t.exposeString('title', { description: 'Plain text on one line.' }),
    content: t.exposeString('content', { description: 'The body as plain text, paragraphs separated by a blank line.' }),
    guid: t.exposeString('guid', { nullable: true, description: "The feed's own id for it." }),
    publishedAt: t.expose('publishedAt', { type: 'DateTime', description: 'When it was published; now, where the feed does not say.' }),
    wordCount: t.exposeInt('wordCount', { description: 'Words of the body.' }),
  }),
})

export const FeedPreview = builder.objectRef<Preview>('FeedPreview').implement({
  description: 'What a feed would bring.',
  fields: (t) => ({
    title: t.exposeString('title', { description: "The feed's title; its host where it has none." }),
    format: t.expose('format', { type: FeedFormatEnum, description: 'What it is written in.' }),
    articles: t.field({ type: [ArticleDraft], description: 'Its entries. At most 1,000.', resolve: (preview) => preview.articles }),
    rejected: t.field({ type: [RejectedDraft], description: 'Entries that would not be stored.', resolve: (preview) => preview.rejected }),
    repaired: t.exposeStringList('repaired', { description: 'What had to be repaired to read it.' }),
  }),
})
