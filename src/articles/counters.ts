import type { Transaction } from '../db/connect.ts'

/**
 * Locks the counters of articles in the order of their ids, as a read does, and makes those that no read has made yet: without them a first
 * read, and others after it, would pass by who holds the lock. Ids of articles that are gone are left out.
 */
export async function lockCounters(tx: Transaction, ids: string[]): Promise<void> {
  // WHERE false locks without a change.
  await tx.$executeRaw`
    INSERT INTO article_counter (article_id) SELECT id FROM article WHERE id = ANY(${ids}::uuid[]) ORDER BY id
    ON CONFLICT (article_id) DO UPDATE SET read_count = article_counter.read_count WHERE false`
}
