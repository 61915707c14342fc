import type { Enclosure } from '../articles/entry.ts'
import type { Texts } from '../articles/known.ts'
import type { ArticleChange } from '../articles/rows.ts'
import type { ArchivedDraft } from './draft.ts'

export type Edit = ArticleChange & { updatedAt: Date }

/**
 * The article after an edit, or undefined where the draft is older than what is there, or says nothing new. What was not
 * supplied stays, and so do its link and when it was made.
 * Other HTML around the same words is an edit only where updatedAt says so.
 */
export function editOf(stored: Texts, draft: ArchivedDraft, now: Date): Edit | undefined {
  const { article } = stored
  const later = (draft.updatedAt ?? draft.createdAt ?? stored.createdAt).getTime() - stored.updatedAt.getTime()
  if (later < 0) return undefined
  const publishedAt = draft.publishedAt ?? article.publishedAt
  const byline = draft.byline ?? article.byline
  const summary = draft.summary ?? article.summary
  const imageUrl = draft.imageUrl ?? article.imageUrl
  const language = draft.language ?? article.language
  // A page's text may stand there, which textHash does not tell of.
  const sameWords = draft.title === stored.title && draft.content === stored.content
  const same =
    later === 0 &&
    sameWords &&
    publishedAt.getTime() === article.publishedAt.getTime() &&
    byline === article.byline &&
    summary === article.summary &&
    imageUrl === article.imageUrl &&
    language === article.language &&
    draft.categoryId === article.categoryId &&
    (draft.tags === null || sameList(draft.tags, stored.tags)) &&
    (draft.enclosures === null || sameList(draft.enclosures.map(told), stored.enclosures.map(told)))
  if (same) return undefined
  const keepsText = sameWords && later === 0
  const textHash = keepsText ? article.textHash : draft.textHash
  return { ...draft, publishedAt, byline, summary, imageUrl, language, textHash, keepsText, updatedAt: draft.updatedAt ?? now }
}

const told = ({ url, mediaType, byteLength }: Enclosure) => JSON.stringify([url, mediaType, byteLength])
const sameList = (a: string[], b: string[]) => a.length === b.length && a.every((one, i) => one === b[i])
