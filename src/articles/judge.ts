import type { ArticleFacts, NewEvent } from '../stream/log.ts'
import type { Copies } from './copies.ts'
import type { Draft } from './draft.ts'
import type { DraftProblem } from './entry.ts'
import { match, type Candidate, type SeenAs } from './match.ts'
import type { StoredArticle, Tombstone } from './known.ts'
import { isPushed } from './tombstones.ts'
import { textSource, type ArticleChange } from './rows.ts'
import { detectLanguage } from '../words/language.ts'

/** An article, or the tombstone of one, as a transaction finds it. `touched`: the transaction itself writes it. */
export type Known = Candidate & { article: StoredArticle | null; tombstone: Tombstone | null; touched: boolean }

/** What a transaction is to write. */
export type Work = {
  inserted: Draft[]
  changed: ArticleChange[]
  /** Of those changed, drafts whose words are others than before. */
  reworded: Draft[]
  seen: { articleId: string; draft: Draft }[]
  /** Of those seen, articles under other links, which nothing keeps from being removed meanwhile. */
  joined: string[]
  /** Removed articles whose tombstones must not expire yet. */
  pushed: string[]
  events: NewEvent[]
}

export type Judged =
  | { status: 'INGESTED' | 'UPDATED'; articleId: string; event: number }
  | { status: 'DUPLICATE'; articleId: string }
  | { status: 'REJECTED'; problem: DraftProblem }

export const deleted: DraftProblem = { code: 'DELETED', message: 'This article was deleted, and does not come back.', field: null }

/** Decides one draft and notes what is to be written; undefined when it must wait for the next transaction. */
export function judge(
  draft: Draft,
  { source, now, known, copies }: { source: string | null; now: Date; known: Map<string, Known[]>; copies: Copies },
  work: Work,
): Judged | undefined {
  const candidates = known.get(draft.urlKey) ?? []
  const same = ofLink(draft, source, candidates)
  const sighting: SeenAs = { feedId: source, guid: draft.guid, url: draft.url, urlKey: draft.urlKey }
  if (same === undefined) {
    const copied = copies.of(draft)
    if (copied) {
      // Under its own link it is found the next time, whatever has become of the words by then.
      known.set(draft.urlKey, [...candidates, copied])
      copied.sightings.push(sighting)
      work.seen.push({ articleId: copied.article!.id, draft })
      work.joined.push(copied.article!.id)
      return { status: 'DUPLICATE', articleId: copied.article!.id }
    }
    const added = inItsLanguage(draft)
    const article: StoredArticle = {
      ...added,
      publishedAt: draft.publishedAt ?? now,
      feedIds: source === null ? [] : [source],
      origin: source,
      textSource: textSource(source),
    }
    const becomes: Known = {
      textHash: draft.textHash,
      enclosures: draft.enclosures ?? [],
      publishedAt: article.publishedAt,
      sightings: [sighting],
      article,
      tombstone: null,
      touched: true,
    }
    known.set(draft.urlKey, [...candidates, becomes])
    copies.add(draft, becomes)
    work.inserted.push(added)
    work.events.push({ kind: 'INGESTED', articleId: draft.id, facts: factsOf(article) })
    return { status: 'INGESTED', articleId: draft.id, event: work.events.length - 1 }
  }
  const { article } = same
  if (article === null) {
    if (same.tombstone && isPushed(same.tombstone.expiresAt, now)) work.pushed.push(same.tombstone.articleId)
    return { status: 'REJECTED', problem: deleted }
  }

  // A copy's words, and those of another feed, are not the article's own: each pass would put its own back.
  const mayChange = (source === null || article.origin === source) && draft.urlKey === article.urlKey
  const change = mayChange ? changeOf(article, draft, source) : undefined
  if (change && same.touched) return undefined
  noteSighting(same, draft, source, work)
  if (!change) return { status: 'DUPLICATE', articleId: article.id }
  same.touched = true
  work.changed.push(change)
  if (draft.textHash !== article.textHash) work.reworded.push({ ...draft, id: article.id })
  work.events.push({ kind: 'UPDATED', articleId: article.id, facts: factsOf({ ...article, ...change }), before: factsOf(article) })
  return { status: 'UPDATED', articleId: article.id, event: work.events.length - 1 }
}

/** What was supplied counts; else what the words tell. */
export const inItsLanguage = <D extends Draft>(draft: D): D =>
  draft.language === null ? { ...draft, language: detectLanguage(draft.title, draft.content) } : draft

/** The article after an edit, or undefined where the draft says nothing new. What was not supplied stays. */
function changeOf(article: StoredArticle, draft: Draft, source: string | null): ArticleChange | undefined {
  const publishedAt = draft.publishedAt ?? article.publishedAt
  const byline = draft.byline ?? article.byline
  const summary = draft.summary ?? article.summary
  const imageUrl = draft.imageUrl ?? article.imageUrl
  const language = draft.language ?? article.language
  const categoryId = source === null ? draft.categoryId : article.categoryId
  const same =
    draft.textHash === article.textHash &&
    publishedAt.getTime() === article.publishedAt.getTime() &&
    byline === article.byline &&
    // A feed's own summary, where none was known, is no edit: it comes with the next one.
    (summary === article.summary || (source !== null && article.summary === null)) &&
    imageUrl === article.imageUrl &&
    language === article.language &&
    categoryId === article.categoryId
  if (same) return undefined
  // A feed's teaser never takes the place of its page's text.
  const keepsText = source !== null && article.textSource === 'PAGE' && draft.wordCount < article.wordCount
  const { wordCount } = keepsText ? article : draft
  const told = language ?? detectLanguage(draft.title, draft.content)
  return { ...draft, id: article.id, publishedAt, byline, summary, imageUrl, language: told, categoryId, keepsText, wordCount }
}

/** One sighting for each feed and link; where a feed gives its entry another guid, the newest counts. */
function noteSighting(known: Known, draft: Draft, source: string | null, work: Work): void {
  const sighting = known.sightings.find((s) => s.feedId === source && s.urlKey === draft.urlKey)
  if (sighting && (draft.guid === null || sighting.guid === draft.guid)) return
  if (sighting) sighting.guid = draft.guid
  else known.sightings.push({ feedId: source, guid: draft.guid, url: draft.url, urlKey: draft.urlKey })
  work.seen.push({ articleId: known.article!.id, draft })
}

export function factsOf(article: Pick<StoredArticle, 'categoryId' | 'feedIds' | 'language' | 'publishedAt' | 'wordCount'>): ArticleFacts {
  return {
    categoryId: article.categoryId,
    feedIds: article.feedIds,
    language: article.language,
    publishedAt: article.publishedAt.toISOString(),
    wordCount: article.wordCount,
  }
}

/** Which of the articles under its link a draft is. */
export function ofLink(draft: Draft, source: string | null, candidates: Known[]): Known | undefined {
  return match({ source, guid: draft.guid, textHash: draft.textHash, enclosures: draft.enclosures }, candidates)
}
