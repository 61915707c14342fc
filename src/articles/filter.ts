import { Prisma } from '../db/generated/client.ts'
import { badInput } from '../errors.ts'
import { isSlug, isUuid } from '../graphql/ids.ts'
import type { ArticleFacts } from '../stream/log.ts'
import { askedText, textSql, type AskedText, type TextWay } from './filter-text.ts'
import { canonicalLanguage } from './language.ts'

/** The one filter of queries, statistics and subscriptions. All given conditions must hold; an empty list matches nothing. */
export type ArticleFilter = {
  categoryIds?: string[]
  feedIds?: string[]
  languages?: string[]
  publishedFrom?: Date
  publishedBefore?: Date
  minWordCount?: number
  maxWordCount?: number
  text?: AskedText
}

type Given = Omit<ArticleFilter, 'text'> & { text?: string }
type FilterInput = { [K in keyof Given]?: Given[K] | null | undefined } | null | undefined

const mostMembers = 1000

/**
 * The filter as a client gave it, without its nulls, with languages in their canonical spelling. What cannot be an
 * id matches nothing, like any other unknown one; a text that asks for nothing is none.
 * @throws BAD_USER_INPUT for a language that is none, a list of more than 1,000, or a text of more than 1,000 characters or 32 words
 */
export function articleFilter(input: FilterInput): ArticleFilter {
  const { text, ...given } = Object.fromEntries(Object.entries(input ?? {}).filter(([, value]) => value !== null && value !== undefined)) as Given
  for (const field of ['categoryIds', 'feedIds', 'languages'] as const) {
    if ((given[field]?.length ?? 0) > mostMembers) throw badInput(`At most ${mostMembers} members.`, `filter.${field}`)
  }
  const asked = text === undefined ? undefined : askedText(text)
  return {
    ...given,
    ...(asked && { text: asked }),
    ...(given.categoryIds && { categoryIds: given.categoryIds.filter(isSlug) }),
    ...(given.feedIds && { feedIds: given.feedIds.filter(isUuid).map((id) => id.toLowerCase()) }),
    ...(given.languages && { languages: given.languages.map((tag) => canonicalLanguage(tag) ?? invalidLanguage(tag)) }),
  }
}

function invalidLanguage(tag: string): never {
  throw badInput(`"${tag.slice(0, 40)}" is no language tag (BCP 47), such as en or pt-BR.`, 'filter.languages')
}

/** A filter without a text, for the Prisma client, which cannot ask for one. */
export function filterWhere(filter: ArticleFilter & { text?: never }): Prisma.ArticleWhereInput {
  const { categoryIds, feedIds, languages, publishedFrom, publishedBefore, minWordCount, maxWordCount } = filter
  return {
    ...(categoryIds && { categoryId: { in: categoryIds } }),
    ...(feedIds && { sightings: { some: { feedId: { in: feedIds } } } }),
    // "en" takes "en-GB" too (basic filtering, RFC 4647). The empty list is there for Prisma, which leaves an OR of nothing out.
    ...(languages && { OR: [{ language: { in: languages } }, ...languages.map((tag) => ({ language: { startsWith: `${tag}-` } }))] }),
    ...((publishedFrom || publishedBefore) && {
      publishedAt: { ...(publishedFrom && { gte: publishedFrom }), ...(publishedBefore && { lt: publishedBefore }) },
    }),
    ...((minWordCount !== undefined || maxWordCount !== undefined) && {
      wordCount: { ...(minWordCount !== undefined && { gte: minWordCount }), ...(maxWordCount !== undefined && { lte: maxWordCount }) },
    }),
  }
}

/** For SQL of our own: a condition on the row `a` of article. @param way to the articles that have its text (filter-text.ts) */
export function filterSql(filter: ArticleFilter, way: TextWay = 'each'): Prisma.Sql {
  const { categoryIds, feedIds, languages, publishedFrom, publishedBefore, minWordCount, maxWordCount, text } = filter
  const conditions = [
    categoryIds && Prisma.sql`a.category_id = ANY(${categoryIds}::text[])`,
    feedIds && Prisma.sql`EXISTS (SELECT FROM sighting s WHERE s.article_id = a.id AND s.feed_id = ANY(${feedIds}::uuid[]))`,
    languages && Prisma.sql`EXISTS (SELECT FROM unnest(${languages}::text[]) tag WHERE a.language = tag OR starts_with(a.language, tag || '-'))`,
    publishedFrom && Prisma.sql`a.published_at >= ${publishedFrom}`,
    publishedBefore && Prisma.sql`a.published_at < ${publishedBefore}`,
    minWordCount !== undefined && Prisma.sql`a.word_count >= ${minWordCount}`,
    maxWordCount !== undefined && Prisma.sql`a.word_count <= ${maxWordCount}`,
    text && textSql(text, way),
  ].filter((condition) => condition instanceof Prisma.Sql)
  return conditions.length === 0 ? Prisma.sql`true` : Prisma.join(conditions, ' AND ')
}

/** For events: whether all of it but the text, which an event does not hold, held for the article as it was then. */
export function filterMatches(filter: ArticleFilter, facts: ArticleFacts): boolean {
  const { categoryIds, feedIds, languages, publishedFrom, publishedBefore, minWordCount, maxWordCount } = filter
  const published = Date.parse(facts.publishedAt)
  return (
    (!categoryIds || categoryIds.includes(facts.categoryId)) &&
    (!feedIds || facts.feedIds.some((id) => feedIds.includes(id))) &&
    (!languages || languages.some((tag) => facts.language === tag || facts.language?.startsWith(`${tag}-`) === true)) &&
    (!publishedFrom || published >= publishedFrom.getTime()) &&
    (!publishedBefore || published < publishedBefore.getTime()) &&
    (minWordCount === undefined || facts.wordCount >= minWordCount) &&
    (maxWordCount === undefined || facts.wordCount <= maxWordCount)
  )
}
