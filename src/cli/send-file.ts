import { open } from 'node:fs/promises'
import { readLines } from './lines.ts'
import { note, oneLine, print, printJson, progress } from './output.ts'
import { describe, wrongUsage } from './problems.ts'
import type { Api } from './api.ts'
import { createSender, draftBytes, readDraft, type Draft, type Mutation, type Outcome } from './send-drafts.ts'

type Options = {
  mutation: Mutation
  json: true | undefined
  /** Is called for each draft before it is sent. */
  prepare?: (draft: Draft) => Promise<void>
  /** Tells that the command has to end with 1. */
  failed: () => void
}

export const jsonOption = 'print each rejected line, and at the end {lines, ingested, updated, duplicates, rejected}, as JSON objects on lines'

/**
 * Sends a file of JSON lines, a draft on each, and tells what became of them. No more of it is in memory than a batch.
 * @returns the codes of why lines were rejected
 * @throws Problem when the file cannot be read, or the server not be reached
 */
export async function sendFile(api: Api, file: string, { mutation, json, failed, prepare }: Options): Promise<ReadonlySet<string>> {
  const counts = { lines: 0, ingested: 0, updated: 0, duplicates: 0, rejected: 0 }
  const codes = new Set<string>()
  const { chunks, size } = await openInput(file)
  const bar = progress(process.stderr, size)
  const tell = async (line: number, outcome: Outcome) => {
    counts.lines += 1
    counts[outcome.status] += 1
    if (outcome.status !== 'rejected') return
    failed()
    const { code, message, field } = outcome.error
    codes.add(code)
    bar.end()
    if (json) await printJson({ line, code, message, field: field ?? null })
    else note(`line ${line}: ${describe({ code, message, field })}`)
  }
  const sender = createSender(api, mutation, tell)
  try {
    for await (const line of readLines(chunks, draftBytes)) {
      const draft: Draft | { problem: string } = 'text' in line ? readDraft(line.number, line.text) : line
      if ('problem' in draft) await sender.reject(line.number, { code: 'INVALID_LINE', message: draft.problem, field: undefined })
      else {
        await prepare?.(draft)
        await sender.add(draft)
      }
      bar.show(line.end, `${line.number} lines`)
    }
    await sender.flush()
  } catch (error) {
    throw isFileError(error) ? wrongUsage(`${file}: ${error.message}`) : error
  } finally {
    bar.end()
  }
  const { lines, ingested, updated, duplicates, rejected } = counts
  if (json) await printJson(counts)
  else await print(oneLine(`${lines} lines: ${ingested} ingested, ${updated} updated, ${duplicates} duplicates, ${rejected} rejected`))
  return codes
}

/** @returns the bytes, and how many there are, where that is known */
async function openInput(file: string): Promise<{ chunks: AsyncIterable<Uint8Array>; size: number | undefined }> {
  if (file === '-') return { chunks: process.stdin, size: undefined }
  try {
    const handle = await open(file)
    const stat = await handle.stat()
    return { chunks: handle.createReadStream({ highWaterMark: 256 * 1024 }), size: stat.isFile() ? stat.size : undefined }
  } catch (error) {
    throw wrongUsage(`${file}: ${(error as Error).message}`)
  }
}

function isFileError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && (error as NodeJS.ErrnoException).code !== 'EPIPE'
}
