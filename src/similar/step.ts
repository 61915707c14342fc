import type { Transaction } from '../db/connect.ts'
import type { EnrichedArticle, EnrichmentStep } from '../enrichment/step.ts'
import type { Text } from '../words/analysis.ts'
import { findSimilar, type Similar } from './find.ts'
import { readFrequencies } from './frequencies.ts'
import { pauses } from './pause.ts'
import { subjectsOf } from './subjects.ts'
import { mostCharacters, termsOf, type Term } from './terms.ts'
import { leaveTerms, removeVectors, writeSubjects } from './vector-rows.ts'

/** Of each article, as many are kept. */
export const mostNeighbours = 20
/** Lists that are made anew in one transaction, and bytes of the texts that are read for them. */
const mostRemade = { lists: 50, bytes: 1_000_000 }
/** What was in an article's list, or had it in its own, is compared with it again: of many as many. */
const mostLinks = 200
/** A list that gets shorter than that is made anew. */
const short = 10
/** One that was made when there were half as many articles, too: what is rare is known of many. Of so many it is known well enough. */
const settledAt = 20_000
/** Of how many articles a list is told to be that is to be made anew: it is older than all others. Until then it is found when it is asked for. */
export const toBeRemade = 0

/**
 * Keeps who is like whom, in both directions: what comes or changes gets a list, and its place in those of others; what goes leaves them.
 * A list is the best of what was ever compared with its article; after articles have left it, its end may lack some that had been crowded out.
 */
export const keepNeighbours: EnrichmentStep = async (tx, articles) => {
  const ids = articles.map(({ id }) => id)
  const links = await leaveLists(tx, ids)
  const gone = articles.filter(({ words }) => !words).map(({ id }) => id)
  const count = await countArticles(tx, ids, gone)
  if (gone.length > 0) await removeVectors(tx, gone)
  await noteShort(
    tx,
    [...links.keys()].filter((id) => !ids.includes(id)),
  )
  await makeLists(tx, articles, links, count)
  return []
}

/**
 * Makes some lists anew: those that have become short by what left them, and those that were made when much less was known of what is rare.
 * @returns how many; 0 where none is to be made anew
 */
export async function remakeLists(tx: Transaction): Promise<number> {
  const [row] = await tx.$queryRaw<{ articles: number }[]>`SELECT articles FROM similar_count`
  const count = Math.max(1, row?.articles ?? 0)
  const again = await readAgain(tx, count)
  const links = await clearLists(
    tx,
    again.map(({ id }) => id),
  )
  await makeLists(tx, again, links, count)
  return again.length
}

/** Makes the lists of articles that are in none, or of those that are to stay in others' lists, whose own are cleared. */
async function makeLists(tx: Transaction, articles: Pick<EnrichedArticle, 'id' | 'words'>[], links: Links, count: number): Promise<void> {
  const pause = pauses()
  const there = new Map<string, Term[]>()
  for (const { id, words } of articles) {
    if (words) there.set(id, termsOf(words))
    await pause()
  }
  if (there.size === 0) return
  await leaveTerms(tx, [...there.keys()])
  const subjects = await subjectsOf(there, await readFrequencies(tx, [...there.values()]))
  await writeSubjects(tx, subjects, count)
  const found = subjects.map(({ id }) => (links.get(id) ?? []).slice(0, mostLinks))
  await writeLists(tx, await findSimilar(tx, subjects, { vectors: new Map(), found }))
}

/** Who was in the list of whom, from both sides. */
type Links = Map<string, string[]>

/** Takes the lists of articles away, and them from the lists of others. @returns what stood there */
async function leaveLists(tx: Transaction, ids: string[]): Promise<Links> {
  const links = await clearLists(tx, ids)
  const rows = await tx.$queryRaw<{ a: string; b: string }[]>`
    DELETE FROM neighbour WHERE neighbour_id = ANY(${ids}::uuid[]) RETURNING article_id AS a, neighbour_id AS b`
  for (const { a, b } of rows) {
    links.set(a, [...(links.get(a) ?? []), b])
    links.set(b, [...(links.get(b) ?? []), a])
  }
  return links
}

/** Takes the lists of articles away. @returns what stood there */
async function clearLists(tx: Transaction, ids: string[]): Promise<Links> {
  const links: Links = new Map()
  if (ids.length === 0) return links
  const rows = await tx.$queryRaw<
    { a: string; b: string }[]
  >`DELETE FROM neighbour WHERE article_id = ANY(${ids}::uuid[]) RETURNING article_id AS a, neighbour_id AS b`
  for (const { a, b } of rows) links.set(a, [...(links.get(a) ?? []), b])
  return links
}

