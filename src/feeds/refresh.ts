import type { Logger } from 'pino'
import type { Prisma } from '../db/connect.ts'
import type { FeedFetch } from '../db/generated/client.ts'
import { limits } from '../articles/draft.ts'
import { canonicalLanguage } from '../articles/language.ts'
import type { Entry } from '../articles/entry.ts'
import { canonicalUrl, hash128 } from '../articles/identity.ts'
import { isTeaser } from '../articles/teaser.ts'
import { storeEntries, type StoreResult } from '../articles/store.ts'
import type { Wake } from '../stream/wake.ts'
import { releaseClaim, type ClaimedFeed } from './claim.ts'
import { FetchFailed, type Fetcher, type FeedResponse, type Header } from './fetch.ts'
import { HostBusy } from './hosts.ts'
import { hubOf, type Hub } from './hub-links.ts'
import { normalize, type FeedEntry, type RejectedEntry } from './normalize.ts'
import { FeedInvalid, type JsonMapping, type ParsedFeed } from './parse.ts'
import { keepAbout, recordPass, type Pass } from './passes.ts'
import { readResponse } from './read-response.ts'

/** For how long a feed is put off that leads to a host with too many waiting. */
const busyMs = 60_000

/** Where hubs send what is new (push.ts): takes note of the hub that a feed names, and knows until when it has agreed to send. */
type HubNotes = { note: (feedId: string, hub: Hub | null) => Promise<void>; leaseUntil: (feedId: string) => Promise<Date | null> }

export type RefreshDeps = {
  prisma: Prisma
  wake: Pick<Wake, 'hint'>
  logger: Logger
  clock: () => Date
  fetcher: Fetcher
  intervalMinutes: number
  push?: HubNotes | undefined
}

/**
 * One pass over one claimed feed: fetch → parse → normalize → store, then its health and what became of it. What is wrong with
 * the feed is told on the pass, and never thrown.
 * @throws the signal's reason once it has aborted: the feed is as due as before; HostBusy: it is not due for a minute
 */
export async function refreshFeed(deps: RefreshDeps, feed: ClaimedFeed, signal: AbortSignal): Promise<FeedFetch> {
  const { prisma, clock, intervalMinutes, logger, push } = deps
  const startedAt = clock()
  let pass: Pass
  try {
    pass = await readAndStore(deps, feed, signal)
  } catch (error) {
    if (signal.aborted) {
      await releaseClaim(prisma, feed.claimId)
      throw error
    }
    if (error instanceof HostBusy) {
      await releaseClaim(prisma, feed.claimId, new Date(clock().getTime() + busyMs))
      throw error
    }
    const known = error instanceof FetchFailed || error instanceof FeedInvalid
    if (!known) logger.error({ err: error, feedId: feed.id }, 'a feed could not be refreshed')
    pass = {
      outcome: 'FAILED',
      httpStatus: error instanceof FetchFailed ? error.httpStatus : 200,
      error: known ? error.message : 'Something went wrong in the server: its log says what.',
      quietSeconds: error instanceof FetchFailed ? error.retryAfterSeconds : 0,
    }
  }
  logger.info({ feedId: feed.id, outcome: pass.outcome, ingested: pass.counts?.ingested, error: pass.error }, 'refreshed a feed')
  return recordPass(prisma, feed, pass, { startedAt, endedAt: clock(), intervalMinutes, pushedUntil: (await push?.leaseUntil(feed.id)) ?? null })
}

async function readAndStore(deps: RefreshDeps, feed: ClaimedFeed, signal: AbortSignal): Promise<Pass> {
  const response = await deps.fetcher.fetch({ url: feed.url, headers: feed.headers as Header[], etag: feed.etag, lastModified: feed.lastModified }, signal)
  const validators = { etag: response.etag, lastModified: response.lastModified }
  const polite = { movedTo: response.movedTo, quietSeconds: response.freshSeconds }
  if (response.notModified) return { outcome: 'NOT_MODIFIED', httpStatus: response.status, ...polite }
  const bodyHash = hash128(response.body)
  if (bodyHash === feed.bodyHash) return { outcome: 'NOT_MODIFIED', httpStatus: response.status, validators: { ...validators, bodyHash }, ...polite }
  const { parsed, homeless, ...found } = await storeDocument(deps, feed, response)
  await deps.push?.note(feed.id, hubOf({ link: response.link, parsed, url: response.finalUrl, feedUrl: feed.url }))
  return {
    outcome: 'CHANGED',
    httpStatus: response.status,
    ...polite,
    // A feed with a homeless entry must not be taken for unchanged by the next pass.
    ...(!homeless && { validators: { ...validators, bodyHash } }),
    ...found,
  }
}

