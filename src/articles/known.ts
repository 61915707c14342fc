import type { Transaction } from '../db/connect.ts'
import { Prisma as Sql, type TextSource } from '../db/generated/client.ts'
import type { Draft } from './draft.ts'
import type { Enclosure } from './entry.ts'
import type { Candidate, SeenAs } from './match.ts'

/** What the store asks of an article that is there. `origin` is the feed that saw it first, null for ingestArticles. */
export type StoredArticle = {
  id: string
  categoryId: string
  textHash: string
  wordCount: number
  textSource: TextSource
  publishedAt: Date
  byline: string | null
  summary: string | null
  imageUrl: string | null
  language: string | null
  feedIds: string[]
  origin: string | null
  /** Of its own link: where others are copies of it, theirs differ. */
  urlKey: string
}

type ArticleRow = {
  id: string
  text_hash: string
  enclosures: Enclosure[]
  published_at: Date
  category_id: string
  word_count: number
  text_source: TextSource
  byline: string | null
  summary: string | null
  image_url: string | null
  language: string | null
  sightings: SeenAs[]
}

/** Of a removed article. `expiresAt` is null where deleteArticle left it. */
export type Tombstone = { articleId: string; expiresAt: Date | null }

/** Of the row `a` of article. */
const columns = Sql.sql`a.id, a.text_hash, a.enclosures, a.published_at, a.category_id, a.word_count, a.text_source, a.byline, a.summary, a.image_url, a.language,
  (SELECT json_agg(json_build_object('feedId', s.feed_id, 'guid', s.guid, 'url', s.url, 'urlKey', s.url_key) ORDER BY s.seen_at, s.id)
    FROM sighting s WHERE s.article_id = a.id) AS sightings`

/**
 * The articles, and the tombstones of articles, that drafts may be: all that were seen under one of their links, but for
 * those that the same source claimed under a guid and with a text that no draft has (a podcast's other episodes).
 */
export async function readCandidates(
  tx: Transaction,
  drafts: Draft[],
  source: string | null,
): Promise<(Candidate & { article: StoredArticle | null; tombstone: Tombstone | null })[]> {
  const keys = drafts.map((draft) => draft.urlKey)
  const guids = drafts.flatMap((draft) => draft.guid ?? [])
  const hashes = drafts.map((draft) => draft.textHash)
  const someWithoutGuid = drafts.some((draft) => draft.guid === null)
  const rows = await tx.$queryRaw<(ArticleRow & { deleted: boolean; expires_at: Date | null })[]>`
    WITH live AS (
      SELECT DISTINCT s.article_id FROM sighting s JOIN article a ON a.id = s.article_id
      WHERE s.url_key = ANY(${keys}::uuid[])
        AND (${someWithoutGuid} OR s.feed_id IS DISTINCT FROM ${source}::uuid OR s.guid IS NULL OR s.guid = ANY(${guids}::text[]) OR a.text_hash = ANY(${hashes}::uuid[]))
    ), dead AS (
      SELECT DISTINCT article_id FROM tombstone
      WHERE url_key = ANY(${keys}::uuid[])
        AND (${someWithoutGuid} OR feed_id IS DISTINCT FROM ${source}::uuid OR guid IS NULL OR guid = ANY(${guids}::text[]) OR text_hash = ANY(${hashes}::uuid[]))
    )
    SELECT false AS deleted, NULL::timestamptz AS expires_at, ${columns}
    FROM live JOIN article a ON a.id = live.article_id
    UNION ALL
    SELECT true, min(t.expires_at), t.article_id, min(t.text_hash::text)::uuid, (array_agg(t.enclosures))[1], max(t.deleted_at), NULL, NULL, NULL, NULL, NULL, NULL, NULL,
      json_agg(json_build_object('feedId', t.feed_id, 'guid', t.guid, 'url', '', 'urlKey', t.url_key))
    FROM dead JOIN tombstone t ON t.article_id = dead.article_id GROUP BY t.article_id`
  return rows.map((row) => ({
    ...candidateOf(row),
    article: row.deleted ? null : storedOf(row),
    tombstone: row.deleted ? { articleId: row.id, expiresAt: row.expires_at } : null,
  }))
}

/** An article with its texts. */
export type Texts = Candidate & { article: StoredArticle; title: string; content: string; copyKeys: number[]; tags: string[]; createdAt: Date; updatedAt: Date }

/** Articles with their texts, for telling copies and edits; those that are gone are left out. */
export async function readTexts(tx: Transaction, ids: string[]): Promise<Texts[]> {
  if (ids.length === 0) return []
  const rows = await tx.$queryRaw<(ArticleRow & Pick<Texts, 'title' | 'content' | 'copyKeys' | 'tags' | 'createdAt' | 'updatedAt'>)[]>`
    SELECT ${columns}, a.title, a.content, a.copy_keys AS "copyKeys", a.tags, a.created_at AS "createdAt", a.updated_at AS "updatedAt" FROM article a WHERE a.id = ANY(${ids}::uuid[]) ORDER BY a.id`
  return rows.map((row) => {
    const { title, content, copyKeys, tags, createdAt, updatedAt } = row
    return { ...candidateOf(row), article: storedOf(row), title, content, copyKeys, tags, createdAt, updatedAt }
  })
}

function candidateOf(row: ArticleRow): Candidate {
  return { textHash: row.text_hash, enclosures: row.enclosures, publishedAt: row.published_at, sightings: row.sightings }
}

function storedOf(row: ArticleRow): StoredArticle {
  return {
    id: row.id,
    categoryId: row.category_id,
    textHash: row.text_hash,
    wordCount: row.word_count,
    textSource: row.text_source,
    publishedAt: row.published_at,
    byline: row.byline,
    summary: row.summary,
    imageUrl: row.image_url,
    language: row.language,
    feedIds: [...new Set(row.sightings.flatMap((s) => s.feedId ?? []))],
    origin: row.sightings[0]?.feedId ?? null,
    urlKey: row.sightings[0]?.urlKey ?? '',
  }
}
