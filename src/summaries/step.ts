import { createHash } from 'node:crypto'
import type { EnrichedArticle, EnrichmentStep } from '../enrichment/step.ts'
import type { Transaction } from '../db/connect.ts'
import { summarise } from './extract.ts'
import { askForSummaries } from './queue.ts'

type Stored = { id: string; text: string | null; textHash: string | null; isGiven: boolean }
type Made = { id: string; text: string; textHash: string }

/**
 * Makes summaries, and takes those away of articles that have no text any more. An article that has come again with the same words has been
 * indexed anew (reindex/walk.ts), and is summarised anew. One that a client supplied goes before them, so that nobody sees those.
 * @param asks whether a language model is to make a better one
 */
export function summariesStep({ asks }: { asks: boolean }): EnrichmentStep {
  return async (tx, articles, now) => {
    const there = articles.filter((article): article is Worded => article.words !== null)
    if (there.length === 0) return []
    const stored = new Map((await readStored(tx, there)).map((row) => [row.id, row]))
    const made: Made[] = []
    const kept: string[] = []
    const emptied: string[] = []
    for (const { id, words } of there) {
      const textHash = hashOf(words)
      const old = stored.get(id)
      if (!old) continue
      // The model may have made this one of the same words: it is not worse than ours, and stays until the model has made another.
      if (asks && old.textHash === textHash) {
        kept.push(id)
        continue
      }
      const text = summarise(words)
      if (text !== null) made.push({ id, text, textHash })
      else emptied.push(id)
      await new Promise(setImmediate)
    }
    await writeMade(tx, made)
    if (emptied.length > 0) await tx.$executeRaw`DELETE FROM article_summary WHERE article_id = ANY(${emptied}::uuid[])`
    const seen = (id: string) => !stored.get(id)!.isGiven
    if (asks) await askForSummaries(tx, { asked: [...made.map(({ id }) => id), ...kept].filter(seen), emptied }, now)
    const changed = made.filter(({ id, text }) => text !== stored.get(id)!.text).map(({ id }) => id)
    return [...changed, ...emptied.filter((id) => stored.get(id)!.text !== null)].filter(seen)
  }
}

type Worded = EnrichedArticle & { words: NonNullable<EnrichedArticle['words']> }

/** Raised with each change of how summaries are made: an article is summarised anew when it is enriched the next time. */
const summaryVersion = 2

function hashOf({ title, content, language }: Worded['words']): string {
  const hex = createHash('md5')
    .update(JSON.stringify([summaryVersion, language, title]))
    .update(content)
    .digest('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

async function readStored(tx: Transaction, articles: Worded[]): Promise<Stored[]> {
  const ids = articles.map(({ id }) => id)
  return tx.$queryRaw`
    SELECT a.id, s.text, s.text_hash AS "textHash", a.text_source = 'API' AND a.summary IS NOT NULL AS "isGiven"
    FROM article a LEFT JOIN article_summary s ON s.article_id = a.id WHERE a.id = ANY(${ids}::uuid[])`
}

async function writeMade(tx: Transaction, made: Made[]): Promise<void> {
  if (made.length === 0) return
  await tx.$executeRaw`
    INSERT INTO article_summary (article_id, text, text_hash)
    SELECT id, text, "textHash" FROM json_to_recordset(${JSON.stringify(made)}::json) AS r(id uuid, text text, "textHash" uuid)
    ON CONFLICT (article_id) DO UPDATE SET text = excluded.text, text_hash = excluded.text_hash`
}
