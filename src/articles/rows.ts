import type { Transaction } from '../db/connect.ts'
import { isSlug } from '../graphql/ids.ts'
import type { Draft } from './draft.ts'
import type { Enclosure } from './entry.ts'
import type { Candidate, SeenAs } from './match.ts'

/** What the store asks of an article that is there. `origin` is the feed that saw it first, null for ingestArticles. */
export type StoredArticle = {
  id: string
  categoryId: string
  textHash: string
  wordCount: number
  publishedAt: Date
  byline: string | null
  imageUrl: string | null
  language: string | null
  feedIds: string[]
  origin: string | null
}

/** An article's new state; what the entry did not supply is as it was. */
export type ArticleChange = Omit<Draft, 'publishedAt'> & { publishedAt: Date }

/** Which of the categories exist; they cannot be removed until the transaction ends. */
export async function readCategories(tx: Transaction, ids: string[]): Promise<Set<string>> {
  const rows = await tx.$queryRaw<
    { id: string }[]
  >`SELECT id FROM category WHERE id = ANY(${[...new Set(ids)].filter(isSlug)}::text[]) ORDER BY id FOR KEY SHARE`
  return new Set(rows.map((row) => row.id))
}

/** Of a removed article. `expiresAt` is null where deleteArticle left it. */
export type Tombstone = { articleId: string; expiresAt: Date | null }

type CandidateRow = {
  id: string
  deleted: boolean
  expires_at: Date | null
  text_hash: string
  enclosures: Enclosure[]
  published_at: Date
  category_id: string | null
  word_count: number | null
  byline: string | null
  image_url: string | null
  language: string | null
  sightings: SeenAs[]
}

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
  const rows = await tx.$queryRaw<CandidateRow[]>`
    WITH live AS (
      SELECT DISTINCT s.article_id FROM sighting s JOIN article a ON a.id = s.article_id
      WHERE s.url_key = ANY(${keys}::uuid[])
        AND (${someWithoutGuid} OR s.feed_id IS DISTINCT FROM ${source}::uuid OR s.guid IS NULL OR s.guid = ANY(${guids}::text[]) OR a.text_hash = ANY(${hashes}::uuid[]))
    ), dead AS (
      SELECT DISTINCT article_id FROM tombstone
      WHERE url_key = ANY(${keys}::uuid[])
        AND (${someWithoutGuid} OR feed_id IS DISTINCT FROM ${source}::uuid OR guid IS NULL OR guid = ANY(${guids}::text[]) OR text_hash = ANY(${hashes}::uuid[]))
    )
    SELECT a.id, false AS deleted, NULL::timestamptz AS expires_at, a.text_hash, a.enclosures, a.published_at, a.category_id, a.word_count, a.byline, a.image_url, a.language,
      (SELECT json_agg(json_build_object('feedId', s.feed_id, 'guid', s.guid, 'urlKey', s.url_key) ORDER BY s.seen_at, s.id) FROM sighting s WHERE s.article_id = a.id) AS sightings
    FROM live JOIN article a ON a.id = live.article_id
    UNION ALL
    SELECT t.article_id, true, min(t.expires_at), min(t.text_hash::text)::uuid, (array_agg(t.enclosures))[1], max(t.deleted_at), NULL, NULL, NULL, NULL, NULL,
      json_agg(json_build_object('feedId', t.feed_id, 'guid', t.guid, 'urlKey', t.url_key))
    FROM dead JOIN tombstone t ON t.article_id = dead.article_id GROUP BY t.article_id`
  return rows.map((row) => ({
    textHash: row.text_hash,
    enclosures: row.enclosures,
    publishedAt: row.published_at,
    sightings: row.sightings,
    tombstone: row.deleted ? { articleId: row.id, expiresAt: row.expires_at } : null,
    article: row.deleted
      ? null
      : {
          id: row.id,
          categoryId: row.category_id!,
          textHash: row.text_hash,
          wordCount: row.word_count!,
          publishedAt: row.published_at,
          byline: row.byline,
          imageUrl: row.image_url,
          language: row.language,
          feedIds: [...new Set(row.sightings.flatMap((s) => s.feedId ?? []))],
          origin: row.sightings[0]?.feedId ?? null,
        },
  }))
}

