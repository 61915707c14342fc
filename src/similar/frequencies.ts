import type { Asked } from './find.ts'
import type { Term } from './terms.ts'
import type { Frequencies } from './vector.ts'

/** The document frequencies of the terms of articles, and of how many articles they are: those that are enriched. One statement. */
export async function readFrequencies(db: Asked, articles: readonly (readonly Term[])[]): Promise<Frequencies> {
  const lexemes = [...new Set(articles.flatMap((terms) => terms.map(({ lexeme }) => lexeme)))].sort()
  const rows = await db.$queryRaw<{ lexeme: string | null; articles: number }[]>`
    SELECT lexeme, articles FROM lexeme WHERE lexeme = ANY(${lexemes}::text[]) UNION ALL SELECT NULL, articles FROM similar_count`
  const known = new Map(rows.map((row) => [row.lexeme, row.articles]))
  return { articles: Math.max(1, known.get(null) ?? 0), of: (lexeme) => known.get(lexeme) ?? 1 }
}
