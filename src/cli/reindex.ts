import { setTimeout as wait } from 'node:timers/promises'
import type { Command } from 'commander'
import type { Env } from '../config.ts'
import type { Api, Client } from './api.ts'
import { withDatabase } from './in-process.ts'
import { print, printJson, progress } from './output.ts'

type Progress = { startedAt: string; finishedAt: string | null; articles: number; indexed: number; enriching: number }

const fields = '{ startedAt finishedAt articles indexed enriching }'
const everyMs = 500

export function addReindexCommand(program: Command, client: () => Client, env: Env): void {
  program
    .command('reindex')
    .description('make anew what articles are found by, their similar readings and their summaries')
    .option('--json', 'print how far it is as JSON objects on lines')
    .addHelpText(
      'after',
      `
The server goes on serving. A server does it by itself after an upgrade that wants it. Breaking the command off does not break off the
work where a server runs: the command, run again, goes on showing how far it is.

Where no server runs at its usual address, and none is named, the database is opened without one, as the environment says.

Examples:
  newswire reindex
  newswire reindex --json | jq .indexed
`,
    )
    .action(async ({ json }: { json?: true }) => {
      await withDatabase(client(), env, { made: true, enriches: true }, async (api) => {
        const done = await follow(api, async (state) => (json ? printJson(state) : undefined))
        if (!json) await print(`${done.indexed} articles indexed and enriched`)
      })
    })
}

/** Begins it, and shows how far it is until its end. */
async function follow(api: Api, tell: (progress: Progress) => Promise<void>): Promise<Progress> {
  const { reindex: begun } = await api<{ reindex: Progress }>(`mutation Reindex { reindex ${fields} }`)
  const bar = progress(process.stderr, 2 * begun.articles)
  let state = begun
  for (;;) {
    await tell(state)
    const { articles, indexed, enriching, finishedAt } = state
    if (finishedAt !== null && enriching === 0) break
    // Each article counts twice: once it is indexed, and once it is enriched.
    bar.show(2 * indexed - enriching, `${indexed} of ${articles} indexed, ${enriching} to be enriched`)
    await wait(everyMs)
    state = (await api<{ reindex: Progress }>(`query Progress { reindex ${fields} }`)).reindex
  }
  bar.end()
  return state
}
