import type { Transaction } from '../db/connect.ts'
import { isSlug } from '../graphql/ids.ts'
import { analyse, tsvectorText, type Text } from '../words/analysis.ts'
import type { Draft } from './draft.ts'
import { keepRevisions } from './revisions.ts'

/** An article's new state; what the entry did not supply is as it was. */
export type ArticleChange = Omit<Draft, 'publishedAt'> & {
  publishedAt: Date
  /** The article keeps its text, and all that is made from it. */
  keepsText: boolean
}

/** When an article was made and edited, where that is not now. */
type Dates = { createdAt?: Date | null; updatedAt?: Date | null }

/** Which of the categories exist; they cannot be removed until the transaction ends. */
export async function readCategories(tx: Transaction, ids: string[]): Promise<Set<string>> {
  const rows = await tx.$queryRaw<
    { id: string }[]
  >`SELECT id FROM category WHERE id = ANY(${[...new Set(ids)].filter(isSlug)}::text[]) ORDER BY id FOR KEY SHARE`
  return new Set(rows.map((row) => row.id))
}

/** New articles, each with its first sighting, from when it was made. */
export async function insertArticles(tx: Transaction, drafts: (Draft & Dates)[], source: string | null, now: Date): Promise<void> {
  if (drafts.length === 0) return
  const rows = drafts.map((draft) => {
    const createdAt = draft.createdAt ?? now
    const dates = { published_at: draft.publishedAt ?? now, created_at: createdAt, updated_at: draft.updatedAt ?? createdAt }
    return { ...articleRow(draft), ...dates, ...lexemesRow(draft), guid: draft.guid, url_key: draft.urlKey }
  })
  await tx.$executeRaw`
    WITH r AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${JSON.stringify(rows)}::json) AS r(
        id uuid, category_id text, url text, url_key uuid, guid text, title text, byline text, summary text, image_url text, language text, content text, content_html text,
        text_hash uuid, copy_keys int[], tags text[], enclosures jsonb, word_count int, reading_time_minutes int, published_at timestamptz, created_at timestamptz, updated_at timestamptz, lexemes tsvector, length int)
    ), articles AS (
      INSERT INTO article (id, category_id, url, title, byline, summary, image_url, language, content, content_html, text_hash, copy_keys, text_source, tags, enclosures,
        word_count, reading_time_minutes, published_at, created_at, updated_at)
      SELECT id, category_id, url, title, byline, summary, image_url, language, content, content_html, text_hash, copy_keys, ${textSource(source)}::text_source, coalesce(tags, '{}'), coalesce(enclosures, '[]'),
        word_count, reading_time_minutes, published_at, created_at, updated_at FROM r
    ), found AS (
      INSERT INTO article_lexemes (article_id, lexemes, length) SELECT id, lexemes, length FROM r
    )
    INSERT INTO sighting (id, article_id, feed_id, url, url_key, guid, seen_at)
    SELECT gen_random_uuid(), id, ${source}::uuid, url, url_key, guid, created_at FROM r`
}