/** Counts the articles of a batch before their vectors are written. @returns how many have one then */
async function countArticles(tx: Transaction, ids: string[], gone: string[]): Promise<number> {
  const [row] = await tx.$queryRaw<{ articles: number }[]>`
    INSERT INTO similar_count AS c (id, articles)
    SELECT 1, count(*) FILTER (WHERE k.id <> ALL(${gone}::uuid[]) AND v.article_id IS NULL) - count(*) FILTER (WHERE k.id = ANY(${gone}::uuid[]) AND v.article_id IS NOT NULL)
    FROM unnest(${ids}::uuid[]) AS k(id) LEFT JOIN article_vector v ON v.article_id = k.id
    ON CONFLICT (id) DO UPDATE SET articles = c.articles + excluded.articles RETURNING articles`
  return row!.articles
}

/** Notes the lists that have become short by what left them. */
async function noteShort(tx: Transaction, left: string[]): Promise<void> {
  if (left.length === 0) return
  await tx.$executeRaw`
    UPDATE article_vector v SET articles = ${toBeRemade}
    WHERE article_id = ANY(${left}::uuid[]) AND EXISTS (SELECT FROM article a WHERE a.id = v.article_id)
      AND (SELECT count(*) FROM neighbour n WHERE n.article_id = v.article_id) < ${short}`
}

/** Articles whose lists are short or old, the shortest and oldest first. */
async function readAgain(tx: Transaction, count: number): Promise<Pick<EnrichedArticle, 'id' | 'words'>[]> {
  const rows = await tx.$queryRaw<({ id: string } & Text)[]>`
    WITH again AS MATERIALIZED (
      SELECT article_id, articles FROM article_vector WHERE articles <= ${Math.floor(Math.min(settledAt, count) / 2)} ORDER BY articles LIMIT ${mostRemade.lists}
    ), sized AS MATERIALIZED (
      SELECT article_id, sum(least(octet_length(a.content), ${mostCharacters})) OVER (ORDER BY again.articles, article_id) - least(octet_length(a.content), ${mostCharacters}) AS before
      FROM again JOIN article a ON a.id = article_id
    )
    SELECT a.id, a.title, left(a.content, ${mostCharacters}) AS content, a.language FROM sized s JOIN article a ON a.id = s.article_id WHERE s.before < ${mostRemade.bytes}`
  return rows.map(({ id, ...words }) => ({ id, words }))
}

/** Writes lists, and each article of them to the lists of those that it is near to, of which the ends go. */
async function writeLists(tx: Transaction, lists: Map<string, Similar[]>): Promise<void> {
  const [of, to, scores]: [string[], string[], number[]] = [[], [], []]
  const add = (a: string, b: string, score: number) => void (of.push(a), to.push(b), scores.push(score))
  const others = [...new Set([...lists.values()].flatMap((list) => list.map(({ id }) => id)))].filter((id) => !lists.has(id))
  const full = await readFull(tx, others)
  for (const [id, list] of lists) {
    for (const { id: other, score } of list.slice(0, mostNeighbours)) add(id, other, score)
    for (const { id: other, score } of list) if (score > (full.get(other) ?? 0)) add(other, id, score)
  }
  if (of.length === 0) return
  // Two articles of these may be in each other's list from either side.
  await tx.$executeRaw`
    INSERT INTO neighbour (article_id, neighbour_id, score)
    SELECT DISTINCT ON (a, b) a, b, s FROM unnest(${of}::uuid[], ${to}::uuid[], ${scores}::real[]) AS r(a, b, s) ORDER BY a, b, s DESC
    ON CONFLICT (article_id, neighbour_id) DO UPDATE SET score = excluded.score`
  const touched = [...new Set(of)]
  await tx.$executeRaw`
    DELETE FROM neighbour n USING unnest(${touched}::uuid[]) AS t(id) CROSS JOIN LATERAL (
      SELECT neighbour_id FROM neighbour WHERE article_id = t.id ORDER BY score DESC, neighbour_id OFFSET ${mostNeighbours}
    ) o WHERE n.article_id = t.id AND n.neighbour_id = o.neighbour_id`
}

/** Of lists that are full, the score of their last. */
async function readFull(tx: Transaction, ids: string[]): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map()
  const rows = await tx.$queryRaw<{ id: string; last: number }[]>`
    SELECT k.id, n.last FROM unnest(${ids}::uuid[]) AS k(id)
    CROSS JOIN LATERAL (SELECT min(score)::float8 AS last, count(*) AS length FROM neighbour WHERE article_id = k.id OFFSET 0) n WHERE n.length >= ${mostNeighbours}`
  return new Map(rows.map(({ id, last }) => [id, last]))
}
