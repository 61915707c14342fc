import type { Draft } from './drafts.ts'

/** What the writers know: what they sent first under each link, and what was answered. */
export type Ledger = {
  /** As it was sent at first, which is what it was ingested as. */
  drafts: Map<string, Draft>
  /** The id of each article that is there for certain, by its link. */
  acknowledged: Map<string, string>
  /** The cursors of the ingestions whose answer came. */
  cursors: Map<string, string>
  /** Links of which a removal was asked for: whether a subscriber sees them depends on when it looked. */
  removed: Set<string>
  counts: { edits: number; doubled: number; lost: number }
  faults: string[]
}

export const createLedger = (): Ledger => ({
  drafts: new Map(),
  acknowledged: new Map(),
  cursors: new Map(),
  removed: new Set(),
  counts: { edits: 0, doubled: 0, lost: 0 },
  faults: [],
})

type Result = { status: string; cursor: string | null; article: { id: string } | null; error: { code: string; message: string } | null }

/** Notes what was answered for a draft. */
export function note(ledger: Ledger, { url }: Draft, { status, cursor, article, error }: Result): void {
  if (status === 'REJECTED') {
    if (error?.code !== 'DELETED' || !ledger.removed.has(url)) ledger.faults.push(`${url} was rejected: ${error?.message}`)
    return
  }
  if (article === null) {
    // Removed since by another writer: the answer reads the articles after it has stored them.
    if (!ledger.removed.has(url)) ledger.faults.push(`${url} was ${status}, without an article`)
    return
  }
  const known = ledger.acknowledged.get(url)
  if (known !== undefined && known !== article.id) ledger.faults.push(`${url} is two articles: ${known} and ${article.id}`)
  ledger.acknowledged.set(url, article.id)
  if (status !== 'INGESTED') return
  if (ledger.cursors.has(url)) ledger.faults.push(`${url} was ingested twice: at ${ledger.cursors.get(url)} and ${cursor}`)
  ledger.cursors.set(url, cursor!)
}
