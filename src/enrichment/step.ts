import type { Transaction } from '../db/connect.ts'

/** An article that is enriched. */
export type EnrichedArticle = {
  id: string
  /** Null where it is gone. */
  words: { title: string; content: string; language: string | null } | null
}

/**
 * One part of enriching, in the transaction that takes the tasks away. One transaction enriches at a time, over all servers. It may lock
 * rows that nobody else writes; articles of the batch it may lock in the order of their ids, since they come after.
 * @returns ids of articles of which clients see something else now: each gets an `articleChanged`, and updatedAt stays
 */
export type EnrichmentStep = (tx: Transaction, articles: EnrichedArticle[], now: Date) => Promise<string[]>

/**
 * What is to be done when nothing waits to be enriched, a piece at a time, as a step is.
 * @returns 0 where there is nothing left to do
 */
export type Tidying = (tx: Transaction) => Promise<number>
