import { queryFromInfo } from '@pothos/plugin-prisma'
import type { GraphQLResolveInfo } from 'graphql'
import type { Prisma } from '../db/generated/client.ts'
import { badInput } from '../errors.ts'
import { builder } from '../graphql/builder.ts'
import type { Context } from '../graphql/context.ts'
import { parseInstant } from '../graphql/scalars.ts'
import { encodeStreamCursor } from '../stream/cursor.ts'
import { readHead } from '../stream/log.ts'
import type { ContentFormat, DraftProblem, Entry } from './entry.ts'
import { removeArticle } from './remove.ts'
import { storeEntries, type StoreResult } from './store.ts'
import { Article } from './types.ts'

export const ContentFormatEnum = builder.enumType('ContentFormat', {
  description: 'How the text of a draft is written.',
  values: {
    TEXT: { description: 'Plain text, paragraphs separated by blank lines.' },
    HTML: { description: 'HTML; it is sanitised.' },
  } satisfies Record<ContentFormat, object>,
})

const ArticleInput = builder.inputType('ArticleInput', {
  description:
    'A draft. url, publishedAt and imageUrl are strings, since each draft is judged on its own. Text of up to 4 MiB is taken. What is null or left out takes nothing away from an article that is there.',
  fields: (t) => ({
    url: t.string({ required: true, description: 'The link: an absolute http(s) URL. It is what tells one article from another.' }),
    title: t.string({ required: true, description: 'One line; made from the text when blank. At most 1,000 characters.' }),
    content: t.string({ required: true, description: 'The text.' }),
    contentFormat: t.field({ type: ContentFormatEnum, required: true, defaultValue: 'TEXT', description: 'How the text is written.' }),
    categoryId: t.id({ required: true, description: 'The category it goes into, or moves to.' }),
    publishedAt: t.string({ description: 'RFC 3339; now when left out.' }),
    byline: t.string({ description: 'Who wrote it. At most 500 characters.' }),
    summary: t.string({ description: 'Two or three sentences, as plain text. At most 5,000 characters.' }),
    imageUrl: t.string({ description: 'Its picture: an absolute http(s) URL.' }),
    language: t.string({ description: 'BCP 47. Where none is stated an article keeps the one that it has, and a new one has that which its words tell.' }),
    tags: t.stringList({ description: 'At most 50, of at most 100 characters.' }),
    guid: t.string({ description: 'Tells apart drafts that share a link. At most 2,048 characters.' }),
  }),
})

const IngestArticlesInput = builder.inputType('IngestArticlesInput', {
  description: 'What is to be ingested.',
  fields: (t) => ({ articles: t.field({ type: [ArticleInput], required: true, description: '1 to 500 drafts.' }) }),
})

const IngestStatus = builder.enumType('IngestStatus', {
  description: 'What became of a draft.',
  values: {
    INGESTED: { description: 'A new article.' },
    UPDATED: { description: 'The article was there, and changed.' },
    DUPLICATE: { description: 'The article was there, the same.' },
    REJECTED: { description: 'Nothing was stored.' },
  } as const,
})

const DraftErrorCode = builder.enumType('DraftErrorCode', {
  description: 'Why a draft was rejected.',
  values: {
    INVALID_ID: { description: 'Not a UUID.' },
    INVALID_URL: { description: 'Not an absolute http(s) URL.' },
    INVALID_DATE: { description: 'Not an RFC 3339 date and time.' },
    INVALID_LANGUAGE: { description: 'Not a BCP 47 tag.' },
    INVALID_COUNT: { description: 'Not a number of reads that there can be.' },
    EMPTY: { description: 'Neither a title nor a text.' },
    TOO_LONG: { description: 'Longer than is taken.' },
    UNKNOWN_CATEGORY: { description: 'There is no such category.' },
    DELETED: { description: 'The article was deleted, and does not come back.' },
    CONFLICT: { description: 'The id is of something else, or the link of another article.' },
  } satisfies Record<DraftProblem['code'], object>,
})

const DraftError = builder.objectRef<DraftProblem>('DraftError').implement({
  description: 'What is wrong with a draft.',
  fields: (t) => ({
    code: t.expose('code', { type: DraftErrorCode, description: 'Why it was rejected.' }),
    message: t.exposeString('message', { description: 'The same for people.' }),
    field: t.exposeString('field', { nullable: true, description: 'The field that is wrong, where it is one.' }),
  }),
})

