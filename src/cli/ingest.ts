import type { Command } from 'commander'
import type { Client } from './api.ts'
import { jsonOption, sendFile } from './send-file.ts'

/** @param failed tells that the command has to end with 1 */
export function addIngestCommand(program: Command, client: () => Client, failed: () => void): void {
  program
    .command('ingest')
    .description('store articles from a file of JSON lines')
    .argument('<file>', 'one ArticleInput as a JSON object on each line; - is standard input')
    .option('--json', jsonOption)
    .addHelpText(
      'after',
      `
A line: {"url": "https://example.com/1", "title": "A title", "content": "The text.", "categoryId": "world"}
Also: contentFormat ("TEXT" or "HTML"), publishedAt, byline, summary, imageUrl, language, tags, guid.

Each line is judged on its own: rejected ones are told by their number, and the exit code is then 1. What is there already
counts as a duplicate, so that the same file can be ingested again after a breakdown.

Examples:
  newswire ingest articles.jsonl
  zcat archive.jsonl.gz | newswire ingest - --json | jq -r 'select(.message) | .line'
`,
    )
    .action(async (file: string, { json }: { json?: true }) => {
      await sendFile(client().api, file, { mutation: 'ingestArticles', json, failed })
    })
}
