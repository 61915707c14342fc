import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { defaultUrl, type Env } from '../config.ts'
import { apiUrl, createApi, type Client } from './api.ts'
import { addCategoryCommands } from './category.ts'
import { addDemoCommand } from './demo.ts'
import { addExportCommand } from './export.ts'
import { addExtractCommand } from './extract.ts'
import { addFeedCommands } from './feed.ts'
import { addFollowCommand } from './follow.ts'
import { addImportCommand } from './import.ts'
import { addIngestCommand } from './ingest.ts'
import { addOpmlCommands } from './opml.ts'
import { note, oneLine } from './output.ts'
import { exitCodes, Problem } from './problems.ts'
import { addReindexCommand } from './reindex.ts'
import { addServerCommands } from './server.ts'
import { addVerifyCommand } from './verify.ts'

const examples = `
Examples:
  newswire serve                                      start the server (settings: environment variables, see the README)
  newswire demo                                       start one with invented stories that keep coming
  newswire category add world --name World
  newswire feed add https://example.com/feed.xml --category world --refresh
  newswire opml import subscriptions.opml             add the feeds of another feed reader
  newswire follow                                     print each new article as it comes
`

const codes = `Exit codes:
  0  done
  1  the server refused, a start or migration failed, a refresh or a page did, entries or outlines were rejected, no feed was found,
     or statistics disagree
  2  wrong usage, or a file that cannot be read or written
  3  the server, or the database, could not be reached`

/**
 * Runs a command line.
 * @param args without the names of node and of the script
 * @returns the code to end with, one of exitCodes
 */
export async function run(args: readonly string[], env: Env): Promise<number> {
  const program = new Command('newswire')
  let exitCode: number = exitCodes.ok
  const client = (): Client => {
    const named = program.opts<{ url?: string }>().url ?? (env['NEWSWIRE_URL'] || undefined)
    const url = apiUrl(named ?? defaultUrl)
    return { url, named: named !== undefined, api: createApi(url) }
  }
  const failed = () => {
    exitCode = exitCodes.refused
  }
  program
    .description('A self-hosted news server: feeds in, graph out, live.')
    .version(version(), '-V, --version', 'print the version')
    .option('--url <url>', `the server that a command asks (default: $NEWSWIRE_URL, or ${defaultUrl})`)
    .addHelpText('after', examples)
    .addHelpText('afterAll', codes)
    .exitOverride()
    .showHelpAfterError('(--help shows how it is used)')
  addServerCommands(program, env)
  addDemoCommand(program, env)
  addFeedCommands(program, client, failed)
  addCategoryCommands(program, client)
  addOpmlCommands(program, client, failed)
  addIngestCommand(program, client, failed)
  addImportCommand(program, client, env, failed)
  addExportCommand(program, client, env)
  addVerifyCommand(program, client, env, failed)
  addReindexCommand(program, client, env)
  addFollowCommand(program, client)
  addExtractCommand(program, env, () => program.opts<{ url?: string }>().url)
  // Whoever reads the output may stop, as head does. Without a listener that ends the process with a stack trace.
  process.stdout.on('error', () => undefined)
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return exitCode
    if (error instanceof Problem) {
      note(error.message)
      return error.exitCode
    }
    process.stderr.write(`newswire: ${oneLine(String(error))}\n${(error as Error).stack ?? ''}\n`)
    return exitCodes.refused
  }
}

function version(): string {
  const { version: text } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
  return text
}
