/** How the text of an entry is written. */
export type ContentFormat = 'TEXT' | 'HTML'

export type Enclosure = { url: string; mediaType: string | null; byteLength: number | null }

/**
 * An article as somebody brings it, a feed or a client: read, but not judged yet. What is left out was not supplied, and
 * so never counts as a change of what is stored.
 */
export type Entry = {
  /** As supplied: it may be no URL at all. */
  url: string
  /** Plain text on one line; '' when there is none. */
  title: string
  content: string
  contentFormat: ContentFormat
  /** What relative links in it are relative to; the article's URL when left out. */
  contentBase?: string
  categoryId: string
  guid?: string
  /** Null where a date was supplied that cannot be read. */
  publishedAt?: Date | null
  byline?: string
  summary?: string
  imageUrl?: string
  language?: string
  tags?: string[]
  enclosures?: Enclosure[]
}

/** Why an entry is not stored; `field` is the part of it that is wrong. */
export type DraftProblem = {
  code:
    'INVALID_ID' | 'INVALID_URL' | 'INVALID_DATE' | 'INVALID_LANGUAGE' | 'INVALID_COUNT' | 'EMPTY' | 'TOO_LONG' | 'UNKNOWN_CATEGORY' | 'DELETED' | 'CONFLICT'
  message: string
  field: string | null
}
