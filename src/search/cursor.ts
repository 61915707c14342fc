import { cursorInvalid } from '../errors.ts'
import { decodeCursor, encodeCursor } from '../graphql/connection.ts'
import { isUuid } from '../graphql/ids.ts'
import { parseInstant } from '../graphql/scalars.ts'
import { inTitle } from '../words/analysis.ts'
import type { Plan, ScoredTerm } from './plan.ts'
import type { Place } from './rank.ts'

type PackedTerm = [lexeme: string, languages: string[] | null, weight: number, articles: number, titles: number]

/** More than any query of 64 words makes, with what is added to it. */
const mostTerms = 2_000
/** PostgreSQL's limit for a lexeme, and less than its limit for all that are in one tsquery. */
const mostLexemeBytes = 2_046
const mostBytes = 1_000_000

/** Writes cursors: where a page ends, and how its search ranks. */
export function cursorWriter(scope: string, { articles, averageLength, newestBatch, terms, expansion }: Plan): (place: Place) => string {
  const pack = (some: ScoredTerm[] | null) => some?.map((term): PackedTerm => [term.lexeme, term.languages, term.weight, term.articles, term.titles]) ?? null
  const packed = JSON.stringify([articles, averageLength, newestBatch, pack(terms), pack(expansion)])
  return ({ score, publishedAt, id }) => encodeCursor(scope, [score, publishedAt, id, packed])
}

/** @throws CURSOR_INVALID for one that is malformed, or of another query or filter: cursors come back from strangers */
export function readCursor(scope: string, cursor: string): { place: Place; plan: Plan } {
  const [score, publishedAt, id, packed] = decodeCursor(scope, cursor, 'after')
  const plan = typeof packed === 'string' ? readPlan(packed) : undefined
  if (!plan || !isNumber(score) || !isInstant(publishedAt) || typeof id !== 'string' || !isUuid(id))
    throw cursorInvalid('This is no cursor of this search.', 'after')
  return { place: { score, publishedAt, id }, plan }
}

function readPlan(packed: string): Plan | undefined {
  let read: unknown
  try {
    read = JSON.parse(packed)
  } catch {
    return undefined
  }
  if (!Array.isArray(read)) return undefined
  const [articles, averageLength, newestBatch, own, added] = read as unknown[]
  const terms = readTerms(own)
  const expansion = readTerms(added)
  if (!isCount(articles) || !isNumber(averageLength) || averageLength < 1 || !isCount(newestBatch) || !terms || !expansion) return undefined
  return { articles, averageLength, newestBatch, terms, expansion }
}

function readTerms(packed: unknown): ScoredTerm[] | undefined {
  if (!Array.isArray(packed) || packed.length > mostTerms) return undefined
  const terms: ScoredTerm[] = []
  let bytes = 0
  for (const one of packed as unknown[]) {
    if (!Array.isArray(one)) return undefined
    const [lexeme, languages, weight, articles, titles] = one as unknown[]
    if (!isLexeme(lexeme) || !isNumber(weight) || !isCount(articles) || !isCount(titles)) return undefined
    if ((bytes += Buffer.byteLength(inTitle(lexeme))) > mostBytes) return undefined
    if (languages !== null && !(Array.isArray(languages) && languages.length < 50 && languages.every(isLanguage))) return undefined
    terms.push({ lexeme, languages, weight, articles, titles })
  }
  return terms
}

const isInstant = (value: unknown): value is string => typeof value === 'string' && parseInstant(value)?.toISOString() === value
const isLanguage = (value: unknown): value is string => typeof value === 'string' && /^[a-z]{2,8}$/.test(value)
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0 && value < 1e12
const isCount = (value: unknown): value is number => isNumber(value) && Number.isInteger(value) && value < 2 ** 31
/** Whatever PostgreSQL takes for a lexeme, with the mark of those in titles: it is quoted wherever it goes. */
const isLexeme = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && !value.includes('\0') && value.isWellFormed() && Buffer.byteLength(value) < mostLexemeBytes
