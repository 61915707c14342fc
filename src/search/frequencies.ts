import type { EnrichmentStep } from '../enrichment/step.ts'

/**
 * Keeps the document frequencies (table lexeme) exact as of the articles that are enriched: an article counts for what it is found by
 * now, and no longer for what it was found by before. Marked lexemes are counted like any other; a lexeme that no article has is gone.
 */
export const countLexemes: EnrichmentStep = async (tx, articles) => {
  const changes = frequencyChanges(articles)
  if (changes.size === 0) return []
  // In one order: neighbours in the index are written one after the other.
  const lexemes = [...changes.keys()].sort()
  await tx.$executeRaw`
    INSERT INTO lexeme AS l (lexeme, articles) SELECT * FROM unnest(${lexemes}::text[], ${lexemes.map((lexeme) => changes.get(lexeme)!)}::int[])
    ON CONFLICT (lexeme) DO UPDATE SET articles = l.articles + excluded.articles`
  const fewer = lexemes.filter((lexeme) => changes.get(lexeme)! < 0)
  if (fewer.length > 0) await tx.$executeRaw`DELETE FROM lexeme WHERE lexeme = ANY(${fewer}::text[]) AND articles <= 0`
  return []
}

/** By how much the document frequencies change; lexemes of which as many come as go are left out. */
export function frequencyChanges(articles: readonly { lexemes: readonly string[]; before: readonly string[] | null }[]): Map<string, number> {
  const changes = new Map<string, number>()
  const add = (lexemes: Iterable<string>, by: number) => {
    for (const lexeme of lexemes) changes.set(lexeme, (changes.get(lexeme) ?? 0) + by)
  }
  for (const { lexemes, before } of articles) {
    add(lexemes, 1)
    if (before) add(before, -1)
  }
  for (const [lexeme, change] of changes) if (change === 0) changes.delete(lexeme)
  return changes
}
