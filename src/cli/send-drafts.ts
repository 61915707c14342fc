import type { Api } from './api.ts'
import { Problem, Refused, type ServerError } from './problems.ts'

/** A draft as it goes to the server, with the line that it stands on and its size in bytes. */
export type Draft = { line: number; bytes: number; input: object }

export type Outcome = { status: 'ingested' | 'updated' | 'duplicates' } | { status: 'rejected'; error: ServerError }

/** The server takes 500 drafts, and bodies of 16 MiB. */
const mostDrafts = 500
/** Bytes of the drafts sent together; a larger one goes alone. */
const batchBytes = 4 * 1024 * 1024
/** Bytes of a single draft: what the server takes, less the room for the rest of the request. */
export const draftBytes = 16 * 1024 * 1024 - 64 * 1024

/** Reads a line; which fields are right is the server's to say. */
export function readDraft(line: number, text: string): Draft | { problem: string } {
  let input: unknown
  try {
    input = JSON.parse(text)
  } catch (error) {
    return { problem: `the line is not JSON: ${(error as Error).message}` }
  }
  if (input === null || typeof input !== 'object' || Array.isArray(input)) return { problem: 'the line is not a JSON object' }
  return { line, bytes: Buffer.byteLength(text), input }
}

const statusOf = { INGESTED: 'ingested', UPDATED: 'updated', DUPLICATE: 'duplicates' } as const
/** What drafts are sent with. */
export type Mutation = keyof typeof queries
const queries = {
  ingestArticles: 'mutation Send($input: IngestArticlesInput!) { ingestArticles(input: $input) { results { status error { code message field } } } }',
  importArticles: 'mutation Send($input: ImportArticlesInput!) { importArticles(input: $input) { results { status error { code message field } } } }',
}
type Result = { status: keyof typeof statusOf | 'REJECTED'; error: { code: string; message: string; field: string | null } | null }

/**
 * Sends drafts in batches, bounded in number and bytes, one batch at a time.
 * @param tell is called once for each draft, and each line that is none, in their order
 */
export function createSender(
  api: Api,
  mutation: Mutation,
  tell: (line: number, outcome: Outcome) => Promise<void>,
): { add: (draft: Draft) => Promise<void>; reject: (line: number, error: ServerError) => Promise<void>; flush: () => Promise<void> } {
  let batch: (Draft | { line: number; outcome: Outcome })[] = []
  let bytes = 0

  const flush = async () => {
    const lines = batch
    const outcomes = new Map<object, Outcome>()
    let left = lines.filter((one) => 'input' in one)
    batch = []
    bytes = 0
    try {
      while (left.length > 0) {
        const answer = await send(api, mutation, left)
        if ('results' in answer) {
          for (const [index, result] of answer.results.entries()) outcomes.set(left[index]!, outcomeOf(result))
          break
        }
        // GraphQL refuses a request as a whole for one draft of the wrong shape: the others go again without it.
        for (const [index, error] of answer.misshapen) outcomes.set(left[index]!, { status: 'rejected', error })
        left = left.filter((_, index) => !answer.misshapen.has(index))
      }
    } finally {
      for (const one of lines) {
        const outcome = 'outcome' in one ? one.outcome : outcomes.get(one)
        if (outcome) await tell(one.line, outcome)
      }
    }
  }

  const add = async (draft: Draft) => {
    if (batch.length === mostDrafts || (batch.length > 0 && bytes + draft.bytes > batchBytes)) await flush()
    batch.push(draft)
    bytes += draft.bytes
  }
  const reject = async (line: number, error: ServerError) => {
    if (batch.length === mostDrafts) await flush()
    batch.push({ line, outcome: { status: 'rejected', error } })
  }
  return { add, reject, flush }
}

function outcomeOf({ status, error }: Result): Outcome {
  if (status !== 'REJECTED') return { status: statusOf[status] }
  return { status: 'rejected', error: { code: error?.code ?? '', message: error?.message ?? '', field: error?.field ?? undefined } }
}

/** @throws Problem that names the lines, when the server refuses all of them, or cannot be reached */
async function send(api: Api, mutation: Mutation, drafts: readonly Draft[]): Promise<{ results: Result[] } | { misshapen: Map<number, ServerError> }> {
  try {
    return (await api<Record<Mutation, { results: Result[] }>>(queries[mutation], { input: { articles: drafts.map(({ input }) => input) } }))[mutation]
  } catch (error) {
    if (error instanceof Refused) {
      const misshapen = new Map(error.errors.flatMap(misshapenDraft).filter(([index]) => index < drafts.length))
      if (misshapen.size > 0) return { misshapen }
    }
    if (error instanceof Problem) throw new Problem(error.exitCode, `lines ${drafts[0]!.line} to ${drafts.at(-1)!.line} were not answered: ${error.message}`)
    throw error
  }
}

/** Which draft an error about the variable is about: its field is input.articles[3] or input.articles[3].title. */
function misshapenDraft({ code, message, field }: ServerError): [number, ServerError][] {
  const named = /^input\.articles\[(\d+)\](?:\.(.+))?$/.exec(field ?? '')
  if (!named) return []
  const [, index, part] = named
  return [[Number(index), { code, message, field: part }]]
}
