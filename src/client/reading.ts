import type { FollowPosition } from './options.ts'

/**
 * By how much the createdAt of an article may lie before that of one that came earlier on the stream, in milliseconds: it is
 * taken in the transaction that stores the article, and the server lets none last longer.
 */
export const longestTransactionMs = 120_000

/** Fields of every article that is asked for, under names that no selection has. */
export const readingFields = 'follow_id: id follow_createdAt: createdAt'
export type Read = { follow_id: string; follow_createdAt: string }

/** How far a follower has read, across all its connections. */
export class Reading {
  after: string | undefined
  #since: string | undefined
  /** The ids of the articles of the last two minutes, with their times, in the order read. */
  #ids = new Map<string, number>()
  #repeatsUntil = -Infinity

  constructor({ after, since }: { after: string | undefined; since: string | undefined }) {
    this.after = after
    this.#since = since
  }

  /** @throws where there is no cursor yet */
  get position(): FollowPosition {
    return { cursor: this.after!, since: this.#since }
  }

  /** Begins with now. @param newest the newest articles that are there, which count as read; without any, all are yet to come */
  begin(after: string, newest: Read[]): void {
    this.after = after
    this.#since = new Date(0).toISOString()
    for (const read of newest.toReversed()) this.#note(read)
  }

  has({ follow_id: id }: Read): boolean {
    return this.#ids.has(id)
  }

  /** Takes note of an article that is about to be delivered. @returns the article as it was asked for, and the position once it is read */
  take<Article>(read: Read & Article): FollowPosition & { since: string; article: Article } {
    this.#note(read)
    const { follow_id: _id, follow_createdAt: _createdAt, ...article } = read
    return { cursor: this.after!, since: this.#since!, article: article as Article }
  }

  #note({ follow_id: id, follow_createdAt: createdAt }: Read): void {
    const time = Date.parse(createdAt)
    this.#ids.set(id, time)
    if (this.#since === undefined || time > Date.parse(this.#since)) this.#since = createdAt
    const oldest = Date.parse(this.#since) - longestTransactionMs
    for (const [other, otherTime] of this.#ids) {
      if (otherTime >= oldest) break
      this.#ids.delete(other)
    }
  }

  /** Goes on after a cursor that may lie before articles that were refetched. @param newest the createdAt of the newest of them */
  goOn(after: string, newest: string | undefined): void {
    this.after = after
    if (newest !== undefined) this.#repeatsUntil = Date.parse(newest) + longestTransactionMs
  }

  /** Whether an article of the stream was refetched already. Nothing else is looked for: the stream has everything once. */
  isRepeat(read: Read): boolean {
    if (Date.parse(read.follow_createdAt) > this.#repeatsUntil) this.#repeatsUntil = -Infinity
    return this.#repeatsUntil !== -Infinity && this.has(read)
  }
}
