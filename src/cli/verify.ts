import type { Command } from 'commander'
import type { Env } from '../config.ts'
import type { Client } from './api.ts'
import { withDatabase } from './in-process.ts'
import { oneLine, print, printJson } from './output.ts'

type Difference = { what: string; expected: unknown; found: unknown }

/** @param failed tells that the command has to end with 1 */
export function addVerifyCommand(program: Command, client: () => Client, env: Env, failed: () => void): void {
  program
    .command('verify')
    .description('count all articles and reads anew, and compare the statistics with that')
    .option('--json', 'print each difference as a JSON object on a line')
    .addHelpText(
      'after',
      `
The exit code is 1 where they disagree. Where no server runs at its usual address, and none is named, the database is opened
without one, as the environment says.

Examples:
  newswire verify
  newswire verify --json | jq -r .what
`,
    )
    .action(async ({ json }: { json?: true }) => {
      await withDatabase(client(), env, { made: true }, async (api) => {
        const { verifyStatistics } = await api<{ verifyStatistics: Difference[] }>('query Verify { verifyStatistics { what expected found } }')
        if (verifyStatistics.length > 0) failed()
        for (const { what, expected, found } of verifyStatistics) {
          if (json) await printJson({ what, expected, found })
          else await print(oneLine(`${what}: ${String(found)} where ${String(expected)} is right`))
        }
        if (!json) await print(verifyStatistics.length === 0 ? 'the statistics are right' : `${verifyStatistics.length} differences`)
      })
    })
}
