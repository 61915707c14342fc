import type { Transaction } from '../db/connect.ts'

/** Asks for summaries by a language model, in the transaction that makes the others; of an article that is asked for already, anew. */
export async function askForSummaries(tx: Transaction, { asked, emptied }: { asked: string[]; emptied: string[] }, now: Date): Promise<void> {
  if (asked.length > 0)
    await tx.$executeRaw`
      INSERT INTO summary_task (article_id, due_at) SELECT id, ${now} FROM unnest(${asked}::uuid[]) AS k(id) ORDER BY id
      ON CONFLICT (article_id) DO UPDATE SET due_at = ${now}, attempts = 0, claim_id = NULL, claimed_until = NULL`
  if (emptied.length > 0) await tx.$executeRaw`DELETE FROM summary_task WHERE article_id = ANY(${emptied}::uuid[])`
}
