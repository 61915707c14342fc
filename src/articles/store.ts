import type { Prisma, Transaction } from '../db/connect.ts'
import { appendEvents, type ArticleFacts, type NewEvent } from '../stream/log.ts'
import type { Wake } from '../stream/wake.ts'
import { draftOf, type Draft } from './draft.ts'
import type { DraftProblem, Entry } from './entry.ts'
import { lockKey } from './identity.ts'
import { match, type Candidate, type SeenAs } from './match.ts'
import {
  insertArticles,
  insertSightings,
  readCandidates,
  readCategories,
  updateArticles,
  type ArticleChange,
  type StoredArticle,
  type Tombstone,
} from './rows.ts'
import { isPushed, pushTombstones } from './tombstones.ts'

/** What became of an entry. `position` is that of its event, when there was one. */
export type StoreResult =
  | { status: 'INGESTED' | 'UPDATED'; articleId: string; position: bigint }
  | { status: 'DUPLICATE'; articleId: string }
  | { status: 'REJECTED'; problem: DraftProblem }

/** A transaction holds the embedded database's one connection, and the head's lock at its end: it stays small. */
const batch = { articles: 50, characters: 4_000_000 }

/**
 * Stores entries: new articles, changed ones, sightings, and their stream events, in transactions of at most 50. Each entry
 * is judged by itself. Safe against any number of others that store the same at the same time.
 * @param source the feed that they come from; null for ingestArticles, which alone moves an article's category
 * @returns what became of each, in the order given
 */
export async function storeEntries(
  { prisma, wake }: { prisma: Prisma; wake: Pick<Wake, 'hint'> },
  entries: Entry[],
  { source, clock }: { source: string | null; clock: () => Date },
): Promise<StoreResult[]> {
  const results: StoreResult[] = []
  while (results.length < entries.length) {
    const drafts: (Draft | DraftProblem)[] = []
    let characters = 0
    // All that takes the processor happens before BEGIN, a batch at a time, so that requests get their turn in between.
    while (drafts.length < batch.articles && characters < batch.characters && results.length + drafts.length < entries.length) {
      const entry = entries[results.length + drafts.length]!
      characters += entry.content.length
      drafts.push(draftOf(entry))
    }
    while (drafts.length > 0) {
      const stored = await storeBatch(prisma, drafts, source, clock)
      if (stored.some((result) => 'position' in result)) wake.hint()
      results.push(...stored)
      drafts.splice(0, stored.length)
    }
    await new Promise(setImmediate)
  }
  return results
}

type Known = Candidate & { article: StoredArticle | null; tombstone: Tombstone | null; touched: boolean }

/** One transaction. It may store only the first of the drafts: one that edits an article of the same batch waits for the next. */
async function storeBatch(prisma: Prisma, drafts: (Draft | DraftProblem)[], source: string | null, clock: () => Date): Promise<StoreResult[]> {
  const valid = drafts.filter((draft): draft is Draft => 'id' in draft)
  if (valid.length === 0) return drafts.map((draft) => ({ status: 'REJECTED', problem: draft as DraftProblem }))
  return prisma.$transaction(async (tx) => {
    await lockKeys(
      tx,
      valid.map((draft) => draft.urlKey),
    )
    const now = clock() // whoever waited for the lock comes later than whoever held it
    const categories = await readCategories(
      tx,
      valid.map((draft) => draft.categoryId),
    )
    const known = await readKnown(tx, valid, source)
    const work: Work = { inserted: [], changed: [], seen: [], pushed: [], events: [] }
    const results: (StoreResult | { status: 'INGESTED' | 'UPDATED'; articleId: string; event: number })[] = []
    for (const draft of drafts) {
      if (!('id' in draft)) {
        results.push({ status: 'REJECTED', problem: draft })
        continue
      }
      if (!categories.has(draft.categoryId)) {
        results.push({
          status: 'REJECTED',
          problem: { code: 'UNKNOWN_CATEGORY', message: `There is no category "${draft.categoryId.slice(0, 64)}".`, field: 'categoryId' },
        })
        continue
      }
      const result = judge(draft, source, now, known, work)
      if (result === undefined) break
      results.push(result)
    }
    await insertArticles(tx, work.inserted, source, now)
    await updateArticles(tx, work.changed, source, now)
    await insertSightings(tx, work.seen, source, now)
    await pushTombstones(tx, work.pushed, now)
    const first = work.events.length > 0 ? await appendEvents(tx, work.events, now) : 0n
    return results.map((result) =>
      'event' in result ? { status: result.status, articleId: result.articleId, position: first + BigInt(result.event) } : result,
    )
  })
}

type Work = {
  inserted: Draft[]
  changed: ArticleChange[]
  seen: { articleId: string; draft: Draft }[]
  /** Removed articles whose tombstones must not expire yet. */
  pushed: string[]
  events: NewEvent[]
}