type Stored = Required<Pick<Pass, 'counts' | 'rejected' | 'repaired'>> & {
  parsed: ParsedFeed
  /** Its category was removed during the pass: the entries come with the next one. */
  homeless: boolean
}

/**
 * Parse → normalize → store, wherever the document came from.
 * @throws FeedInvalid
 */
export async function storeDocument(
  { prisma, wake, clock }: Pick<RefreshDeps, 'prisma' | 'wake' | 'clock'>,
  feed: ClaimedFeed,
  document: Pick<FeedResponse, 'body' | 'contentType' | 'finalUrl'>,
): Promise<Stored> {
  const parsed = readResponse(document, (feed.mapping as JsonMapping | null) ?? undefined)
  const { siteUrl, entries, rejected } = normalize(parsed, { feedUrl: document.finalUrl, now: clock() })
  await keepAbout(prisma, feed.id, { ...parsed, siteUrl }) // before its entries: who hears of them may ask what feed they are of
  // A feed tells its newest entry first; the stream tells it last.
  const drafts = entries.map((entry): Entry => ({ ...withinLimits(entry), categoryId: feed.categoryId })).reverse()
  const site = canonicalUrl(siteUrl ?? document.finalUrl)?.key
  const results = await storeEntries({ prisma, wake }, drafts, {
    source: feed.id,
    clock,
    // The site itself is the page of no entry.
    wantsPage: (draft) => draft.urlKey !== site && wantsPage[feed.fullText](draft),
  })
  const homeless = results.some((result) => result.status === 'REJECTED' && result.problem.code === 'UNKNOWN_CATEGORY')
  return { parsed, homeless, repaired: parsed.repaired, ...tally(drafts, results, rejected) }
}

const wantsPage = { ALWAYS: () => true, AUTO: isTeaser, NEVER: () => false }

/** What a feed brings beyond the limits is cut, and what cannot be read is left out: no reason to lose an article. */
export function withinLimits(entry: FeedEntry): FeedEntry {
  const { guid, byline, language, tags, enclosures, ...rest } = entry
  const known = language === undefined ? undefined : canonicalLanguage(language)
  return {
    ...rest,
    title: entry.title.slice(0, limits.title),
    content: entry.content.slice(0, limits.content),
    ...(guid !== undefined && { guid: guid.length > limits.guid ? hash128(guid) : guid }),
    ...(byline !== undefined && { byline: byline.slice(0, limits.byline) }),
    ...(known !== undefined && { language: known }),
    ...(tags && { tags: tags.slice(0, limits.tags).map((tag) => tag.slice(0, limits.tag)) }),
    ...(enclosures && { enclosures: enclosures.slice(0, limits.enclosures) }),
  }
}

/** A deleted article is no news to the feed's owner: it counts as a duplicate. */
function tally(drafts: Entry[], results: StoreResult[], rejected: RejectedEntry[]): Pick<Stored, 'counts' | 'rejected'> {
  const counts = { ingested: 0, updated: 0, duplicates: 0 }
  const refused = [...rejected]
  results.forEach((result, i) => {
    if (result.status === 'REJECTED' && result.problem.code !== 'DELETED')
      refused.push({ title: drafts[i]!.title || null, url: drafts[i]!.url, reason: result.problem.message })
    else if (result.status === 'INGESTED') counts.ingested++
    else if (result.status === 'UPDATED') counts.updated++
    else counts.duplicates++
  })
  return { counts, rejected: refused }
}
