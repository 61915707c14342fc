import { open, rename, rm } from 'node:fs/promises'
import type { Command } from 'commander'
import type { Env } from '../config.ts'
import type { Client } from './api.ts'
import { exportArticles } from './export-articles.ts'
import { withDatabase } from './in-process.ts'
import { note, progress, write } from './output.ts'
import { wrongUsage } from './problems.ts'

export function addExportCommand(program: Command, client: () => Client, env: Env): void {
  program
    .command('export')
    .description('write all articles as JSON lines that import takes, those that were made first first')
    .option('--out <file>', 'written anew, and only once all is there; standard output when left out')
    .addHelpText(
      'after',
      `
Every article that is there at the beginning, with its id, dates and reads. Its feeds, its revisions, and what it was seen
under beside its own link stay behind. Where no server runs at its usual address, and none is named, the database is opened
without one, as the environment says.

Examples:
  newswire export --out archive.jsonl
  newswire export | gzip > archive.jsonl.gz
`,
    )
    .action(async ({ out }: { out?: string }) => {
      await withDatabase(client(), env, { made: true }, async (api) => {
        const output = out === undefined ? { write, finish: async () => undefined } : await createOutput(out)
        // Between lines on the same terminal it would stand in them.
        const bar = out === undefined && process.stdout.isTTY ? undefined : progress(process.stderr, undefined)
        let count = 0
        try {
          for await (const articles of exportArticles(api)) {
            await output.write(articles.map((article) => `${JSON.stringify(article)}\n`).join(''))
            count += articles.length
            bar?.show(count, `${count} articles`)
          }
          await output.finish()
        } finally {
          bar?.end()
        }
        note(`${count} articles`)
      })
    })
}

/** A file that has its name only once it is whole: one that broke off is taken for none. */
async function createOutput(file: string): Promise<{ write: (text: string) => Promise<void>; finish: () => Promise<void> }> {
  const part = `${file}.part`
  const unwritable = (error: Error) => wrongUsage(`${file}: ${error.message}`)
  const handle = await open(part, 'w').catch((error: Error) => Promise.reject(unwritable(error)))
  return {
    write: (text) => handle.writeFile(text).catch((error: Error) => Promise.reject(unwritable(error))),
    finish: async () => {
      try {
        await handle.sync()
        await handle.close()
        await rename(part, file)
      } catch (error) {
        await rm(part, { force: true })
        throw unwritable(error as Error)
      }
    },
  }
}
