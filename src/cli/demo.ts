import { InvalidArgumentError, type Command } from 'commander'
import type { Env } from '../config.ts'

export function addDemoCommand(program: Command, env: Env): void {
  program
    .command('demo')
    .description('start a server with invented stories, and another one every few seconds')
    .option('--every <seconds>', 'how long from one story to the next', readSeconds, 5)
    .addHelpText(
      'after',
      `
It needs no network. Its database is a folder that is removed at the end, unless DATA_DIR names one; DATABASE_URL is not
used. PORT (4000) and the other settings are as for serve.

Examples:
  newswire demo
  PORT=5000 newswire demo --every 1
`,
    )
    .action(async ({ every }: { every: number }) => {
      const [{ runUntilSignal }, { startDemo }] = await Promise.all([import('../serve.ts'), import('./start-demo.ts')])
      await runUntilSignal(() => startDemo(env, every * 1_000))
    })
}

function readSeconds(text: string): number {
  const seconds = Number(text)
  if (!(seconds >= 0.1 && seconds <= 3_600)) throw new InvalidArgumentError('Give 0.1 to 3600 seconds.')
  return seconds
}
