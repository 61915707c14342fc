import type { Prisma, Transaction } from '../db/connect.ts'
import { Prisma as Sql } from '../db/generated/client.ts'
import { appendEvents } from '../stream/log.ts'
import type { Wake } from '../stream/wake.ts'
import { copiesArrived, readCopies } from './copies.ts'
import { draftOf, problem, type Draft } from './draft.ts'
import type { DraftProblem, Entry } from './entry.ts'
import { lockKey } from './identity.ts'
import { askForPages } from './page-text.ts'
import { judge, ofLink, type Judged, type Known, type Work } from './judge.ts'
import { readCandidates } from './known.ts'
import { insertArticles, insertSightings, lockAgainstRemoval, readCategories, updateArticles } from './rows.ts'
import { pushTombstones } from './tombstones.ts'

/** What became of an entry. `position` is that of its event, when there was one. */
export type StoreResult =
  | { status: 'INGESTED' | 'UPDATED'; articleId: string; position: bigint }
  | { status: 'UPDATED' | 'DUPLICATE'; articleId: string }
  | { status: 'REJECTED'; problem: DraftProblem }

/** Where entries come from. */
type Origin = {
  /** The feed; null for ingestArticles, which alone moves an article's category. */
  source: string | null
  clock: () => Date
  /** Whether an article's page is to be fetched for its text, where it is new or its words have changed; never when left out. */
  wantsPage?: (draft: Draft) => boolean
}

/** A transaction holds the embedded database's one connection, and the head's lock at its end: it stays small. */
const batch = { articles: 50, characters: 4_000_000 }

/**
 * Stores entries: new articles, changed ones, sightings, and their stream events, in transactions of at most 50. Each entry
 * is judged by itself. Safe against any number of others that store the same at the same time.
 * @returns what became of each, in the order given
 */
export async function storeEntries({ prisma, wake }: { prisma: Prisma; wake: Pick<Wake, 'hint'> }, entries: Entry[], origin: Origin): Promise<StoreResult[]> {
  return inBatches(wake, entries, draftOf, (drafts) => storeBatch(prisma, drafts, origin))
}

/**
 * Makes drafts of entries and stores them, a batch at a time.
 * @param store may store only the first of the drafts that it is given; the others come again
 * @returns what became of each, in the order given
 */
export async function inBatches<E extends { content: string }, D>(
  wake: Pick<Wake, 'hint'>,
  entries: E[],
  read: (entry: E) => D,
  store: (drafts: D[]) => Promise<StoreResult[]>,
): Promise<StoreResult[]> {
  const results: StoreResult[] = []
  while (results.length < entries.length) {
    const drafts: D[] = []
    let characters = 0
    // What takes the processor happens before BEGIN, a batch at a time, so that requests get their turn in between; but for the words of
    // what turns out to be new, which few of a feed's entries are.
    while (drafts.length < batch.articles && characters < batch.characters && results.length + drafts.length < entries.length) {
      const entry = entries[results.length + drafts.length]!
      characters += entry.content.length
      drafts.push(read(entry))
    }
    while (drafts.length > 0) {
      const stored = await store(drafts)
      if (stored.some((result) => 'position' in result)) wake.hint()
      results.push(...stored)
      drafts.splice(0, stored.length)
    }
    await new Promise(setImmediate)
  }
  return results
}

export const unknownCategory = ({ categoryId }: Draft): DraftProblem =>
  problem('UNKNOWN_CATEGORY', `There is no category "${categoryId.slice(0, 64)}".`, 'categoryId')

/** Somebody else stored or removed what the batch was judged by: it is judged again. */
class Overtaken extends Error {}

/** The second alone keeps out whoever else stores; what removes an article may still come between. */
const mostTries = 20

async function storeBatch(prisma: Prisma, drafts: (Draft | DraftProblem)[], origin: Origin): Promise<StoreResult[]> {
  for (let tries = 1; ; tries++) {
    try {
      return await tryBatch(prisma, drafts, origin, tries > 1)
    } catch (error) {
      if (!(error instanceof Overtaken) || tries === mostTries) throw error
    }
  }
}

