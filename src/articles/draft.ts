import { v7 as uuidv7 } from 'uuid'
import { readBody } from './body.ts'
import { canonicalLanguage } from './language.ts'
import { canonicalUrl, hash128 } from './identity.ts'
import type { DraftProblem, Enclosure, Entry } from './entry.ts'
import { gramsOf, keysOf, leastWords } from './near-text.ts'
import { countWords, plainLineFromText, readingTimeMinutes } from './text.ts'
import { readUrl } from '../read-url.ts'

/** In characters (UTF-16 code units). What a client sends beyond them is refused; what a feed sends is cut. */
export const limits = { url: 8_192, title: 1_000, content: 4_194_304, byline: 500, summary: 5_000, guid: 2_048, tags: 50, tag: 100, enclosures: 50 }

/** An entry that may be stored, with everything computed that needs no database. Null is: not supplied. */
export type Draft = {
  id: string
  categoryId: string
  url: string
  urlKey: string
  guid: string | null
  title: string
  content: string
  contentHtml: string
  textHash: string
  /** Articles with nearly the same text have one in common; none where it is too short to be told for a copy. */
  copyKeys: number[]
  wordCount: number
  readingTimeMinutes: number
  publishedAt: Date | null
  byline: string | null
  summary: string | null
  imageUrl: string | null
  language: string | null
  tags: string[] | null
  enclosures: Enclosure[] | null
}

/** Judges an entry by itself; what depends on the rest of the archive is the store's. */
export function draftOf(entry: Entry): Draft | DraftProblem {
  const lengths = tooLong(entry)
  if (lengths) return lengths
  const link = canonicalUrl(entry.url)
  if (!link) return problem('INVALID_URL', 'This is no absolute http or https URL.', 'url')
  if (entry.publishedAt === null) return problem('INVALID_DATE', 'This is no RFC 3339 date and time between the years 1 and 9999.', 'publishedAt')
  const image = entry.imageUrl === undefined ? undefined : absoluteHttpUrl(entry.imageUrl)
  if (entry.imageUrl !== undefined && !image) return problem('INVALID_URL', 'This is no absolute http or https URL.', 'imageUrl')
  const language = entry.language === undefined ? undefined : canonicalLanguage(entry.language)
  if (entry.language !== undefined && !language) return problem('INVALID_LANGUAGE', 'This is no language tag (BCP 47), such as en or pt-BR.', 'language')

  const { content, contentHtml } = readBody(entry.content, entry.contentFormat, entry.contentBase ?? link.url)
  const wordCount = countWords(content)
  const title = plainLineFromText(entry.title) || titleFrom(content)
  if (title === '') return problem('EMPTY', 'There is neither a title nor a text.', 'title')
  return {
    id: uuidv7(),
    categoryId: entry.categoryId,
    url: link.url,
    urlKey: link.key,
    guid: entry.guid === undefined ? null : plainLineFromText(entry.guid) || null,
    title,
    content,
    contentHtml,
    textHash: hash128(title, content),
    copyKeys: wordCount < leastWords ? [] : keysOf(gramsOf(content)),
    wordCount,
    readingTimeMinutes: readingTimeMinutes(content, wordCount),
    publishedAt: entry.publishedAt ?? null,
    byline: (entry.byline && plainLineFromText(entry.byline)) || null,
    summary: (entry.summary && plainLineFromText(entry.summary)) || null,
    imageUrl: image ?? null,
    language: language ?? null,
    tags: entry.tags ? [...new Set(entry.tags.map(plainLineFromText))].filter(Boolean) : null,
    enclosures: entry.enclosures ?? null,
  }
}

/** The beginning of a text as a title: to the last word that fits into 100 characters. */
function titleFrom(content: string): string {
  const line = plainLineFromText(content.slice(0, 400))
  if (line.length <= 100) return line
  const cut = line.slice(0, 100)
  return `${cut.includes(' ', 50) ? cut.slice(0, cut.lastIndexOf(' ')) : cut.slice(0, 99).toWellFormed()}…`
}

function tooLong(entry: Entry): DraftProblem | undefined {
  for (const field of ['url', 'title', 'content', 'byline', 'summary', 'guid'] as const) {
    if ((entry[field]?.length ?? 0) > limits[field]) return problem('TOO_LONG', `At most ${limits[field]} characters.`, field)
  }
  if ((entry.imageUrl?.length ?? 0) > limits.url) return problem('TOO_LONG', `At most ${limits.url} characters.`, 'imageUrl')
  if ((entry.tags?.length ?? 0) > limits.tags) return problem('TOO_LONG', `At most ${limits.tags} tags.`, 'tags')
  if (entry.tags?.some((tag) => tag.length > limits.tag)) return problem('TOO_LONG', `At most ${limits.tag} characters a tag.`, 'tags')
  return undefined
}

/** @returns undefined for what is none */
export function absoluteHttpUrl(text: string): string | undefined {
  const url = readUrl(text)
  return url && /^https?:$/.test(url.protocol) ? url.href : undefined
}

export function problem(code: DraftProblem['code'], message: string, field: string): DraftProblem {
  return { code, message, field }
}
