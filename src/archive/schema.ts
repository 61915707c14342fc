import type { Enclosure } from '../articles/entry.ts'
import { ContentFormatEnum, entryOf, IngestArticlesPayload, ingestPayload } from '../articles/mutations.ts'
import { badInput } from '../errors.ts'
import { builder } from '../graphql/builder.ts'
import { parseInstant } from '../graphql/scalars.ts'
import type { ArchivedArticle } from './draft.ts'
import { importArticles } from './import.ts'

const EnclosureInput = builder.inputType('EnclosureInput', {
  description: 'A file that belongs to an article.',
  fields: (t) => ({
    url: t.string({ required: true, description: 'Where the file is: an absolute http(s) URL.' }),
    mediaType: t.string({ description: 'Its media type, e.g. audio/mpeg. At most 200 characters.' }),
    byteLength: t.float({ description: 'Its size in bytes.' }),
  }),
})

const ArchivedArticleInput = builder.inputType('ArchivedArticleInput', {
  description:
    'An article of an archive, with all that it has. URLs and dates are strings, since each is judged on its own; dates are RFC 3339. Text of up to 4 MiB is taken. What is null or left out takes nothing away from an article that is there.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Its id, a UUID. It stays.' }),
    url: t.string({ required: true, description: 'The link: an absolute http(s) URL. One link is one article, but for those that a guid tells apart.' }),
    title: t.string({ required: true, description: 'One line; made from the text when blank. At most 1,000 characters.' }),
    content: t.string({ required: true, description: 'The text.' }),
    contentFormat: t.field({ type: ContentFormatEnum, required: true, defaultValue: 'TEXT', description: 'How the text is written.' }),
    categoryId: t.id({ required: true, description: 'The category it is in.' }),
    publishedAt: t.string({ required: true, description: 'When its source published it.' }),
    createdAt: t.string({ description: 'When it was made; now when left out. It stays.' }),
    updatedAt: t.string({ description: 'When it was edited last; createdAt when left out. Where the article is there and was edited later, that stays.' }),
    lastReadAt: t.string({ description: 'When it was read last; of one that was read, updatedAt when left out.' }),
    readCount: t.int({ description: 'How often it was read, at most 1,000,000,000; 0 when left out, 1 with a lastReadAt. A count only ever rises.' }),
    byline: t.string({ description: 'Who wrote it. At most 500 characters.' }),
    summary: t.string({ description: 'Two or three sentences, as plain text. At most 5,000 characters.' }),
    imageUrl: t.string({ description: 'Its picture: an absolute http(s) URL.' }),
    language: t.string({ description: 'BCP 47. Where none is stated an article keeps the one that it has, and a new one has that which its words tell.' }),
    tags: t.stringList({ description: 'At most 50, of at most 100 characters.' }),
    guid: t.string({ description: 'The id that its source gave it. At most 2,048 characters.' }),
    enclosures: t.field({ type: [EnclosureInput], description: 'Files that belong to it. At most 50.' }),
  }),
})

const ImportArticlesInput = builder.inputType('ImportArticlesInput', {
  description: 'What is to be imported.',
  fields: (t) => ({ articles: t.field({ type: [ArchivedArticleInput], required: true, description: '1 to 500 articles.' }) }),
})

/** A date as it was supplied: left out, read, or null where it cannot be. */
const dateOf = <K extends string>(key: K, text: string | null | undefined) =>
  (text == null ? {} : { [key]: parseInstant(text) ?? null }) as { [key in K]?: Date | null }

function articleOf({ createdAt, updatedAt, lastReadAt, readCount, enclosures, ...draft }: typeof ArchivedArticleInput.$inferInput): ArchivedArticle {
  return {
    ...entryOf(draft),
    id: String(draft.id),
    ...dateOf('createdAt', createdAt),
    ...dateOf('updatedAt', updatedAt),
    ...dateOf('lastReadAt', lastReadAt),
    ...(readCount != null && { readCount }),
    ...(enclosures != null && { enclosures: enclosures.map(enclosureOf) }),
  }
}

const enclosureOf = ({ url, mediaType, byteLength }: typeof EnclosureInput.$inferInput): Enclosure => ({
  url,
  mediaType: mediaType ?? null,
  byteLength: byteLength ?? null,
})

builder.mutationField('importArticles', (t) =>
  t.field({
    type: IngestArticlesPayload,
    description: '1 to 500 articles of an existing archive, with all that they already have; the same again changes nothing.',
    args: { input: t.arg({ type: ImportArticlesInput, required: true, description: 'The articles.' }) },
    resolve: async (_root, { input }, context, info) => {
      if (input.articles.length < 1 || input.articles.length > 500) throw badInput('Give 1 to 500 articles.', 'input.articles')
      return ingestPayload(context, info, await importArticles(context, input.articles.map(articleOf)))
    },
  }),
)