/**
 * One transaction. It may store only the first of the drafts: one that edits an article of the same batch waits for the next.
 * @param alone keeps out all others that store
 * @throws Overtaken
 */
async function tryBatch(
  prisma: Prisma,
  drafts: (Draft | DraftProblem)[],
  { source, clock, wantsPage = () => false }: Origin,
  alone: boolean,
): Promise<StoreResult[]> {
  const valid = drafts.filter((draft): draft is Draft => 'id' in draft)
  if (valid.length === 0) return drafts.map((draft) => ({ status: 'REJECTED', problem: draft as DraftProblem }))
  return prisma.$transaction(async (tx) => {
    await lockKeys(
      tx,
      valid.map((draft) => draft.urlKey),
      alone,
    )
    // Before its sightings, as the removal of the feed locks them.
    if (source !== null) await tx.$executeRaw`SELECT FROM feed WHERE id = ${source}::uuid FOR KEY SHARE`
    const now = clock() // whoever waited for the lock comes later than whoever held it
    const categories = await readCategories(
      tx,
      valid.map((draft) => draft.categoryId),
    )
    const known = await readKnown(tx, valid, source)
    const unseen = valid.filter((draft) => ofLink(draft, source, known.get(draft.urlKey) ?? []) === undefined)
    const copies = await readCopies(tx, unseen, source)
    const work: Work = { inserted: [], changed: [], reworded: [], seen: [], joined: [], pushed: [], events: [] }
    const results: Judged[] = []
    for (const draft of drafts) {
      if (!('id' in draft)) {
        results.push({ status: 'REJECTED', problem: draft })
        continue
      }
      if (!categories.has(draft.categoryId)) {
        results.push({ status: 'REJECTED', problem: unknownCategory(draft) })
        continue
      }
      const result = judge(draft, { source, now, known, copies }, work)
      if (result === undefined) break
      results.push(result)
    }
    await insertArticles(tx, work.inserted, source, now)
    await updateArticles(tx, work.changed, source, now)
    await askForPages(
      tx,
      work.inserted
        .concat(work.reworded)
        .filter(wantsPage)
        .map((draft) => draft.id),
      now,
    )
    if (!(await lockAgainstRemoval(tx, work.joined))) throw new Overtaken()
    await insertSightings(tx, work.seen, source, now)
    await pushTombstones(tx, work.pushed, now)
    const first = work.events.length > 0 ? await appendEvents(tx, work.events, now) : 0n
    if (work.inserted.length > 0 && (await copiesArrived(tx, work.inserted, copies, first))) throw new Overtaken()
    return results.map((result) =>
      'event' in result ? { status: result.status, articleId: result.articleId, position: first + BigInt(result.event) } : result,
    )
  })
}

/**
 * Whoever stores under the same links waits here until the commit. Sorted, so that two never wait for each other.
 * @param alone waits for all who are here already, and keeps out whoever comes: who was overtaken is not overtaken again and again
 */
export async function lockKeys(tx: Transaction, urlKeys: string[], alone = false): Promise<void> {
  const keys = [...new Set(urlKeys.map(lockKey))].sort((a, b) => (a < b ? -1 : 1))
  const all = alone ? Sql.sql`pg_advisory_xact_lock(1, 1)` : Sql.sql`pg_advisory_xact_lock_shared(1, 1)`
  await tx.$executeRaw`WITH here AS MATERIALIZED (SELECT ${all}) SELECT pg_advisory_xact_lock(k) FROM here, unnest(${keys}::bigint[]) k`
}

/** What drafts may be, by the keys of links. */
export async function readKnown(tx: Transaction, drafts: Draft[], source: string | null): Promise<Map<string, Known[]>> {
  const known = new Map<string, Known[]>()
  for (const candidate of await readCandidates(tx, drafts, source)) {
    const entry = { ...candidate, touched: false }
    for (const key of new Set(candidate.sightings.map((s) => s.urlKey))) known.set(key, [...(known.get(key) ?? []), entry])
  }
  return known
}
