import { setImmediate as turn } from 'node:timers/promises'
import type pg from 'pg'
import { writeLexemes } from '../articles/rows.ts'
import type { Prisma, Transaction } from '../db/connect.ts'
import { Prisma as Sql } from '../db/generated/client.ts'
import { countWaiting } from '../enrichment/queue.ts'
import { repeat } from '../repeat.ts'
import { appendEvents, factsSql, type ArticleFacts } from '../stream/log.ts'
import type { Wake } from '../stream/wake.ts'
import { analysisVersion } from '../words/analysis.ts'
import { detectLanguage } from '../words/language.ts'

/** What a transaction indexes: it holds the embedded database's one connection. */
const batch = { articles: 50, bytes: 1_000_000 }
const everyMs = 250
/** Tasks of enriching that may wait. The walk waits for them, so that what has just come is not enriched last of all. */
const mostWaiting = 1_000

/** How far a walk is. `enriching`: how many tasks of enriching wait, of these articles or others. */
export type Progress = { startedAt: Date | null; finishedAt: Date | null; articles: number; indexed: number; enriching: number }

export async function readProgress(prisma: Prisma): Promise<Progress> {
  const { startedAt, finishedAt, articles, indexed } = await prisma.reindex.findFirstOrThrow()
  return { startedAt, finishedAt, articles: Math.max(articles, indexed), indexed, enriching: await countWaiting(prisma) }
}

/** Begins a walk over all articles, unless one is under way: that one goes on. */
export async function beginWalk(prisma: Prisma, now: Date): Promise<void> {
  await prisma.$executeRaw`
    UPDATE reindex SET version = ${analysisVersion}, after = NULL, started_at = ${now}, finished_at = NULL, indexed = 0, articles = (SELECT count(*) FROM article)
    WHERE started_at IS NULL OR finished_at IS NOT NULL OR version < ${analysisVersion}`
}

/** Before any id. */
const first = '00000000-0000-0000-0000-000000000000'

type Row = { id: string; title: string; content: string; language: string | null; facts: ArticleFacts }

const facts = factsSql(Sql.sql`SELECT feed_id FROM sighting WHERE article_id = a.id`)

/**
 * Indexes the next articles of a walk anew, which enriches them anew, in one transaction; a language is told where none is known.
 * @param most articles, at most
 * @returns whether there is more to do at once, and whether anything was appended to the stream
 */
async function walkOn(tx: Transaction, now: Date, most: number): Promise<{ more: boolean; said: boolean }> {
  // The row is the lock: over all servers one walks.
  const [state] = await tx.$queryRaw<{ after: string | null; waits: boolean }[]>`
    SELECT after, (SELECT count(*) FROM (SELECT FROM enrichment_task WHERE due_at IS NULL LIMIT ${mostWaiting}) t) = ${mostWaiting} AS waits FROM reindex WHERE started_at IS NOT NULL AND finished_at IS NULL FOR UPDATE SKIP LOCKED`
  if (!state || state.waits) return { more: false, said: false }
  // Whoever edits one waits, and writes what the edit is found by.
  const articles = await tx.$queryRaw<Row[]>`
    SELECT a.id, a.title, a.content, a.language, ${facts} AS facts FROM (
      SELECT id, sum(octet_length(content)) OVER (ORDER BY id) - octet_length(content) AS before FROM (
        SELECT id, content FROM article WHERE id > ${state.after ?? first}::uuid ORDER BY id LIMIT ${most}) n
    ) n JOIN article a ON a.id = n.id WHERE n.before < ${batch.bytes} ORDER BY a.id FOR NO KEY UPDATE OF a`
  const last = articles.at(-1)
  if (!last) {
    await tx.$executeRaw`UPDATE reindex SET finished_at = ${now}`
    return { more: false, said: false }
  }
  const told = articles.flatMap(({ id, title, content, facts: before, ...article }) => {
    const language = article.language ?? detectLanguage(title, content)
    return language === article.language ? [] : [{ id, language, before }]
  })
  const languages = new Map(told.map(({ id, language }) => [id, language]))
  await writeLexemes(
    tx,
    articles.map((article) => ({ ...article, language: languages.get(article.id) ?? article.language })),
  )
  await tx.$executeRaw`UPDATE reindex SET after = ${last.id}::uuid, indexed = indexed + ${articles.length}`
  if (told.length > 0) {
    await tx.$executeRaw`
      UPDATE article a SET language = t.language FROM json_to_recordset(${JSON.stringify(told.map(({ id, language }) => ({ id, language })))}::json) AS t(id uuid, language text) WHERE a.id = t.id`
    const events = told.map(({ id, language, before }) => ({ kind: 'UPDATED' as const, articleId: id, facts: { ...before, language }, before }))
    await appendEvents(tx, events, now)
  }
  return { more: true, said: told.length > 0 }
}

type Services = { prisma: Prisma; pool: pg.Pool; wake: Pick<Wake, 'hint'>; clock: () => Date }

/** Leaves out the next article of a walk. */
const skipOne = (prisma: Prisma) => prisma.$executeRaw`
  UPDATE reindex SET after = (SELECT id FROM article WHERE id > coalesce(after, ${first}::uuid) ORDER BY id LIMIT 1) WHERE finished_at IS NULL`

/**
 * Walks whenever a walk is under way, whoever began it, from where it is: a crash loses nothing. Begins one by itself where articles
 * were indexed by an older version of words/analysis.ts, or never. An article that cannot be indexed is left out, and told.
 * @returns stops it, and waits for what is under way
 */
export function startWalking({ prisma, pool, wake, clock }: Services, onError: (error: unknown) => void): () => Promise<void> {
  return repeat(
    everyMs,
    async (signal) => {
      const { rows } = await pool.query<{ version: number; walks: boolean }>(
        'SELECT version, started_at IS NOT NULL AND finished_at IS NULL AS walks FROM reindex',
      )
      const { version, walks } = rows[0]!
      if (version < analysisVersion) await beginWalk(prisma, clock())
      else if (!walks) return
      let most = batch.articles
      for (let more = true; more && !signal.aborted; await turn()) {
        try {
          const walked = await prisma.$transaction((tx) => walkOn(tx, clock(), most))
          if (walked.said) wake.hint()
          ;({ more } = walked)
          most = batch.articles
        } catch (error) {
          if (most === 1) {
            onError(error)
            await skipOne(prisma)
          }
          most = 1
        }
      }
    },
    onError,
  )
}