type Result = {
  status: 'INGESTED' | 'UPDATED' | 'DUPLICATE' | 'REJECTED'
  article: typeof Article.$inferType | null
  cursor: string | null
  error: DraftProblem | null
}

const IngestResult = builder.objectRef<Result>('IngestResult').implement({
  description: 'What became of a draft.',
  fields: (t) => ({
    status: t.expose('status', { type: IngestStatus, description: 'What became of it.' }),
    article: t.field({ type: Article, nullable: true, description: 'The article; null when rejected.', resolve: (result) => result.article as never }),
    cursor: t.exposeString('cursor', { nullable: true, description: "The event's position on the stream, when there was one." }),
    error: t.field({ type: DraftError, nullable: true, description: 'Why it was rejected.', resolve: (result) => result.error }),
  }),
})

export const IngestArticlesPayload = builder.objectRef<{ results: Result[] }>('IngestArticlesPayload').implement({
  description: 'What became of the drafts.',
  fields: (t) => ({ results: t.field({ type: [IngestResult], description: 'In the order of the input.', resolve: (payload) => payload.results }) }),
})

type Draft = typeof ArticleInput.$inferInput

export function entryOf({ publishedAt, contentFormat, byline, summary, imageUrl, language, tags, guid, ...rest }: Draft): Entry {
  return {
    ...rest,
    contentFormat,
    ...(publishedAt != null && { publishedAt: parseInstant(publishedAt) ?? null }),
    ...(byline != null && { byline }),
    ...(summary != null && { summary }),
    ...(imageUrl != null && { imageUrl }),
    ...(language != null && { language }),
    ...(tags != null && { tags }),
    ...(guid != null && { guid }),
  }
}

/** The answer to what was stored, with the articles as they are now. */
export async function ingestPayload(context: Context, info: GraphQLResolveInfo, results: StoreResult[]): Promise<{ results: Result[] }> {
  const { select } = queryFromInfo({ context, info, typeName: 'Article', select: { id: true }, path: ['results', 'article'] })
  const ids = results.flatMap((result) => ('articleId' in result ? result.articleId : []))
  const articles = await context.prisma.article.findMany({ select: select as Prisma.ArticleSelect, where: { id: { in: ids } } })
  const byId = new Map(articles.map((article) => [article.id, article as typeof Article.$inferType]))
  const { streamId } = await readHead(context.prisma)
  return {
    results: results.map((result) => ({
      status: result.status,
      article: 'articleId' in result ? (byId.get(result.articleId) ?? null) : null,
      cursor: 'position' in result ? encodeStreamCursor({ streamId, position: result.position }) : null,
      error: 'problem' in result ? result.problem : null,
    })),
  }
}

builder.mutationField('ingestArticles', (t) =>
  t.field({
    type: IngestArticlesPayload,
    description: '1 to 500 drafts, each judged on its own: one bad draft never loses the others.',
    args: { input: t.arg({ type: IngestArticlesInput, required: true, description: 'The drafts.' }) },
    resolve: async (_root, { input }, context, info) => {
      if (input.articles.length < 1 || input.articles.length > 500) throw badInput('Give 1 to 500 drafts.', 'input.articles')
      const results = await storeEntries(context, input.articles.map(entryOf), { source: null, clock: context.clock })
      return ingestPayload(context, info, results)
    },
  }),
)

const DeleteArticlePayload = builder.objectRef<{ id: string; cursor: string }>('DeleteArticlePayload').implement({
  description: 'What was removed.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The id that the article had.' }),
    cursor: t.exposeString('cursor', { description: "The event's position on the stream." }),
  }),
})

builder.mutationField('deleteArticle', (t) =>
  t.field({
    type: DeleteArticlePayload,
    description: 'Gone, with a tombstone: the same entry does not come back by itself.',
    args: { id: t.arg.id({ required: true, description: 'Which article.' }) },
    resolve: async (_root, { id }, context) => {
      const position = await removeArticle(context, id, context.clock())
      const { streamId } = await readHead(context.prisma)
      return { id, cursor: encodeStreamCursor({ streamId, position }) }
    },
  }),
)
