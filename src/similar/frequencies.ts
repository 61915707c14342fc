import type { Asked } from './find.ts'
import { pauses } from './pause.ts'
import type { Term } from './terms.ts'
import type { Frequencies } from './vector.ts'

/** The row of table lexeme that counts all articles (search/frequencies.ts). */
const everyArticle = '@'
/** Lexemes that one statement asks for: fifty articles have a quarter of a million where all their words are different. */
const mostAsked = 20_000

/** The document frequencies of the terms of articles, and of how many articles they are: those that are counted. One statement for each 20,000 lexemes. */
export async function readFrequencies(db: Asked, articles: readonly (readonly Term[])[]): Promise<Frequencies> {
  const pause = pauses()
  const distinct = new Set<string>()
  for (const terms of articles) {
    for (const { lexeme } of terms) distinct.add(lexeme)
    await pause()
  }
  const all = [...distinct]
  const known = new Map<string | null, number>()
  for (let at = 0; at === 0 || at < all.length; at += mostAsked) {
    const lexemes = all.slice(at, at + mostAsked).sort()
    const rows = await db.$queryRaw<{ lexeme: string | null; articles: number }[]>`
      SELECT lexeme, articles FROM lexeme WHERE lexeme = ANY(${lexemes}::text[]) UNION ALL SELECT NULL, articles FROM lexeme WHERE lexeme = ${everyArticle}`
    for (const row of rows) known.set(row.lexeme, row.articles)
    await pause()
  }
  return { articles: Math.max(1, known.get(null) ?? 0), of: (lexeme) => known.get(lexeme) ?? 1 }
}
