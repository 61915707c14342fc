import { badInput, ClientError, notFound } from '../errors.ts'
import { isUuid } from '../graphql/ids.ts'
import type { Outcome } from './commit.ts'
import type { ReadRecorder } from './record.ts'

const mostKeyLength = 200

/** A read as a client gives it. */
export type ReadInput = { articleId: string; idempotencyKey?: string | null | undefined }

/** What became of a read; errorCode is null when it was counted, now or before. */
export type ReadResult = { articleId: string; counted: boolean; errorCode: 'NOT_FOUND' | 'CONFLICT' | null }

/**
 * Counts one read of an article, stored when this resolves.
 * @returns false when the idempotencyKey had been counted before
 * @throws NOT_FOUND, CONFLICT when the key was used for another article, BAD_USER_INPUT, RATE_LIMITED
 */
export async function recordRead(recorder: Pick<ReadRecorder, 'record'>, read: ReadInput): Promise<boolean> {
  checkKey(read, 'input')
  const [outcome] = await outcomesOf(recorder, [read])
  if (outcome === 'NOT_FOUND') throw notFound('article', 'input.articleId')
  if (outcome === 'CONFLICT') throw new ClientError('CONFLICT', 'This idempotency key was used for another article.', 'input.idempotencyKey')
  return outcome === 'COUNTED'
}

/**
 * Counts reads, each judged on its own as if they came in this order; stored when this resolves.
 * @throws BAD_USER_INPUT where a key is none, RATE_LIMITED, both with none of them counted
 */
export async function recordReads(recorder: Pick<ReadRecorder, 'record'>, reads: ReadInput[]): Promise<ReadResult[]> {
  for (const [i, read] of reads.entries()) checkKey(read, `input.reads[${i}]`)
  const outcomes = await outcomesOf(recorder, reads)
  return reads.map(({ articleId }, i) => {
    const outcome = outcomes[i]!
    return { articleId, counted: outcome === 'COUNTED', errorCode: outcome === 'NOT_FOUND' || outcome === 'CONFLICT' ? outcome : null }
  })
}

async function outcomesOf(recorder: Pick<ReadRecorder, 'record'>, reads: ReadInput[]): Promise<Outcome[]> {
  const possible = reads.filter(({ articleId }) => isUuid(articleId))
  const outcomes = await recorder.record(possible.map(({ articleId, idempotencyKey }) => ({ articleId: articleId.toLowerCase(), key: idempotencyKey ?? null })))
  let next = 0
  return reads.map(({ articleId }) => (isUuid(articleId) ? outcomes[next++]! : 'NOT_FOUND'))
}

function checkKey({ idempotencyKey: key }: ReadInput, field: string): void {
  if (key == null) return
  if (key === '' || key.length > mostKeyLength || key.includes('\0') || !key.isWellFormed())
    throw badInput(`An idempotency key has 1 to ${mostKeyLength} characters, and no NUL.`, `${field}.idempotencyKey`)
}