/** Edits, rows locked in id order; what stood there is kept where the words change. A summary made of another text goes at once, and enriching makes another. */
export async function updateArticles(tx: Transaction, changes: (ArticleChange & Dates)[], source: string | null, now: Date): Promise<void> {
  if (changes.length === 0) return
  const rows = changes.map((change) => ({
    ...articleRow(change),
    published_at: change.publishedAt,
    updated_at: change.updatedAt ?? now,
    keeps: change.keepsText,
  }))
  const ids = changes.map((change) => change.id)
  const stored = new Map(
    (
      await tx.$queryRaw<({ id: string } & Words)[]>`
        SELECT id, title, language, text_hash AS "textHash", text_source AS "textSource" FROM article WHERE id = ANY(${ids}::uuid[]) ORDER BY id FOR NO KEY UPDATE`
    ).map((row) => [row.id, row]),
  )
  await keepRevisions(tx, changes, now)
  await tx.$executeRaw`
    WITH r AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${JSON.stringify(rows)}::json) AS r(
        id uuid, category_id text, title text, byline text, summary text, image_url text, language text, content text, content_html text,
        text_hash uuid, copy_keys int[], tags text[], enclosures jsonb, word_count int, reading_time_minutes int, published_at timestamptz, updated_at timestamptz, keeps boolean)
    ), outdated AS (
      DELETE FROM article_summary s USING r JOIN article a ON a.id = r.id WHERE s.article_id = r.id AND NOT r.keeps AND a.content <> r.content
    )
    UPDATE article a SET category_id = r.category_id, title = r.title, byline = r.byline, summary = r.summary, image_url = r.image_url, language = r.language, text_hash = r.text_hash,
      content = CASE WHEN r.keeps THEN a.content ELSE r.content END, content_html = CASE WHEN r.keeps THEN a.content_html ELSE r.content_html END,
      copy_keys = CASE WHEN r.keeps THEN a.copy_keys ELSE r.copy_keys END, text_source = CASE WHEN r.keeps THEN a.text_source ELSE ${textSource(source)}::text_source END, tags = coalesce(r.tags, a.tags), enclosures = coalesce(r.enclosures, a.enclosures),
      word_count = r.word_count, reading_time_minutes = CASE WHEN r.keeps THEN a.reading_time_minutes ELSE r.reading_time_minutes END, published_at = r.published_at, updated_at = r.updated_at
    FROM r WHERE a.id = r.id`
  const found = changes.filter((change) => isFoundByOthers(change, stored.get(change.id)!))
  const kept = await readContents(
    tx,
    found.filter((change) => change.keepsText).map((change) => change.id),
  )
  await writeLexemes(
    tx,
    found.map((change) => ({ ...change, content: kept.get(change.id) ?? change.content })),
  )
}

/** Of an article that is there, what tells whether its words are others. */
type Words = { title: string; language: string | null; textHash: string; textSource: string }

const isFoundByOthers = (change: ArticleChange, stored: Words) =>
  change.title !== stored.title ||
  change.language !== stored.language ||
  (!change.keepsText && (change.textHash !== stored.textHash || stored.textSource === 'PAGE'))

async function readContents(tx: Transaction, ids: string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await tx.$queryRaw<{ id: string; content: string }[]>`SELECT id, content FROM article WHERE id = ANY(${ids}::uuid[])`
  return new Map(rows.map(({ id, content }) => [id, content]))
}

/** Of articles that are there, whose rows are locked, what they are found by. A row that is there keeps its batch: a conflict would spend a number. */
export async function writeLexemes(tx: Transaction, articles: ({ id: string } & Text)[]): Promise<void> {
  if (articles.length === 0) return
  const rows = articles.map((article) => ({ id: article.id, ...lexemesRow(article) }))
  await tx.$executeRaw`
    WITH r AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${JSON.stringify(rows)}::json) AS r(id uuid, lexemes tsvector, length int)
    ), known AS (
      UPDATE article_lexemes l SET lexemes = r.lexemes, length = r.length FROM r WHERE l.article_id = r.id RETURNING l.article_id
    )
    INSERT INTO article_lexemes (article_id, lexemes, length) SELECT id, lexemes, length FROM r WHERE NOT EXISTS (SELECT FROM known k WHERE k.article_id = r.id)`
}

function lexemesRow(text: Text) {
  const analysis = analyse(text)
  return { lexemes: tsvectorText(analysis), length: analysis.length }
}

/** @returns false when one of the articles is gone; the others cannot go until the transaction ends */
export async function lockAgainstRemoval(tx: Transaction, ids: string[]): Promise<boolean> {
  if (ids.length === 0) return true
  const there = await tx.$queryRaw<unknown[]>`SELECT id FROM article WHERE id = ANY(${ids}::uuid[]) ORDER BY id FOR KEY SHARE`
  return there.length === new Set(ids).size
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
    summary: draft.summary,
    image_url: draft.imageUrl,
    language: draft.language,
    content: draft.content,
    content_html: draft.contentHtml,
    text_hash: draft.textHash,
    copy_keys: draft.copyKeys,
    tags: draft.tags,
    enclosures: draft.enclosures,
    word_count: draft.wordCount,
    reading_time_minutes: draft.readingTimeMinutes,
  }
}

export const textSource = (source: string | null) => (source === null ? 'API' : 'FEED')
