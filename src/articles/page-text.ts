import type { Prisma as Client, Transaction } from '../db/connect.ts'
import { Prisma } from '../db/generated/client.ts'
import { appendEvents, factsSql, type ArticleFacts } from '../stream/log.ts'
import type { Wake } from '../stream/wake.ts'
import { detectLanguage } from '../words/language.ts'
import { readBody } from './body.ts'
import { limits } from './draft.ts'
import { gramsOf, keysOf, leastWords } from './near-text.ts'
import { writeLexemes } from './rows.ts'
import { countWords, plainLineFromText, readingTimeMinutes } from './text.ts'

/** What a page holds of an article; null for what it does not say. `url` is what its links are relative to. */
export type PageText = { url: string; contentHtml: string; byline: string | null; language: string | null }

/** Asks for the pages of articles, in the transaction that stores them; of one that is asked for already, anew. */
export async function askForPages(tx: Transaction, articleIds: string[], now: Date): Promise<void> {
  if (articleIds.length === 0) return
  await tx.$executeRaw`
    INSERT INTO page_task (article_id, due_at) SELECT id, ${now} FROM unnest(${articleIds}::uuid[]) AS k(id)
    ON CONFLICT (article_id) DO UPDATE SET due_at = ${now}, attempts = 0`
}

type Row = { title: string; content: string; wordCount: number; facts: ArticleFacts }

const facts = factsSql(Prisma.sql`SELECT feed_id FROM sighting WHERE article_id = a.id`)

/**
 * Puts the text of an article's page in place of its feed's, with an event on the stream; updatedAt stays, since nobody edited
 * anything. The summary made of the feed's text goes at once. A page that has less, or that is about something else (a login, a consent wall), is left.
 * @returns whether the text was taken
 */
export async function takePageText({ prisma, wake }: { prisma: Client; wake: Pick<Wake, 'hint'> }, id: string, page: PageText, now: Date): Promise<boolean> {
  // All that takes the processor happens before BEGIN.
  const { content, contentHtml } = readBody(page.contentHtml.slice(0, limits.content), 'HTML', page.url)
  const wordCount = countWords(content)
  const copyKeys = wordCount < leastWords ? [] : keysOf(gramsOf(content))
  const taken = await prisma.$transaction(async (tx) => {
    const [article] = await tx.$queryRaw<Row[]>`
      SELECT a.title, a.content, a.word_count AS "wordCount", ${facts} AS facts FROM article a WHERE a.id = ${id}::uuid FOR NO KEY UPDATE`
    if (!article) return false
    if (wordCount <= article.wordCount || !isAbout(content, article)) return false
    const [changed] = await tx.$queryRaw<{ facts: ArticleFacts; language: string | null }[]>`
      WITH outdated AS (DELETE FROM article_summary WHERE article_id = ${id}::uuid)
      UPDATE article a SET content = ${content}, content_html = ${contentHtml}, text_source = 'PAGE', word_count = ${wordCount},
        reading_time_minutes = ${readingTimeMinutes(content, wordCount)}, copy_keys = ${copyKeys}::int[],
        byline = coalesce(byline, ${page.byline}), summary = coalesce(summary, ${teaserOf(article.content)}), language = coalesce(language, ${page.language ?? detectLanguage(article.title, content)})
      WHERE a.id = ${id}::uuid RETURNING ${facts} AS facts, language`
    await writeLexemes(tx, [{ id, title: article.title, content, language: changed!.language }])
    await appendEvents(tx, [{ kind: 'UPDATED', articleId: id, facts: changed!.facts, before: article.facts }], now)
    return true
  })
  if (taken) wake.hint()
  return taken
}

/** What the feed told in place of the text is its summary of it; null where it told more than that, or nothing. */
const teaserOf = (content: string) => (content.length <= limits.summary && plainLineFromText(content)) || null

/** Of the longer words of title and teaser, how many the page must hold to be about the same. */
const shared = 0.4
const mostWords = 200

function isAbout(text: string, { title, content }: Pick<Row, 'title' | 'content'>): boolean {
  const wordsOf = (some: string) => some.toLowerCase().match(/[\p{L}\p{N}]{4,}/gu) ?? []
  const told = new Set(wordsOf(`${title} ${content.slice(0, 4_000)}`).slice(0, mostWords))
  if (told.size === 0) return true
  const found = new Set(wordsOf(text))
  return [...told].filter((word) => found.has(word)).length >= told.size * shared
}