/** Decides one draft and notes what is to be written; undefined when it must wait for the next transaction. */
function judge(draft: Draft, source: string | null, now: Date, known: Map<string, Known[]>, work: Work) {
  const candidates = known.get(draft.urlKey) ?? []
  const same = match({ source, guid: draft.guid, textHash: draft.textHash, enclosures: draft.enclosures }, candidates)
  if (same === undefined) {
    const article: StoredArticle = { ...draft, publishedAt: draft.publishedAt ?? now, feedIds: source === null ? [] : [source], origin: source }
    const sighting: SeenAs = { feedId: source, guid: draft.guid, urlKey: draft.urlKey }
    known.set(draft.urlKey, [
      ...candidates,
      {
        textHash: draft.textHash,
        enclosures: draft.enclosures ?? [],
        publishedAt: article.publishedAt,
        sightings: [sighting],
        article,
        tombstone: null,
        touched: true,
      },
    ])
    work.inserted.push(draft)
    work.events.push({ kind: 'INGESTED', articleId: draft.id, facts: factsOf(article) })
    return { status: 'INGESTED' as const, articleId: draft.id, event: work.events.length - 1 }
  }
  const { article } = same
  if (article === null) {
    if (same.tombstone && isPushed(same.tombstone.expiresAt, now)) work.pushed.push(same.tombstone.articleId)
    return { status: 'REJECTED' as const, problem: { code: 'DELETED' as const, message: 'This article was deleted, and does not come back.', field: null } }
  }

  const mayChange = source === null || article.origin === source
  const change = mayChange ? changeOf(article, draft, source) : undefined
  if (change && same.touched) return undefined
  noteSighting(same, draft, source, work)
  if (!change) return { status: 'DUPLICATE' as const, articleId: article.id }
  same.touched = true
  work.changed.push(change)
  work.events.push({ kind: 'UPDATED', articleId: article.id, facts: factsOf({ ...article, ...change }), before: factsOf(article) })
  return { status: 'UPDATED' as const, articleId: article.id, event: work.events.length - 1 }
}

/** The article after an edit, or undefined where the draft says nothing new. What was not supplied stays. */
function changeOf(article: StoredArticle, draft: Draft, source: string | null): ArticleChange | undefined {
  const publishedAt = draft.publishedAt ?? article.publishedAt
  const byline = draft.byline ?? article.byline
  const imageUrl = draft.imageUrl ?? article.imageUrl
  const language = draft.language ?? article.language
  const categoryId = source === null ? draft.categoryId : article.categoryId
  const same =
    draft.textHash === article.textHash &&
    publishedAt.getTime() === article.publishedAt.getTime() &&
    byline === article.byline &&
    imageUrl === article.imageUrl &&
    language === article.language &&
    categoryId === article.categoryId
  return same ? undefined : { ...draft, id: article.id, publishedAt, byline, imageUrl, language, categoryId }
}

/** One sighting for each feed and link; where a feed gives its entry another guid, the newest counts. */
function noteSighting(known: Known, draft: Draft, source: string | null, work: Work): void {
  const sighting = known.sightings.find((s) => s.feedId === source && s.urlKey === draft.urlKey)
  if (sighting && (draft.guid === null || sighting.guid === draft.guid)) return
  if (sighting) sighting.guid = draft.guid
  else known.sightings.push({ feedId: source, guid: draft.guid, urlKey: draft.urlKey })
  work.seen.push({ articleId: known.article!.id, draft })
}

function factsOf(article: Pick<StoredArticle, 'categoryId' | 'feedIds' | 'language' | 'publishedAt' | 'wordCount'>): ArticleFacts {
  return {
    categoryId: article.categoryId,
    feedIds: article.feedIds,
    language: article.language,
    publishedAt: article.publishedAt.toISOString(),
    wordCount: article.wordCount,
  }
}

/** Whoever stores under the same links waits here until the commit. Sorted, so that two never wait for each other. */
export async function lockKeys(tx: Transaction, urlKeys: string[]): Promise<void> {
  const keys = [...new Set(urlKeys.map(lockKey))].sort((a, b) => (a < b ? -1 : 1))
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(k) FROM unnest(${keys}::bigint[]) k`
}

async function readKnown(tx: Transaction, drafts: Draft[], source: string | null): Promise<Map<string, Known[]>> {
  const known = new Map<string, Known[]>()
  for (const candidate of await readCandidates(tx, drafts, source)) {
    const entry = { ...candidate, touched: false }
    for (const key of new Set(candidate.sightings.map((s) => s.urlKey))) known.set(key, [...(known.get(key) ?? []), entry])
  }
  return known
}
