import { gramsOf, jaccard, nearlySame } from '../articles/near-text.ts'
import type { Transaction } from '../db/connect.ts'
import { comparing, cosine, unpack, type Subject, type Vector } from './vector.ts'

/** What statements are asked of: a client, or one inside a transaction. */
export type Asked = Pick<Transaction, '$queryRaw'>

type Candidate = { id: string; vector: Vector; copyKeys: readonly number[] }
export type Similar = Candidate & { score: number }

/** Articles whose vectors are not stored yet, and for each subject, in the same order, which of them to compare it with. */
export type Unstored = { vectors: Map<string, Vector>; found: string[][] }

/** Articles that are looked at for each key, and that are compared for each subject: those that share the heaviest keys. */
const most = { ofKey: 300, compared: 100 }
/** Below this two articles share a word or two, and no subject. */
const leastScore = 0.1
/** Texts that are too short to have copy keys may be copies from this cosine on: it knows their titles too, which may differ. */
const maybeSame = 0.6
/** Texts that are read in order to tell copies, and how much of each, in characters. What is beyond is taken for a copy. */
const read = { texts: 1_000, characters: 20_000 }

/**
 * For each subject the articles that are like it, best first, without itself and nearly the same texts: at most 100 of those whose vectors are
 * stored, besides those given. Three statements at most.
 */
export async function findSimilar(db: Asked, subjects: readonly Subject[], { vectors, found: others }: Unstored = { vectors: new Map(), found: [] }) {
  const found = (await findCandidates(db, subjects)).map((ids, i) => [...new Set([...ids, ...(others[i] ?? [])])])
  const candidates = await readCandidates(db, [...new Set([...subjects.map(({ id }) => id), ...found.flat()])], vectors)
  const lists = new Map<string, Similar[]>()
  found.forEach((ids, i) => {
    const compare = comparing(subjects[i]!)
    const list = ids.flatMap((id) => {
      const candidate = candidates.get(id)
      const score = candidate ? compare(candidate.vector) : 0
      return candidate && score >= leastScore ? [{ ...candidate, score }] : []
    })
    lists.set(
      subjects[i]!.id,
      list.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)),
    )
  })
  await removeCopies(db, lists, candidates, new Map(subjects.map(({ id, vector }) => [id, vector])))
  return lists
}

async function findCandidates(db: Asked, subjects: readonly Subject[]): Promise<string[][]> {
  const rows = subjects.map(({ id, keys }, n) => ({ n, id, keys: keys.map(({ term }) => term), weights: keys.map(({ weight }) => weight) }))
  const found = await db.$queryRaw<{ n: number; id: string }[]>`
    SELECT s.n, c.id FROM json_to_recordset(${JSON.stringify(rows)}::json) AS s(n int, id uuid, keys int[], weights float8[])
    CROSS JOIN LATERAL similar_candidates(s.id, s.keys, s.weights, ${most.ofKey}::int, ${most.compared}::int) AS c(id)`
  const lists: string[][] = subjects.map(() => [])
  for (const { n, id } of found) lists[n]!.push(id)
  return lists
}

/** Of articles that are there. */
async function readCandidates(db: Asked, ids: string[], unstored: Map<string, Vector>): Promise<Map<string, Candidate>> {
  if (ids.length === 0) return new Map()
  const rows = await db.$queryRaw<{ id: string; terms: Uint8Array | null; copyKeys: number[] }[]>`
    SELECT k.id, v.terms, a.copy_keys AS "copyKeys" FROM unnest(${ids}::uuid[]) AS k(id) JOIN article a ON a.id = k.id LEFT JOIN article_vector v ON v.article_id = k.id`
  return new Map(rows.map(({ id, terms, copyKeys }) => [id, { id, copyKeys, vector: unstored.get(id) ?? unpack(terms ?? new Uint8Array()).vector }]))
}

/** Takes from the lists what stands there in nearly the same words (articles/near-text.ts). */
async function removeCopies(db: Asked, lists: Map<string, Similar[]>, candidates: Map<string, Candidate>, vectors: Map<string, Vector>): Promise<void> {
  const pairs: [string, string][] = []
  for (const [id, list] of lists) {
    const keys = new Set(candidates.get(id)?.copyKeys)
    for (const other of list) {
      const maybe =
        keys.size === 0 || other.copyKeys.length === 0 ? cosine(vectors.get(id)!, other.vector) >= maybeSame : other.copyKeys.some((key) => keys.has(key))
      if (maybe) pairs.push([id, other.id])
    }
  }
  const ids = [...new Set(pairs.flat())].slice(0, read.texts)
  if (ids.length === 0) return
  const rows = await db.$queryRaw<
    { id: string; content: string }[]
  >`SELECT id, left(content, ${read.characters}) AS content FROM article WHERE id = ANY(${ids}::uuid[])`
  const grams = new Map(rows.map(({ id, content }) => [id, gramsOf(content)]))
  const copies = new Set(
    pairs.filter(([a, b]) => !grams.has(a) || !grams.has(b) || jaccard(grams.get(a)!, grams.get(b)!) >= nearlySame).map((pair) => pair.join()),
  )
  for (const [id, list] of lists)
    lists.set(
      id,
      list.filter((other) => !copies.has(`${id},${other.id}`)),
    )
}
