import type pg from 'pg'
import { repeat } from '../repeat.ts'

/** How often to look for keys to forget. */
const everyMs = 300_000
/** Keys that are forgotten in one transaction. */
const batch = 1_000
const dayMs = 86_400_000

/**
 * Forgets the idempotency keys that were counted before a moment, the oldest first. Several servers may do so at the same time: each
 * passes over the keys that another is at.
 * @param signal breaks it off between two batches
 * @returns how many it forgot
 */
export async function forgetKeys(pool: pg.Pool, before: Date, signal?: AbortSignal): Promise<number> {
  let forgotten = 0
  while (!signal?.aborted) {
    const { rowCount } = await pool.query({
      text: `DELETE FROM read_key WHERE key IN (SELECT key FROM read_key WHERE counted_at < $1 ORDER BY counted_at LIMIT ${batch} FOR UPDATE SKIP LOCKED)`,
      values: [before],
    })
    forgotten += rowCount!
    if (rowCount! < batch) break
    await new Promise(setImmediate)
  }
  return forgotten
}

/** Forgets old keys every five minutes. @returns stops it, and waits for the batch that is under way */
export function startForgetting(
  { pool, clock }: { pool: pg.Pool; clock: () => Date },
  { days, onError }: { days: number; onError: (error: unknown) => void },
): () => Promise<void> {
  return repeat(everyMs, (signal) => forgetKeys(pool, new Date(clock().getTime() - days * dayMs), signal), onError)
}