/** New articles, each with its counter and its first sighting. */
export async function insertArticles(tx: Transaction, drafts: Draft[], source: string | null, now: Date): Promise<void> {
  if (drafts.length === 0) return
  const rows = drafts.map((draft) => ({ ...articleRow(draft), guid: draft.guid, url_key: draft.urlKey, published_at: draft.publishedAt ?? now }))
  await tx.$executeRaw`
    WITH r AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${JSON.stringify(rows)}::json) AS r(
        id uuid, category_id text, url text, url_key uuid, guid text, title text, byline text, image_url text, language text, content text, content_html text,
        text_hash uuid, tags text[], enclosures jsonb, word_count int, reading_time_minutes int, published_at timestamptz)
    ), articles AS (
      INSERT INTO article (id, category_id, url, title, byline, image_url, language, content, content_html, text_hash, text_source, tags, enclosures,
        word_count, reading_time_minutes, published_at, created_at, updated_at)
      SELECT id, category_id, url, title, byline, image_url, language, content, content_html, text_hash, ${textSource(source)}::text_source, coalesce(tags, '{}'), coalesce(enclosures, '[]'),
        word_count, reading_time_minutes, published_at, ${now}, ${now} FROM r
    ), counters AS (
      INSERT INTO article_counter (article_id) SELECT id FROM r
    )
    INSERT INTO sighting (id, article_id, feed_id, url, url_key, guid, seen_at)
    SELECT gen_random_uuid(), id, ${source}::uuid, url, url_key, guid, ${now} FROM r`
}

/** Edits, rows locked in id order. */
export async function updateArticles(tx: Transaction, changes: ArticleChange[], source: string | null, now: Date): Promise<void> {
  if (changes.length === 0) return
  const rows = changes.map((change) => ({ ...articleRow(change), published_at: change.publishedAt }))
  await tx.$executeRaw`SELECT FROM article WHERE id = ANY(${changes.map((change) => change.id)}::uuid[]) ORDER BY id FOR UPDATE`
  await tx.$executeRaw`
    UPDATE article a SET category_id = r.category_id, title = r.title, byline = r.byline, image_url = r.image_url, language = r.language, content = r.content,
      content_html = r.content_html, text_hash = r.text_hash, text_source = ${textSource(source)}::text_source, tags = coalesce(r.tags, a.tags), enclosures = coalesce(r.enclosures, a.enclosures),
      word_count = r.word_count, reading_time_minutes = r.reading_time_minutes, published_at = r.published_at, updated_at = ${now}
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS r(
      id uuid, category_id text, title text, byline text, image_url text, language text, content text, content_html text,
      text_hash uuid, tags text[], enclosures jsonb, word_count int, reading_time_minutes int, published_at timestamptz)
    WHERE a.id = r.id`
}

/** Further sightings of articles that are there, each later than those before it whatever the clocks of two servers say: the first one's feed is the article's own. */
export async function insertSightings(tx: Transaction, seen: { articleId: string; draft: Draft }[], source: string | null, now: Date): Promise<void> {
  if (seen.length === 0) return
  const rows = seen.map(({ articleId, draft }) => ({ article_id: articleId, url: draft.url, url_key: draft.urlKey, guid: draft.guid }))
  await tx.$executeRaw`
    WITH r AS MATERIALIZED (
      SELECT DISTINCT ON (article_id, url_key) *
      FROM ROWS FROM (json_to_recordset(${JSON.stringify(rows)}::json) AS (article_id uuid, url text, url_key uuid, guid text)) WITH ORDINALITY AS r(article_id, url, url_key, guid, o)
      ORDER BY article_id, url_key, o DESC
    ), known AS (
      UPDATE sighting s SET guid = r.guid FROM r
      WHERE s.article_id = r.article_id AND s.url_key = r.url_key AND s.feed_id IS NOT DISTINCT FROM ${source}::uuid
      RETURNING s.article_id, s.url_key
    )
    INSERT INTO sighting (id, article_id, feed_id, url, url_key, guid, seen_at)
    SELECT gen_random_uuid(), r.article_id, ${source}::uuid, r.url, r.url_key, r.guid,
      greatest(${now}, (SELECT max(s.seen_at) + interval '1 millisecond' FROM sighting s WHERE s.article_id = r.article_id)) FROM r
    WHERE NOT EXISTS (SELECT FROM known k WHERE k.article_id = r.article_id AND k.url_key = r.url_key)`
}

function articleRow(draft: Draft | ArticleChange) {
  return {
    id: draft.id,
    category_id: draft.categoryId,
    url: draft.url,
    title: draft.title,
    byline: draft.byline,
    image_url: draft.imageUrl,
    language: draft.language,
    content: draft.content,
    content_html: draft.contentHtml,
    text_hash: draft.textHash,
    tags: draft.tags,
    enclosures: draft.enclosures,
    word_count: draft.wordCount,
    reading_time_minutes: draft.readingTimeMinutes,
  }
}

const textSource = (source: string | null) => (source === null ? 'API' : 'FEED')
