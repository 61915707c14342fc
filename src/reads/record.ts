import { setImmediate as turn } from 'node:timers/promises'
import type pg from 'pg'
import type { Notices } from '../db/notices.ts'
import { ClientError } from '../errors.ts'
import { commitReads, type Outcome, type Read } from './commit.ts'
import { readChannel } from './watch.ts'

/** Reads of one commit: so many rows are locked for some milliseconds. */
const mostOfCommit = 1_000
/** Reads that wait for their commit, of all callers together. */
const mostWaiting = 20_000
/** An article that is removed, or a key that is forgotten, in the middle of a commit has it made again, and seldom twice. */
const mostTries = 10
/** A foreign key's violation: an article was removed meanwhile. And a deadlock, though none is known. */
const passing = ['23503', '40P01']

export type ReadRecorder = {
  /**
   * Counts reads, each stored once this resolves.
   * @returns what became of each, in their order
   * @throws RATE_LIMITED, with none of them counted, when too many wait; the database's error, when some of them may have been counted
   */
  record: (reads: readonly Read[]) => Promise<Outcome[]>
  /** Waits for the reads that were given. */
  close: () => Promise<void>
}

type Waiting = { read: Read; settle: (outcome: Outcome) => void; fail: (error: unknown) => void }

/**
 * Counts in one commit all the reads that arrived while the one before was under way: an article that everybody reads costs one row's
 * update for all of them, and nobody waits for another's commit more than once.
 */
export function createReadRecorder({ pool, notices, clock }: { pool: pg.Pool; notices: Pick<Notices, 'say'>; clock: () => Date }): ReadRecorder {
  let waiting: Waiting[] = []
  let running: Promise<void> | undefined

  const run = async () => {
    while (waiting.length > 0) {
      // Those who were answered at the same time come again at the same time.
      await turn()
      const batch = waiting.slice(0, mostOfCommit)
      waiting = waiting.slice(mostOfCommit)
      await commit(batch).catch((error: unknown) => {
        for (const { fail } of batch) fail(error)
      })
    }
    running = undefined
  }

  const commit = async (batch: Waiting[]) => {
    for (let tries = 1; batch.length > 0; tries++) {
      if (tries > mostTries) throw new Error(`reads were not counted in ${mostTries} tries, since their articles or keys went away`)
      const outcomes = await tryToCommit(batch.map(({ read }) => read))
      const read = new Set(batch.flatMap(({ read: { articleId } }, i) => (outcomes?.[i] === 'COUNTED' ? [articleId] : [])))
      if (read.size > 0) notices.say(readChannel, [...read].join(','))
      batch = batch.filter(({ settle }, i) => {
        const outcome = outcomes?.[i]
        if (outcome) settle(outcome)
        return !outcome
      })
    }
  }

  const tryToCommit = async (reads: Read[]) => {
    try {
      return await commitReads(pool, reads, clock())
    } catch (error) {
      if (passing.includes((error as { code?: string }).code ?? '')) return undefined
      throw error
    }
  }

  return {
    record: (reads) => {
      if (waiting.length + reads.length > mostWaiting)
        return Promise.reject(new ClientError('RATE_LIMITED', 'Too many reads wait to be stored. Try again in a second.'))
      const outcomes = Promise.all(reads.map((read) => new Promise<Outcome>((settle, fail) => waiting.push({ read, settle, fail }))))
      if (waiting.length > 0) running ??= run()
      return outcomes
    },
    close: async () => {
      await running
    },
  }
}
