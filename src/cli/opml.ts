import { createReadStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import type { Client } from './api.ts'
import { note, oneLine, print, printJson, write } from './output.ts'
import { wrongUsage } from './problems.ts'

type Feed = { id: string; url: string; title: string; category: { id: string } }
type Imported = { added: Feed[]; existing: Feed[]; rejected: { title: string | null; url: string | null; reason: string }[] }

const feedFields = 'id url title category { id }'

/** @param failed tells that the command has to end with 1 */
export function addOpmlCommands(program: Command, client: () => Client, failed: () => void): void {
  const opml = program
    .command('opml')
    .description('lists of feeds, as other feed readers write and read them')
    .addHelpText('after', '\nExamples:\n  newswire opml import subscriptions.opml\n  newswire opml export feeds.opml\n')

  opml
    .command('import')
    .description('add the feeds of a list; folders become categories')
    .argument('<file>', 'OPML 1.0 or 2.0, at most 5 MiB and 5,000 outlines; - is standard input')
    .option('--json', 'print {added, existing, rejected} as a JSON object')
    .addHelpText(
      'after',
      `
What is there already stays as it is, so that the same list can be imported again. Rejected outlines are told, and the exit
code is then 1. Feeds in no folder go to the category "imported".

Examples:
  newswire opml import subscriptions.opml
  curl -s https://example.com/list.opml | newswire opml import - --json | jq -r '.added[].url'
`,
    )
    .action(async (file: string, { json }: { json?: true }) => {
      const text = decoded(await readAll(file))
      const { importOpml } = await client().api<{ importOpml: Imported }>(
        `mutation ImportOpml($opml: String!) { importOpml(opml: $opml) { added { ${feedFields} } existing { ${feedFields} } rejected { title url reason } } }`,
        { opml: text },
      )
      const { added, existing, rejected } = importOpml
      if (rejected.length > 0) failed()
      if (json) return printJson(importOpml)
      for (const { title, url, reason } of rejected) note(`rejected ${url ?? title ?? 'an outline'}: ${reason}`)
      for (const feed of added) await print(oneLine(`added ${feed.id} ${feed.category.id}  ${feed.title}  ${feed.url}`))
      await print(`${added.length} added, ${existing.length} existing, ${rejected.length} rejected`)
    })

  opml
    .command('export')
    .description('write all feeds as OPML 2.0, in folders by category; without credentials, headers and mappings')
    .argument('[file]', 'written anew; standard output when left out')
    .addHelpText('after', '\nExamples:\n  newswire opml export feeds.opml\n  newswire opml export | gzip > feeds.opml.gz\n')
    .action(async (file: string | undefined) => {
      const { exportOpml } = await client().api<{ exportOpml: string }>('query ExportOpml { exportOpml }')
      if (file === undefined) return write(exportOpml)
      await writeFile(file, exportOpml).catch((error: Error) => {
        throw wrongUsage(`${file}: ${error.message}`)
      })
    })
}

/** What the server takes. */
const mostBytes = 5 * 1024 * 1024

async function readAll(file: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of (file === '-' ? process.stdin : createReadStream(file)) as AsyncIterable<Buffer>) {
      if ((bytes += chunk.length) > mostBytes) throw new Error(`it is larger than ${mostBytes / 1024 / 1024} MiB`)
      chunks.push(chunk)
    }
  } catch (error) {
    throw wrongUsage(`${file}: ${(error as Error).message}`)
  }
  return Buffer.concat(chunks)
}

/** In the encoding of the byte order mark, else of the XML declaration: feed readers of old did not always write UTF-8. */
function decoded(bytes: Buffer): string {
  const mark = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined
  const declared = /^<\?xml\s[^>]*?encoding\s*=\s*["']([^"'>]+)["']/i.exec(bytes.subarray(0, 200).toString('latin1'))?.[1]
  try {
    const decoder = new TextDecoder(mark ?? declared)
    // In one piece, Node 20 reads windows-1252 as ISO 8859-1.
    return decoder.decode(bytes, { stream: true }) + decoder.decode()
  } catch {
    return bytes.toString('utf8')
  }
}
