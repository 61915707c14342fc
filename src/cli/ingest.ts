import { open } from 'node:fs/promises'
import type { Command } from 'commander'
import { readLines } from './lines.ts'
import { note, oneLine, print, printJson, progress } from './output.ts'
import { describe, wrongUsage } from './problems.ts'
import type { Client } from './api.ts'
import { createSender, draftBytes, readDraft, type Draft, type Outcome } from './send-drafts.ts'

export function addIngestCommand(program: Command, client: () => Client, failed: () => void): void {
  program
    .command('ingest')
    .description('store articles from a file of JSON lines')
    .argument('<file>', 'one ArticleInput as a JSON object on each line; - is standard input')
    .option('--json', 'print each rejected line, and at the end {lines, ingested, updated, duplicates, rejected}, as JSON objects on lines')
    .addHelpText(
      'after',
      `
A line: {"url": "https://example.com/1", "title": "A title", "content": "The text.", "categoryId": "world"}
Also: contentFormat ("TEXT" or "HTML"), publishedAt, byline, imageUrl, language, tags, guid.

Each line is judged on its own: rejected ones are told by their number, and the exit code is then 1. What is there already
counts as a duplicate, so that the same file can be ingested again after a breakdown.

Examples:
  newswire ingest articles.jsonl
  zcat archive.jsonl.gz | newswire ingest - --json | jq -r 'select(.message) | .line'
`,
    )
    .action(async (file: string, { json }: { json?: true }) => {
      const { api } = client()
      const counts = { lines: 0, ingested: 0, updated: 0, duplicates: 0, rejected: 0 }
      const { chunks, size } = await openInput(file)
      const bar = progress(process.stderr, size)
      const tell = async (line: number, outcome: Outcome) => {
        counts.lines += 1
        counts[outcome.status] += 1
        if (outcome.status !== 'rejected') return
        failed()
        const { code, message, field } = outcome.error
        bar.end()
        if (json) await printJson({ line, code, message, field: field ?? null })
        else note(`line ${line}: ${describe({ code, message, field })}`)
      }
      const sender = createSender(api, tell)
      try {
        for await (const line of readLines(chunks, draftBytes)) {
          const draft: Draft | { problem: string } = 'text' in line ? readDraft(line.number, line.text) : line
          if ('problem' in draft) await tell(line.number, { status: 'rejected', error: { code: 'INVALID_LINE', message: draft.problem, field: undefined } })
          else await sender.add(draft)
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
    })
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
