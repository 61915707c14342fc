import { badInput } from '../errors.ts'
import { builder } from '../graphql/builder.ts'
import { connectionType } from '../graphql/connection.ts'
import { load } from '../graphql/loader.ts'
import { Node } from '../graphql/node.ts'
import type { Enclosure } from './entry.ts'
import type { ArticleOrder } from './list.ts'
import { revisionsOf } from './revisions.ts'
import { sightingsOf } from './sightings.ts'
import { paragraphs } from './text.ts'

const TextSource = builder.enumType('TextSource', {
  description: 'Where the body of an article came from.',
  values: {
    FEED: { description: 'The feed.' },
    PAGE: { description: "The article's page." },
    API: { description: 'ingestArticles, or importArticles.' },
  } as const,
})

const EnclosureType = builder.objectRef<Enclosure>('Enclosure').implement({
  description: 'A file that belongs to an article, such as a podcast episode.',
  fields: (t) => ({
    url: t.expose('url', { type: 'URL', description: 'Where the file is.' }),
    mediaType: t.exposeString('mediaType', { nullable: true, description: 'Its media type, e.g. audio/mpeg.' }),
    byteLength: t.exposeFloat('byteLength', { nullable: true, description: 'Its size in bytes, as the feed says.' }),
  }),
})

const Sighting = builder.prismaObject('Sighting', {
  description: 'Where an article was seen.',
  fields: (t) => ({
    // Not t.relation: that would read the sighting again first. Prisma makes one statement of all that is looked up by id at once.
    feed: t.prismaField({
      type: 'Feed',
      nullable: true,
      description: 'The feed that carried it; null for ingestArticles and importArticles, and once the feed is removed.',
      resolve: (query, { feedId }, _args, { prisma }) => (feedId === null ? null : prisma.feed.findUnique({ ...query, where: { id: feedId } })),
    }),
    url: t.expose('url', { type: 'URL', description: 'The link that it was seen under.' }),
    guid: t.exposeString('guid', { nullable: true, description: "The feed's own id for the entry." }),
    seenAt: t.expose('seenAt', { type: 'DateTime', description: 'When it was first seen there.' }),
  }),
})

const Revision = builder.prismaObject('Revision', {
  description: 'What stood in an article before an edit.',
  fields: (t) => ({
    title: t.exposeString('title', { description: 'The title then.' }),
    content: t.exposeString('content', { description: 'The text then, plain.' }),
    replacedAt: t.expose('replacedAt', { type: 'DateTime', description: 'When it was edited.' }),
  }),
})

/** A client has decided what its summary says; a feed's is often but the beginning of the text. */
const summaryOf = ({ summary, textSource, madeSummary }: { summary: string | null; textSource: string; madeSummary: { text: string } | null }) =>
  textSource === 'API' && summary !== null ? summary : (madeSummary?.text ?? null)

