import { inTitle, quoted } from '../words/analysis.ts'
import type { Plan, ScoredTerm } from './plan.ts'

/** Articles to rank: those that a tsquery finds, among the newest batches where they are given; at most so many. */
export type Source = { query: string; batches: number[] | null; most: number }

/** An archive of up to so many articles is ranked as a whole. */
export const rankedWhole = 20_000
/** Of a larger one, articles with rare words, and as many again with common ones. */
const budget = 4_000
/** What an intersection may have to go through. */
const passed = 20_000
const batchSize = 1_024
const mostBatches = 1_000

const anyOf = (lexemes: readonly string[]) => `(${[...new Set(lexemes)].map(quoted).join('|')})`

/**
 * Where to look for the best articles, so that their number is bounded whatever is asked. Of a large archive: all articles with the rarest
 * words, as long as these are few; and for words that are in too many, those that have one in their title, those that have all of them and
 * what is required, which may be far from the newest, and the others, of each the newest.
 * @param required a tsquery that must hold besides
 */
export function sourcesOf(plan: Plan, required: string | undefined): Source[] {
  const terms = [...plan.terms].sort((a, b) => a.articles - b.articles)
  const and = (query: string) => (required === undefined ? query : `${query} & ${required}`)
  const lexemes = (some: readonly ScoredTerm[]) => some.map(({ lexeme }) => lexeme)
  if (terms.length === 0) return []
  if (plan.articles <= rankedWhole) return [{ query: and(anyOf(lexemes(terms))), batches: null, most: 2 * rankedWhole }]
  let sum = 0
  const rare = terms.filter(({ articles }) => (sum += articles) <= budget)
  const common = terms.slice(rare.length)
  const sources: Source[] = []
  if (rare.length > 0) sources.push({ query: and(anyOf(lexemes(rare))), batches: null, most: 2 * budget })
  if (common.length > 0) {
    const total = (of: 'articles' | 'titles') => common.reduce((all, term) => all + term[of], 0)
    const share = budget / (rare.length > 0 ? 4 : 2)
    sources.push(
      { query: and(anyOf(lexemes(common).map(inTitle))), batches: newest(plan, share / total('titles')), most: 2 * share },
      { query: and(anyOf(lexemes(common))), batches: newest(plan, share / total('articles')), most: 2 * share },
    )
    const least = common[0]!.articles
    if (common.length > 1 || required !== undefined) {
      const all = common.slice(0, 4).map(({ lexeme }) => anyOf([lexeme]))
      sources.push({ query: and(all.join(' & ')), batches: newest(plan, passed / least), most: share })
      if (all.length > 2) sources.push({ query: and(`${all[0]} & ${all[1]}`), batches: newest(plan, passed / least), most: share })
    }
  }
  return sources
}

/** The batches of the newest articles, a share of all. Null: no bound is needed. */
function newest({ articles, newestBatch }: Plan, share: number): number[] | null {
  if (share >= 1) return null
  const count = Math.min(mostBatches, newestBatch + 1, Math.ceil((articles * share) / batchSize))
  return Array.from({ length: count }, (_, i) => newestBatch - i)
}
