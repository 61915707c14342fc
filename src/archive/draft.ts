import { absoluteHttpUrl, draftOf, limits, problem, type Draft } from '../articles/draft.ts'
import type { DraftProblem, Enclosure, Entry } from '../articles/entry.ts'
import { isUuid } from '../graphql/ids.ts'

/** An article of an archive, not judged yet. A date is null where it cannot be read. */
export type ArchivedArticle = Entry & {
  id: string
  createdAt?: Date | null
  updatedAt?: Date | null
  lastReadAt?: Date | null
  readCount?: number
}

/** Null is: not supplied. `reads` is null where it was not read. */
export type ArchivedDraft = Draft & { createdAt: Date | null; updatedAt: Date | null; reads: Reads | null }
type Reads = { count: number; lastAt: Date }

/** Far below what a counter holds: it goes on from there. */
const mostReads = 1_000_000_000

/** How far the clock that wrote an archive may be ahead. */
const aheadMs = 86_400_000

/** Judges an article by itself. @param now when an article was made that does not say so */
export function archivedDraftOf(article: ArchivedArticle, now: Date): ArchivedDraft | DraftProblem {
  const { id, createdAt = null, updatedAt = null, lastReadAt = null } = article
  if (!isUuid(id)) return problem('INVALID_ID', 'This is no UUID.', 'id')
  for (const field of ['createdAt', 'updatedAt', 'lastReadAt'] as const) {
    if (article[field] === null) return problem('INVALID_DATE', 'This is no RFC 3339 date and time between the years 1 and 9999.', field)
  }
  if (lastReadAt && lastReadAt.getTime() > now.getTime() + aheadMs) return problem('INVALID_DATE', 'This is in the future.', 'lastReadAt')
  // What was read at some time was read once at least.
  const count = article.readCount ?? (lastReadAt === null ? 0 : 1)
  if (count < 0 || count > mostReads) return problem('INVALID_COUNT', `A number from 0 to ${mostReads}.`, 'readCount')
  if (count === 0 && lastReadAt !== null) return problem('INVALID_COUNT', 'There is a lastReadAt, so that it was read at least once.', 'readCount')
  const files = article.enclosures && readEnclosures(article.enclosures)
  if (files && 'code' in files) return files
  const draft = draftOf(files ? { ...article, enclosures: files } : article)
  if (!('id' in draft)) return draft
  const made = updatedAt ?? createdAt ?? now
  const reads = count === 0 ? null : { count, lastAt: lastReadAt ?? (made < now ? made : now) }
  return { ...draft, id: id.toLowerCase(), createdAt, updatedAt, reads }
}

const longestMediaType = 200

function readEnclosures(enclosures: Enclosure[]): Enclosure[] | DraftProblem {
  if (enclosures.length > limits.enclosures) return problem('TOO_LONG', `At most ${limits.enclosures} enclosures.`, 'enclosures')
  const found: Enclosure[] = []
  for (const { url, mediaType, byteLength } of enclosures) {
    if (url.length > limits.url) return problem('TOO_LONG', `At most ${limits.url} characters a URL.`, 'enclosures')
    if ((mediaType?.length ?? 0) > longestMediaType) return problem('TOO_LONG', `At most ${longestMediaType} characters a media type.`, 'enclosures')
    const address = absoluteHttpUrl(url)
    if (address === undefined) return problem('INVALID_URL', 'The url of an enclosure is no absolute http or https URL.', 'enclosures')
    if (byteLength !== null && !(Number.isSafeInteger(byteLength) && byteLength > 0))
      return problem('INVALID_COUNT', 'The byteLength of an enclosure is a whole number above 0.', 'enclosures')
    found.push({ url: address, mediaType: mediaType?.replaceAll('\0', '').toWellFormed() || null, byteLength })
  }
  return found
}