export const Article = builder.prismaObject('Article', {
  description: 'A piece of news, kept once however often it was seen.',
  interfaces: [Node],
  select: { id: true },
  fields: (t) => ({
    id: t.exposeID('id', { description: 'A UUID.' }),
    categoryId: t.exposeID('categoryId', { description: 'The id of its category.' }),
    category: t.relation('category', { description: 'Its category.' }),
    url: t.expose('url', { type: 'URL', description: 'The link as first seen, without fragment and tracking parameters.' }),
    title: t.exposeString('title', { description: 'Plain text on one line.' }),
    byline: t.exposeString('byline', { nullable: true, description: 'Who wrote it.' }),
    imageUrl: t.expose('imageUrl', { type: 'URL', nullable: true, description: 'Its picture.' }),
    language: t.exposeString('language', {
      nullable: true,
      description: 'BCP 47, e.g. en, ja: as its source stated it, else as its words tell. It stays until another is stated.',
    }),
    content: t.exposeString('content', { description: 'The body as plain text, paragraphs separated by a blank line.' }),
    paragraphs: t.stringList({ description: 'The paragraphs of the body.', select: { content: true }, resolve: (article) => paragraphs(article.content) }),
    contentHtml: t.exposeString('contentHtml', {
      description: 'The body as sanitised HTML: no script, no handler, no style, no form, links and images absolute http(s).',
    }),
    textSource: t.expose('textSource', { type: TextSource, description: 'Where the body came from.' }),
    summary: t.string({
      nullable: true,
      description:
        'Up to three sentences, or what a client supplied. They are made of the text a moment after that came or changed, and articleChanged tells: until then, so as a rule in articleIngested, it is null, as it is where there is no text.',
      select: { summary: true, textSource: true, madeSummary: { select: { text: true } } },
      resolve: summaryOf,
    }),
    sourceSummary: t.exposeString('summary', { nullable: true, description: 'As its feed or client supplied it.' }),
    tags: t.exposeStringList('tags', { description: 'The tags that its source gave it.' }),
    enclosures: t.field({
      type: [EnclosureType],
      description: 'Files that belong to it.',
      select: { enclosures: true },
      resolve: (article) => article.enclosures as Enclosure[],
    }),
    publishedAt: t.expose('publishedAt', {
      type: 'DateTime',
      description: 'When its source published it; when it was first seen, where the source does not say.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was ingested.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'Moves with an edit, not with enrichment or reads.' }),
    lastReadAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was last read.',
      select: { counter: { select: { lastReadAt: true } } },
      resolve: (article) => article.counter?.lastReadAt ?? null,
    }),
    wordCount: t.exposeInt('wordCount', { description: 'Words of the body.' }),
    readingTimeMinutes: t.exposeInt('readingTimeMinutes', {
      description: '265 words a minute; 500 characters a minute in Chinese, Japanese and Korean; at least 1.',
    }),
    readCount: t.int({
      description: 'How often it was read.',
      select: { counter: { select: { readCount: true } } },
      resolve: (article) => article.counter?.readCount ?? 0,
    }),
    sightings: t.field({
      type: [Sighting],
      description: 'Where it was seen: one for each feed or URL that carried it, oldest first. 1 to 100.',
      args: { first: t.arg.int({ required: true, defaultValue: 20, description: 'How many, 1 to 100.' }) },
      complexity: ({ first }) => ({ field: 1, multiplier: Math.min(100, Math.max(1, first)) }),
      resolve: (article, { first }, context) => {
        if (first < 1 || first > 100) throw badInput('first must be from 1 to 100.', 'first')
        return load(context, sightingsOf(first), article.id)
      },
    }),
    revisions: t.field({
      type: [Revision],
      description: 'What stood here before each edit, newest first. 1 to 100.',
      args: { first: t.arg.int({ required: true, defaultValue: 20, description: 'How many, 1 to 100.' }) },
      complexity: ({ first }) => ({ field: 1, multiplier: Math.min(100, Math.max(1, first)) }),
      resolve: (article, { first }, context) => {
        if (first < 1 || first > 100) throw badInput('first must be from 1 to 100.', 'first')
        return load(context, revisionsOf(first), article.id)
      },
    }),
  }),
})

export const ArticleConnection = connectionType('Article', Article)

export const ArticleFilterInput = builder.inputType('ArticleFilter', {
  description:
    'All given conditions must hold; a list matches any of its members, an empty list nothing. The same filter serves queries, statistics and subscriptions.',
  fields: (t) => ({
    categoryIds: t.idList({ description: 'In one of these categories.' }),
    feedIds: t.idList({ description: 'Seen in one of these feeds.' }),
    languages: t.stringList({ description: 'In one of these languages (BCP 47), stated or detected; en takes en-GB too.' }),
    publishedFrom: t.field({ type: 'DateTime', description: 'Published then or later.' }),
    publishedBefore: t.field({ type: 'DateTime', description: 'Published earlier.' }),
    minWordCount: t.int({ description: 'As many words or more.' }),
    maxWordCount: t.int({ description: 'As many words or fewer.' }),
    text: t.string({
      description:
        'Every word is in its title or text, every "phrase" too, and nothing after a -minus; words by their stem, in the article\'s language, and nothing is corrected. A text without a word is no condition; at most 1,000 characters and 32 words. Subscriptions ask the text as it is now; a removal, which leaves none, is delivered when the other conditions hold.',
    }),
  }),
})

export const ArticleOrderEnum = builder.enumType('ArticleOrder', {
  description: 'The order of a list of articles; ties by id.',
  values: {
    PUBLISHED_DESC: { description: 'Published last first.' },
    PUBLISHED_ASC: { description: 'Published first first.' },
    CREATED_DESC: { description: 'Ingested last first.' },
    CREATED_ASC: { description: 'Ingested first first.' },
    READ_COUNT_DESC: { description: 'Most read first.' },
    LAST_READ_DESC: { description: 'Read last first, those never read at the end.' },
  } satisfies Record<ArticleOrder, object>,
})
