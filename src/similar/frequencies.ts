import type { Asked } from './find.ts'
import type { Term } from './terms.ts'
import type { Frequencies } from './vector.ts'

/** The document frequencies of the terms of articles, as far as those are enriched, in one statement. */
export async function readFrequencies(db: Asked, articles: readonly (readonly Term[])[]): Promise<Frequencies> {
  const lexemes = [...new Set(articles.flatMap((terms) => terms.map(({ lexeme }) => lexeme)))].sort()
  const rows = await db.$queryRaw<{ lexeme: string | null; articles: number }[]>`
    SELECT lexeme, articles FROM lexeme WHERE lexeme = ANY(${lexemes}::text[])
    UNION ALL SELECT NULL, articles FROM statistics_rollup WHERE category_id = '' AND minutes = 0`
  const known = new Map(rows.map((row) => [row.lexeme, row.articles]))
  // The sums may be behind.
  const all = Math.max(1, ...known.values())
  return { articles: all, of: (lexeme) => known.get(lexeme) ?? 1 }
}
