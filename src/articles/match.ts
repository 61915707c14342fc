import type { Enclosure } from './entry.ts'

/** What identity asks of a draft. `source` is the feed that brings it, null for ingestArticles; enclosures are null where none were supplied. */
export type Incoming = { source: string | null; guid: string | null; textHash: string; enclosures: Enclosure[] | null }

export type SeenAs = { feedId: string | null; guid: string | null; url: string; urlKey: string }

/** An article that was seen under the draft's link, or the tombstone of one. */
export type Candidate = { textHash: string; enclosures: Enclosure[]; publishedAt: Date; sightings: SeenAs[] }

/**
 * Which of the articles under one link a draft is, or undefined for a new one. One link is one article, but for entries of
 * one source that share it (a podcast's): those are told apart by guid. In order of strength:
 * the same guid from the same source; the same guid; the same text and enclosures; an article that this source has not
 * claimed with another guid, the newest first.
 */
export function match<C extends Candidate>(draft: Incoming, candidates: C[]): C | undefined {
  const { source, guid } = draft
  const newestFirst = candidates.toSorted((a, b) => b.publishedAt.getTime() - a.publishedAt.getTime())
  const claimed = (c: C) => c.sightings.some((s) => s.feedId === source && s.guid !== null)
  const first = (holds: (c: C) => boolean) => newestFirst.find(holds)
  return (
    (guid !== null &&
      (first((c) => c.sightings.some((s) => s.guid === guid && s.feedId === source)) ?? first((c) => c.sightings.some((s) => s.guid === guid)))) ||
    (first((c) => c.textHash === draft.textHash && sameEnclosures(c.enclosures, draft.enclosures)) ?? first((c) => guid === null || !claimed(c)))
  )
}

/** What was not supplied tells nothing apart. */
function sameEnclosures(a: Enclosure[], b: Enclosure[] | null): boolean {
  if (b === null) return true
  return a.length === b.length && a.every((enclosure, i) => enclosure.url === b[i]?.url)
}
