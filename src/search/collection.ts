import type { Prisma as Client } from '../db/connect.ts'
import { baseLanguage } from '../words/language.ts'
import { everyArticle } from './frequencies.ts'

/** What ranking must know of all articles, as far as they are counted; those of the last moments may not be. */
export type Collection = {
  articles: number
  /** Words of an article on average, stop words apart: of a sample. */
  averageLength: number
  /** The number of the newest thousand, as articles have it. */
  newestBatch: number
  /** ISO 639-1, the most frequent first, and those of the last moments. */
  languages: string[]
  /** The other languages of the archive. */
  further: string[]
  /** The share of the articles that are in a language. */
  share: (language: string) => number
  /** In how many articles a lexeme is, of those that were asked about. */
  frequencies: Map<string, number>
}

/** A word is asked for by its stems in so many languages; in so many more by those that the archive has. */
const mostLanguages = 12
const mostFurther = 100
/** The average length is that of the articles in so many pages of the table, spread evenly; of a small table, in all. Of a page so many rows are read. */
const pagesSampled = 64
const rowsSampled = 32
/** The newest articles have the newest batch, whose sequence may be far ahead of them; transactions that overlap mix a few up. */
const newestLooked = 100

type Row = {
  counted: Record<string, number> | null
  languages: Record<string, number> | null
  fresh: string[] | null
  length: number | null
  batch: number
}

/** Reads it, with the document frequencies of lexemes. One statement. */
export async function readCollection(prisma: Client, lexemes: readonly string[]): Promise<Collection> {
  const [row] = await prisma.$queryRaw<Row[]>`
    SELECT (SELECT json_object_agg(lexeme, articles) FROM lexeme WHERE lexeme = ANY(${[everyArticle, ...lexemes]}::text[])) AS counted,
      (SELECT json_object_agg(substr(lexeme, 2), articles) FROM (
        SELECT lexeme, articles FROM lexeme WHERE lexeme > '@' AND lexeme < 'A' ORDER BY articles DESC, lexeme LIMIT ${mostFurther}) l) AS languages,
      (SELECT json_agg(DISTINCT a.language) FROM article a WHERE a.id IN (SELECT article_id FROM frequency_task ORDER BY id DESC LIMIT 100)) AS fresh,
      (SELECT avg(length)::float8 FROM article_lexemes WHERE ctid = ANY(ARRAY(
        SELECT format('(%s,%s)', page, row)::tid
        FROM (SELECT pg_relation_size('article_lexemes') / current_setting('block_size')::int AS pages) size,
          generate_series(0, pages - 1, 1 + pages / ${pagesSampled}::int) AS page, generate_series(1, ${rowsSampled}::int) AS row))) AS length,
      (SELECT coalesce(max(batch[1]), 0) FROM (SELECT batch FROM article_lexemes ORDER BY article_id DESC LIMIT ${newestLooked}) b)::int AS batch`
  const { counted, languages, fresh, length, batch } = row!
  const frequencies = new Map(Object.entries(counted ?? {}))
  const spoken = Object.entries(languages ?? {}).sort((a, b) => b[1] - a[1])
  const total = spoken.reduce((sum, [, articles]) => sum + articles, 0)
  const uncounted = (fresh ?? []).flatMap((tag) => baseLanguage(tag) ?? [])
  const main = [...new Set([...spoken.slice(0, mostLanguages).map(([language]) => language), ...uncounted])].slice(0, 2 * mostLanguages)
  return {
    articles: Math.max(1, frequencies.get(everyArticle) ?? 0, ...frequencies.values()),
    averageLength: Math.max(1, length ?? 1),
    newestBatch: batch,
    languages: main,
    further: spoken.map(([language]) => language).filter((language) => !main.includes(language)),
    share: (language) => (total === 0 ? 1 : (languages?.[language] ?? 0) / total),
    frequencies,
  }
}
