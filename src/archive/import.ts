import { problem } from '../articles/draft.ts'
import type { DraftProblem } from '../articles/entry.ts'
import { deleted, factsOf, inItsLanguage, ofLink, type Judged, type Known } from '../articles/judge.ts'
import { readTexts, type Texts } from '../articles/known.ts'
import { insertArticles, readCategories, updateArticles } from '../articles/rows.ts'
import { inBatches, lockKeys, readKnown, unknownCategory, type StoreResult } from '../articles/store.ts'
import type { Prisma, Transaction } from '../db/connect.ts'
import type { Notices } from '../db/notices.ts'
import { readChannel } from '../reads/watch.ts'
import { appendEvents, type NewEvent } from '../stream/log.ts'
import type { Wake } from '../stream/wake.ts'
import { archivedDraftOf, type ArchivedArticle, type ArchivedDraft } from './draft.ts'
import { editOf, type Edit } from './edit.ts'
import { raiseReads } from './reads.ts'

type Services = { prisma: Prisma; wake: Pick<Wake, 'hint'>; notices: Pick<Notices, 'say'>; clock: () => Date }

/**
 * Stores articles of an archive under their own ids, with their dates and reads, and an event for each new or edited one, in
 * transactions of at most 50. Each is judged by itself. An article that is there is edited by what is newer, and its count
 * of reads only ever rises, so that the same archive again changes nothing, and neither does an older one.
 * @returns what became of each, in the order given; UPDATED without a position is one whose reads alone have risen
 */
export async function importArticles({ prisma, wake, notices, clock }: Services, articles: ArchivedArticle[]): Promise<StoreResult[]> {
  const read = (article: ArchivedArticle) => archivedDraftOf(article, clock())
  return inBatches(wake, articles, read, async (drafts) => {
    const { results, raised } = await importBatch(prisma, unrelated(drafts), clock)
    if (raised.length > 0) notices.say(readChannel, raised.join(','))
    return results
  })
}

/** The first drafts, up to one that has the id or the link of one before it: it is judged by what that has become. */
function unrelated(drafts: (ArchivedDraft | DraftProblem)[]): (ArchivedDraft | DraftProblem)[] {
  const seen = new Set<string>()
  const end = drafts.findIndex((draft) => {
    if (!('id' in draft)) return false
    const known = seen.has(draft.id) || seen.has(draft.urlKey)
    seen.add(draft.id).add(draft.urlKey)
    return known
  })
  return end === -1 ? drafts : drafts.slice(0, end)
}

type Stored = { results: StoreResult[]; raised: string[] }

/** One transaction, which locks as the store does: links, categories, counters, articles, the head of the stream. */
async function importBatch(prisma: Prisma, drafts: (ArchivedDraft | DraftProblem)[], clock: () => Date): Promise<Stored> {
  const valid = drafts.filter((draft): draft is ArchivedDraft => 'id' in draft)
  if (valid.length === 0) return { results: drafts.map((draft) => ({ status: 'REJECTED', problem: draft as DraftProblem })), raised: [] }
  return prisma.$transaction(async (tx) => {
    // Ids too: two may bring the same one under two links.
    await lockKeys(
      tx,
      valid.flatMap((draft) => [draft.urlKey, draft.id]),
    )
    const now = clock() // whoever waited for the lock comes later than whoever held it
    const archive = await readArchive(tx, valid)
    const work: Work = { inserted: [], edits: [], read: [], events: [] }
    const results = drafts.map((draft): Judged => ('id' in draft ? judge(draft, archive, work, now) : { status: 'REJECTED', problem: draft }))
    await lockCounted(tx, [...archive.byId.keys()])
    await insertArticles(tx, work.inserted, null, now)
    const risen = new Set(await raiseReads(tx, work.read))
    await updateArticles(tx, work.edits, null, now)
    const raised = [...risen].filter((id) => archive.byId.has(id))
    if (raised.length > 0) await tx.$queryRaw`SELECT pg_notify(${readChannel}, ${raised.join(',')})::text`
    const first = work.events.length > 0 ? await appendEvents(tx, work.events, now) : 0n
    return {
      raised,
      results: results.map((result): StoreResult => {
        if ('event' in result) return { status: result.status, articleId: result.articleId, position: first + BigInt(result.event) }
        return result.status === 'DUPLICATE' && risen.has(result.articleId) ? { ...result, status: 'UPDATED' } : result
      }),
    }
  })
}

