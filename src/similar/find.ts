import { gramsOf, jaccard, nearlySame, type Grams } from '../articles/near-text.ts'
import type { Transaction } from '../db/connect.ts'
import { pauses } from './pause.ts'
import { comparing, cosine, unpack, type Subject, type Vector } from './vector.ts'

/** What statements are asked of: a client, or one inside a transaction. */
export type Asked = Pick<Transaction, '$queryRaw'>

type Candidate = { id: string; vector: Vector; copyKeys: readonly number[] }
export type Similar = Candidate & { score: number }

/** Vectors of articles that have none stored, and articles for each subject, in the same order, to compare it with besides. */
export type Given = { vectors: Map<string, Vector>; found: string[][]; /** Subjects that are compared with no others. */ enough?: ReadonlySet<string> }

/** Articles that are looked at for each key, the newest, and that are compared for each subject: those that share the heaviest keys. */
const most = { ofKey: 150, compared: 50 }
/** Below this two articles share a word or two, and no subject. */
const leastScore = 0.1
/** Texts that are too short to have copy keys may be copies from this cosine on: it knows their titles too, which may differ. */
const maybeSame = 0.6
/** Texts that are read in order to tell copies, in bytes each and all of them. */
const mostRead = { texts: 400, ofEach: 200_000, ofAll: 4_000_000 }
/** Texts that are not read are copies where they share so many of their keys: 97 of a hundred that are just nearly the same do, and 2 of a hundred that are a third the same. */
const sharedByUnread = 2

/**
 * For each subject the articles that are like it, best first, without itself and nearly the same texts: at most 50 of those whose vectors are
 * stored, besides those given. Three statements at most.
 */
export async function findSimilar(db: Asked, subjects: readonly Subject[], { vectors, found: given, enough }: Given = { vectors: new Map(), found: [] }) {
  const candidatesOf = await findCandidates(
    db,
    subjects.filter(({ id }) => !enough?.has(id)),
  )
  const found = subjects.map(({ id }, i) => [...new Set([...(candidatesOf.get(id) ?? []), ...(given[i] ?? [])])])
  const candidates = await readCandidates(db, [...new Set([...subjects.map(({ id }) => id), ...found.flat()])], vectors)
  const lists = new Map<string, Similar[]>()
  const pause = pauses()
  for (const [i, ids] of found.entries()) {
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
    await pause()
  }
  await removeCopies(db, lists, candidates, new Map(subjects.map(({ id, vector }) => [id, vector])))
  return lists
}

async function findCandidates(db: Asked, subjects: readonly Subject[]): Promise<Map<string, string[]>> {
  const lists = new Map<string, string[]>(subjects.map(({ id }) => [id, []]))
  if (subjects.length === 0) return lists
  const rows = subjects.map(({ id, keys }) => ({ id, keys: keys.map(({ term }) => term), weights: keys.map(({ weight }) => weight) }))
  const found = await db.$queryRaw<{ of: string; id: string }[]>`
    SELECT s.id AS of, c.id FROM json_to_recordset(${JSON.stringify(rows)}::json) AS s(id uuid, keys int[], weights float8[])
    CROSS JOIN LATERAL similar_candidates(s.id, s.keys, s.weights, ${most.ofKey}::int, ${most.compared}::int) AS c(id)`
  for (const { of, id } of found) lists.get(of)!.push(id)
  return lists
}

/** Of articles that are there. */
async function readCandidates(db: Asked, ids: string[], unstored: Map<string, Vector>): Promise<Map<string, Candidate>> {
  if (ids.length === 0) return new Map()
  const rows = await db.$queryRaw<{ id: string; terms: string | null; copyKeys: number[] }[]>`
    SELECT k.id, encode(v.terms, 'base64') AS terms, a.copy_keys AS "copyKeys" FROM unnest(${ids}::uuid[]) AS k(id) JOIN article a ON a.id = k.id LEFT JOIN article_vector v ON v.article_id = k.id`
  const pause = pauses()
  const candidates = new Map<string, Candidate>()
  for (const { id, terms, copyKeys } of rows) {
    candidates.set(id, { id, copyKeys, vector: unstored.get(id) ?? unpack(terms ?? '') })
    await pause()
  }
  return candidates
}

/** Takes from the lists what stands there in nearly the same words (articles/near-text.ts). */
async function removeCopies(db: Asked, lists: Map<string, Similar[]>, candidates: Map<string, Candidate>, vectors: Map<string, Vector>): Promise<void> {
  const pause = pauses()
  const pairs: { of: string; other: Similar; shared: number }[] = []
  for (const [id, list] of lists) {
    const keys = new Set(candidates.get(id)?.copyKeys)
    for (const other of list) {
      const shared = other.copyKeys.filter((key) => keys.has(key)).length
      // Texts that are too short for keys are told by their words alone.
      if (keys.size === 0 || other.copyKeys.length === 0) {
        if (cosine(vectors.get(id)!, other.vector) >= maybeSame) pairs.push({ of: id, other, shared: sharedByUnread })
      } else if (shared > 0) pairs.push({ of: id, other, shared })
    }
    await pause()
  }
  if (pairs.length === 0) return
  const grams = await readGrams(db, [...new Set(pairs.flatMap(({ of, other }) => [of, other.id]))].slice(0, mostRead.texts))
  const copies = new Map<string, Set<string>>()
  for (const { of, other, shared } of pairs) {
    const [one, two] = [grams.get(of), grams.get(other.id)]
    if (one && two ? jaccard(one, two) >= nearlySame : shared >= sharedByUnread) copies.set(of, (copies.get(of) ?? new Set()).add(other.id))
    await pause()
  }
  for (const [of, ids] of copies)
    lists.set(
      of,
      lists.get(of)!.filter(({ id }) => !ids.has(id)),
    )
}

/** Of texts in the order in which they are given, as far as they are read. */
async function readGrams(db: Asked, ids: string[]): Promise<Map<string, Grams>> {
  const rows = await db.$queryRaw<{ id: string; content: string }[]>`
    WITH sized AS MATERIALIZED (
      SELECT k.id, k.place, octet_length(a.content) AS bytes FROM unnest(${ids}::uuid[]) WITH ORDINALITY AS k(id, place) JOIN article a ON a.id = k.id
    ), read AS MATERIALIZED (SELECT id, sum(bytes) OVER (ORDER BY place) AS sum FROM sized WHERE bytes <= ${mostRead.ofEach})
    SELECT a.id, a.content FROM read r JOIN article a ON a.id = r.id WHERE r.sum <= ${mostRead.ofAll}`
  const pause = pauses()
  const grams = new Map<string, Grams>()
  for (const { id, content } of rows) {
    grams.set(id, gramsOf(content))
    await pause()
  }
  return grams
}
