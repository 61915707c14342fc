import { memoized } from '../graphql/loader.ts'
import type { Context } from '../graphql/context.ts'
import { findSimilar } from './find.ts'
import { readFrequencies } from './frequencies.ts'
import { mostNeighbours, toBeRemade } from './step.ts'
import { pauses } from './pause.ts'
import { subjectsOf } from './subjects.ts'
import { tiesOf, unpack, unpackRarities } from './vector.ts'
import { findWaiting, readTerms, waitsSql } from './waiting.ts'

/** An article that is like another, and the words that tie them where they were found just now. */
export type Neighbour = { id: string; score: number; copyKeys: readonly number[]; terms?: string[] }

/** Of eight keys that two texts have in common where they are nearly the same, mostly (articles/near-text.ts). */
const sharedByCopies = 3

/**
 * Of each article, those that are most like it, as many, best first: as they are kept, in one statement; or else found now, in at most seven
 * more. While articles wait to be enriched, kept lists do not have them: what is found now among them is added.
 */
export const similarTo = memoized((first: number) => async (context: Context, ids: readonly string[]): Promise<Neighbour[][]> => {
  const { kept, missing, waits } = await readKept(context, ids, first)
  const asked = waits ? [...ids] : missing
  if (asked.length > 0) {
    for (const id of missing) kept.delete(id)
    for (const [id, list] of await findNow(context, asked, kept)) kept.set(id, list)
  }
  return ids.map((id) => withoutCopies(kept.get(id) ?? [], first))
})

type Kept = Map<string, Neighbour[]>

/** Missing is what was never made, and what has got too short for what is asked and waits to be made anew; `waits`: there is what no kept list can have yet. */
async function readKept({ prisma }: Context, ids: readonly string[], first: number): Promise<{ kept: Kept; missing: string[]; waits: boolean }> {
  const rows = await prisma.$queryRaw<{ of: string; made: boolean | null; waits: boolean; id: string | null; score: number; copyKeys: number[] }[]>`
    SELECT k.id AS of, v.articles > ${toBeRemade} AS made, ${waitsSql} AS waits, n.id, n.score, n.copy_keys AS "copyKeys"
    FROM unnest(${[...ids]}::uuid[]) AS k(id) LEFT JOIN article_vector v ON v.article_id = k.id
    LEFT JOIN LATERAL (
      SELECT a.id, n.score::float8 AS score, a.copy_keys FROM neighbour n JOIN article a ON a.id = n.neighbour_id WHERE n.article_id = k.id OFFSET 0
    ) n ON true ORDER BY n.score DESC, n.id`
  const kept: Kept = new Map()
  const unmade = new Set<string>()
  for (const { of, made, id, score, copyKeys } of rows) {
    if (made !== true) unmade.add(of)
    else if (!kept.has(of)) kept.set(of, [])
    if (id !== null) kept.set(of, [...(kept.get(of) ?? []), { id, score, copyKeys }])
  }
  return { kept, missing: [...unmade].filter((id) => (kept.get(id)?.length ?? 0) < first), waits: rows[0]?.waits ?? false }
}

/** The best, of two in nearly the same words the better one. */
function withoutCopies(list: Neighbour[], first: number): Neighbour[] {
  const chosen: Neighbour[] = []
  for (const one of list) {
    if (chosen.length === first) break
    const keys = new Set(one.copyKeys)
    if (!chosen.some((other) => other.copyKeys.filter((key) => keys.has(key)).length >= sharedByCopies)) chosen.push(one)
  }
  return chosen
}

/** As enriching would find them, of the newest of what waits for it, and of what is enriched: where a list is kept, of that. */
async function findNow({ prisma }: Context, ids: string[], kept: Kept): Promise<Kept> {
  const terms = await readTerms(prisma, ids)
  const frequencies = await readFrequencies(prisma, [...terms.values()])
  const subjects = await subjectsOf(terms, frequencies)
  const { vectors, found: waiting } = await findWaiting(prisma, subjects, frequencies)
  const found = subjects.map(({ id }, n) => [...(waiting[n] ?? []), ...(kept.get(id) ?? []).map((other) => other.id)])
  const lists = await findSimilar(prisma, subjects, { vectors, found, enough: new Set(kept.keys()) })
  const pause = pauses()
  const now: Kept = new Map()
  for (const subject of subjects) {
    const best = lists.get(subject.id)!.slice(0, mostNeighbours)
    now.set(
      subject.id,
      best.map(({ id, score, copyKeys, vector }) => ({ id, score, copyKeys, terms: tiesOf(subject, vector) })),
    )
    await pause()
  }
  return now
}

/** The words that tie two articles, as they stand in the first, of many pairs in one statement. */
export const tiesOfPairs = async ({ prisma }: Context, pairs: readonly { a: string; b: string }[]): Promise<string[][]> => {
  const ids = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))]
  const rows = await prisma.$queryRaw<
    { id: string; terms: string; words: string }[]
  >`SELECT article_id AS id, encode(terms, 'base64') AS terms, words FROM article_vector WHERE article_id = ANY(${ids}::uuid[])`
  const vectors = new Map(rows.map(({ id, terms, words }) => [id, { vector: unpack(terms), rarities: unpackRarities(terms), words: words.split(' ') }]))
  return pairs.map(({ a, b }) => {
    const [one, other] = [vectors.get(a), vectors.get(b)]
    return one && other ? tiesOf(one, other.vector) : []
  })
}
