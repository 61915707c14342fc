import type { Prisma as Client } from '../db/connect.ts'
import { rarity, type Plan, type ScoredTerm } from './plan.ts'
import type { Place } from './rank.ts'

/** How many of the best articles are taken for good ones, and how many of their lexemes are added. */
const taken = 5
const added = 20
/** How much the added lexemes weigh of the whole. */
const mixed = 0.4
/** With fewer words, the best articles may be about something else; with fewer results there is nothing to sort anew. */
const leastWords = 3
const leastResults = 20
/** A lexeme that is in more of the articles tells nothing, one that is in fewer than two finds nothing. */
const mostShare = 0.3
const mostLexemes = 500

export const isExpanded = (words: number, results: number) => words >= leastWords && results >= leastResults

type Row = { lexeme: string; articles: number; titles: number; presence: number }

/**
 * What the best articles have in common: relevance feedback without asking (Rocchio 1971; RM3, Abdul-Jaleel et al. 2004). Sentences find
 * articles that say the same in other words. One statement.
 */
export async function expand(prisma: Client, { articles, averageLength, terms }: Plan, places: readonly Place[]): Promise<ScoredTerm[]> {
  const best = places.slice(0, taken)
  const total = best.reduce((sum, { score }) => sum + score, 0)
  const rows = await prisma.$queryRaw<Row[]>`
    SELECT f.lexeme, f.articles, 0 AS titles, sum(d.presence) AS presence FROM (
      SELECT u.lexeme, b.share * cardinality(u.positions) / (cardinality(u.positions) + 0.48 + 0.72 * l.length / ${averageLength}::float8) AS presence
      FROM unnest(${best.map(({ id }) => id)}::uuid[], ${best.map(({ score }) => score / total)}::float8[]) AS b(id, share)
      JOIN article_lexemes l ON l.article_id = b.id
      CROSS JOIN LATERAL (
        SELECT lexeme, positions FROM unnest(l.lexemes) WHERE positions IS NOT NULL AND char_length(lexeme) > 1 AND lexeme !~ '^[0-9]+$'
        ORDER BY cardinality(positions) DESC, lexeme LIMIT ${mostLexemes}) u
    ) d JOIN lexeme f ON f.lexeme = d.lexeme
    WHERE f.articles BETWEEN 2 AND ${articles * mostShare}::float8
    GROUP BY f.lexeme, f.articles
    ORDER BY sum(d.presence) * ln(1 + (greatest(${articles}::float8, f.articles) - f.articles + 0.5) / (f.articles + 0.5)) DESC, f.lexeme LIMIT ${added}`
  return weighted(terms, rows, articles)
}

/** The added lexemes by how much they say, so that they weigh their part of the whole. */
function weighted(terms: readonly ScoredTerm[], rows: readonly Row[], articles: number): ScoredTerm[] {
  const values = rows.map((row) => row.presence * rarity(row.articles, articles))
  const own = terms.reduce((sum, { weight }) => sum + weight, 0)
  const all = values.reduce((sum, value) => sum + value, 0)
  const share = ((mixed / (1 - mixed)) * own) / all
  return rows.map(({ lexeme, articles: having }, i) => ({ lexeme, languages: null, weight: values[i]! * share, articles: having, titles: 0 }))
}
