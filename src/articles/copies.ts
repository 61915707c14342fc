import type { Transaction } from '../db/connect.ts'
import type { Draft } from './draft.ts'
import { gramsOf, jaccard, nearlySame, type Grams } from './near-text.ts'
import type { Known } from './judge.ts'
import { readTexts } from './known.ts'

/** Articles that are looked at of those that share a key, the newest: many bulletins in the same words must not make each further one dearer. */
const mostOfKey = 30
/** Articles whose texts are compared with those of a batch, those that share the most keys first. */
const mostCompared = 200

/** An article's text; its 4-grams are made where it is compared, which few are. */
type Text = { known: Known; grams: () => Grams }

/**
 * The articles that drafts may be copies of: another feed's, or for drafts without one another host's, in nearly the same
 * words. Never one that the draft's own source has carried already: two bulletins in the same words are two articles.
 */
export type Copies = {
  of: (draft: Draft) => Known | undefined
  /** A new article of this batch, which later drafts of it may be copies of. */
  add: (draft: Draft, known: Known) => void
  /** The stream's position that all this was read at; null where no draft can be a copy. */
  position: bigint | null
}

/** One statement, two where there are candidates, none where no draft is long enough. */
export async function readCopies(tx: Transaction, drafts: Draft[], source: string | null): Promise<Copies> {
  const { position, shared } = await readShared(tx, drafts)
  const ids = new Map<string, number>()
  for (const { articleId } of shared) ids.set(articleId, (ids.get(articleId) ?? 0) + 1)
  const compared = [...ids].sort((a, b) => b[1] - a[1]).slice(0, mostCompared)
  const articles = await readTexts(
    tx,
    compared.map(([id]) => id),
  )
  const texts = new Map<number, Text[]>()
  const note = (key: number, text: Text) => texts.set(key, [...(texts.get(key) ?? []), text])
  for (const { content, copyKeys, ...candidate } of articles) {
    const text = { known: { ...candidate, tombstone: null, touched: false }, grams: once(content) }
    for (const key of copyKeys) note(key, text)
  }
  return {
    position,
    add: (draft, known) => {
      if (draft.copyKeys.length === 0) return
      const text = { known, grams: once(draft.content) }
      for (const key of draft.copyKeys) note(key, text)
    },
    of: (draft) => {
      const candidates = new Set(draft.copyKeys.flatMap((key) => texts.get(key) ?? []))
      if (candidates.size === 0) return undefined
      const grams = gramsOf(draft.content)
      const near = [...candidates]
        .filter(({ known }) => !carries(known, draft, source))
        .map((text) => ({ known: text.known, index: jaccard(grams, text.grams()) }))
        .filter(({ index }) => index >= nearlySame)
      // Of several bulletins in the same words it is the one of its own time.
      const apart = ({ known }: { known: Known }) => Math.abs(known.publishedAt.getTime() - (draft.publishedAt ?? known.publishedAt).getTime())
      return near.sort((a, b) => b.index - a.index || apart(a) - apart(b) || (a.known.article!.id < b.known.article!.id ? -1 : 1))[0]?.known
    },
  }
}

function once(content: string): () => Grams {
  let grams: Grams | undefined
  return () => (grams ??= gramsOf(content))
}

/** Whether the draft's own source has carried an article: its feed, or for a draft without one its host. */
function carries({ sightings }: Known, draft: Draft, source: string | null): boolean {
  if (source !== null) return sightings.some((sighting) => sighting.feedId === source)
  const { host } = new URL(draft.url)
  return sightings.some((sighting) => sighting.feedId === null && new URL(sighting.url).host === host)
}

async function readShared(tx: Transaction, drafts: Draft[]): Promise<{ position: bigint | null; shared: { key: number; articleId: string }[] }> {
  const keys = keysOfAll(drafts)
  if (keys.length === 0) return { position: null, shared: [] }
  const rows = await tx.$queryRaw<{ position: bigint; key: number | null; articleId: string | null }[]>`
    SELECT h.position, c.key, c.article_id AS "articleId"
    FROM stream_head h LEFT JOIN (
      unnest(${keys}::int[]) AS q(key) CROSS JOIN LATERAL (SELECT key, article_id FROM copy_key WHERE key = q.key ORDER BY article_id DESC LIMIT ${mostOfKey}) AS c
    ) ON true`
  return { position: rows[0]!.position, shared: rows.flatMap(({ key, articleId }) => (key === null || articleId === null ? [] : { key, articleId })) }
}

/**
 * Whether others stored an article that one of the drafts may be a copy of, after `copies` were read and before the head was
 * taken: two writers may bring two copies at once.
 * @param first the position of the batch's own first event
 */
export async function copiesArrived(tx: Transaction, drafts: Draft[], { position }: Copies, first: bigint): Promise<boolean> {
  if (position === null || first === position + 1n) return false
  const [row] = await tx.$queryRaw<{ arrived: boolean }[]>`
    SELECT EXISTS (
      SELECT FROM stream_event e JOIN copy_key k ON k.article_id = e.article_id AND k.key = ANY(${keysOfAll(drafts)}::int[])
      WHERE e.position > ${position} AND e.position < ${first} AND e.kind <> 'REMOVED'
    ) AS arrived`
  return row!.arrived
}

const keysOfAll = (drafts: Draft[]): number[] => [...new Set(drafts.flatMap((draft) => draft.copyKeys))]