/**
 * Counters and articles that are there, each in the order of their ids, before a row of either is written: a first read takes hold of its
 * article too, in the order of the drafts. Their links, which are locked, keep them from being removed.
 */
async function lockCounted(tx: Transaction, ids: string[]): Promise<void> {
  if (ids.length === 0) return
  await tx.$executeRaw`SELECT FROM article_counter WHERE article_id = ANY(${ids}::uuid[]) ORDER BY article_id FOR UPDATE`
  await tx.$executeRaw`SELECT FROM article WHERE id = ANY(${ids}::uuid[]) ORDER BY id FOR NO KEY UPDATE`
}

type Work = { inserted: ArchivedDraft[]; edits: Edit[]; read: ArchivedDraft[]; events: NewEvent[] }

/** What is there of that drafts may be. */
type Archive = {
  categories: Set<string>
  byId: Map<string, Texts>
  byLink: Map<string, Known[]>
  /** Ids of articles that were removed, and of feeds: a node has one id. */
  buried: Set<string>
  feeds: Set<string>
}

async function readArchive(tx: Transaction, drafts: ArchivedDraft[]): Promise<Archive> {
  const ids = drafts.map((draft) => draft.id)
  const categories = await readCategories(
    tx,
    drafts.map((draft) => draft.categoryId),
  )
  const others = await tx.$queryRaw<{ id: string; feed: boolean }[]>`
    SELECT id, true AS feed FROM feed WHERE id = ANY(${ids}::uuid[]) UNION SELECT article_id, false FROM tombstone WHERE article_id = ANY(${ids}::uuid[])`
  return {
    categories,
    byId: new Map((await readTexts(tx, ids)).map((stored) => [stored.article.id, stored])),
    byLink: await readKnown(tx, drafts, null),
    buried: new Set(others.flatMap(({ id, feed }) => (feed ? [] : id))),
    feeds: new Set(others.flatMap(({ id, feed }) => (feed ? id : []))),
  }
}

/** Decides one draft and notes what is to be written. A new one is not held to be a copy of another: the archive says that it is not. */
function judge(draft: ArchivedDraft, { categories, byId, byLink, buried, feeds }: Archive, work: Work, now: Date): Judged {
  const reject = (rejected: DraftProblem): Judged => ({ status: 'REJECTED', problem: rejected })
  if (!categories.has(draft.categoryId)) return reject(unknownCategory(draft))
  if (buried.has(draft.id)) return reject(deleted)
  const stored = byId.get(draft.id)
  if (stored) {
    if (!stored.sightings.some(({ urlKey }) => urlKey === draft.urlKey)) return reject(problem('CONFLICT', 'Another article has this id.', 'id'))
    if (draft.reads) work.read.push(draft)
    const edit = editOf(stored, draft, now)
    if (!edit) return { status: 'DUPLICATE', articleId: draft.id }
    work.edits.push(edit)
    const facts = factsOf({ ...stored.article, ...edit })
    return {
      status: 'UPDATED',
      articleId: draft.id,
      event: work.events.push({ kind: 'UPDATED', articleId: draft.id, facts, before: factsOf(stored.article) }) - 1,
    }
  }
  if (feeds.has(draft.id)) return reject(problem('CONFLICT', 'A feed has this id.', 'id'))
  const same = ofLink(draft, null, byLink.get(draft.urlKey) ?? [])
  if (same?.article) return reject(problem('CONFLICT', `The article ${same.article.id} has this link.`, 'url'))
  if (same) return reject(deleted)
  const added = inItsLanguage(draft)
  work.inserted.push(added)
  if (draft.reads) work.read.push(draft)
  const facts = factsOf({ ...added, publishedAt: draft.publishedAt ?? now, feedIds: [] })
  return { status: 'INGESTED', articleId: draft.id, event: work.events.push({ kind: 'INGESTED', articleId: draft.id, facts }) - 1 }
}
