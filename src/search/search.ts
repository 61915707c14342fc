import type { Prisma as Client } from '../db/connect.ts'
import { hash128 } from '../articles/identity.ts'
import type { ArticleFilter } from '../articles/filter.ts'
import { detectLanguage } from '../words/language.ts'
import { particular } from '../words/lexemes.ts'
import { parseQuery, tsqueryOf, type Query } from '../words/query.ts'
import { inTitle } from '../words/analysis.ts'
import { readCollection, type Collection } from './collection.ts'
import { correct } from './correct.ts'
import { expand, isExpanded } from './expand.ts'
import type { Asked } from './highlight.ts'
import { lexemesOf, termsOf, wordsThatCount, type Plan } from './plan.ts'
import { byPlace, rankAgain, rankCandidates, type Place } from './rank.ts'
import { cursorWriter, readCursor } from './cursor.ts'

/** In UTF-16 code units and in words; what comes after is not read. */
const mostRead = 20_000
const mostWords = 64

export type SearchRequest = { query: string; filter: ArticleFilter; limit: number; after?: string }

/** A page of places, best first; `asked` is what the query itself asks for. */
export type Found = { places: Place[]; hasMore: boolean; asked: Asked; cursorOf: (place: Place) => string }

/**
 * Ranked search: BM25 over the best candidates, and for queries of several words once more with what the best articles have in common. The
 * first page makes the plan by which all pages rank; the cursor brings it along.
 * @throws CURSOR_INVALID
 */
export async function search(prisma: Client, { query: text, filter, limit, after }: SearchRequest): Promise<Found> {
  const scope = hash128('search', text, JSON.stringify(filter)).slice(0, 8)
  const key = after === undefined ? undefined : readCursor(scope, after)
  const query = parseQuery(text.slice(0, mostRead), mostWords)
  const plan = key?.plan ?? (await planFor(prisma, text, query))
  const first = await rankCandidates(prisma, plan, requiredOf(query), filter)
  plan.expansion ??= isExpanded(query.words.length, first.length) ? await expand(prisma, plan, first) : []
  const ranked = plan.expansion.length > 0 ? await rankAgain(prisma, first, [...plan.terms, ...plan.expansion], plan.averageLength) : first
  const left = key ? ranked.filter((place) => byPlace(place, key.place) > 0) : ranked
  return {
    places: left.slice(0, limit),
    hasMore: left.length > limit,
    asked: { weights: new Map(plan.terms.map(({ lexeme, weight }) => [lexeme, weight])), phrases: [...query.names, ...query.phrases] },
    cursorOf: cursorWriter(scope, plan),
  }
}

/** A query of nothing but what must not be in an article finds nothing. */
async function planFor(prisma: Client, text: string, query: Query): Promise<Plan> {
  const all = [...query.words, ...query.phrases.flat()]
  const lexemes = [...new Set(all.flatMap((word) => [...lexemesOf(word, particular).keys()]))]
  const collection = await readCollection(prisma, [...lexemes, ...lexemes.map(inTitle)])
  const languages = languagesOf(text, collection)
  const words = wordsThatCount(query, languages)
  const corrected = await correct(prisma, words, collection, languages)
  const { articles, averageLength, newestBatch } = collection
  return { articles, averageLength, newestBatch, terms: [...termsOf(words, collection), ...corrected], expansion: null }
}

/** The query's language where it can be told and the archive has it; else the languages in which much of the archive is. */
function languagesOf(text: string, { languages, share }: Collection): string[] {
  const detected = detectLanguage(text, '')
  return detected !== null && languages.includes(detected) ? [detected] : languages.filter((language, i) => i === 0 || share(language) >= 0.2)
}

const requiredOf = ({ phrases, without }: Query) => tsqueryOf({ words: [], names: [], phrases, without })
