import { readFile, rename, writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { WebSocket } from 'ws'
import { follow, FollowError, type Followed, type FollowState } from '../client/follow.ts'
import { note, oneLine, print } from './output.ts'
import { describe, exitCodes, Problem, wrongUsage } from './problems.ts'
import type { Api, Client } from './api.ts'

type Options = { after?: string; category?: string[]; state?: string; json?: true }

export function addFollowCommand(program: Command, client: () => Client): void {
  program
    .command('follow')
    .description('print each new article as it comes; SIGINT or SIGTERM ends it with 0')
    .option('--after <cursor>', 'go on after this cursor, in place of now; a state file that is there goes before it')
    .option('--category <id>', 'only this one; may be given again', (id: string, before: string[] | undefined) => [...(before ?? []), id])
    .option('--state <file>', 'keep the cursor of the last printed article there, and go on after it next time')
    .option('--json', 'print {cursor, article} as a JSON object on a line')
    .addHelpText(
      'after',
      `
When the server is not there it is waited for; when the connection is lost it is made again, and goes on after the last
article. Nothing is missed and nothing comes twice; only an article that was printed right when this process was killed,
before its cursor was kept, comes again.

Examples:
  newswire follow
  newswire follow --category world --category science
  newswire follow --json --state cursor.txt | while read -r line; do …; done
`,
    )
    .action(async (options: Options) => {
      const { url, api } = client()
      await noteUnknownCategories(api, options.category)
      await printArticles(url, options)
    })
}

/** A category may come later; but a misspelt one never does. */
async function noteUnknownCategories(api: Api, ids: string[] = []): Promise<void> {
  for (const id of ids) {
    const answer = await api<{ category: object | null }>('query Category($id: ID!) { category(id: $id) { id } }', { id }).catch(() => undefined) // a server that is down is waited for
    if (answer?.category === null) note(`there is no category "${id}" yet`)
  }
}

async function printArticles(url: string, { after, category, state, json }: Options): Promise<void> {
  const ending = new AbortController()
  const end = () => ending.abort()
  process.once('SIGINT', end) // a second one ends the process at once
  process.once('SIGTERM', end)
  process.stdout.on('error', end) // its reader is gone
  let started: Promise<void> | undefined
  const kept = state === undefined ? undefined : await readState(state)
  const onState = (now: FollowState) => {
    if (now.state === 'waiting') return note(`${now.reason}; trying again in ${(now.retryInMs / 1000).toFixed(1)} s`)
    note(`following ${url}`)
    // Kept before the first article comes: what arrives while this process is away must not be missed next time.
    if (state !== undefined && kept === undefined) started ??= writeState(state, now.cursor)
    started?.catch(end)
  }
  const articles = follow({
    url,
    after: kept ?? after,
    filter: category && { categoryIds: category },
    webSocketImpl: WebSocket,
    signal: ending.signal,
    onState,
  })
  try {
    for await (const followed of articles) {
      await print(json ? JSON.stringify(followed) : humanLine(followed))
      await started
      if (state !== undefined) await writeState(state, followed.cursor)
    }
    await started
  } catch (error) {
    if (error instanceof FollowError) throw new Problem(exitCodes.refused, describe(error) + (kept === undefined ? '' : ` (the cursor is from ${state})`))
    throw error
  } finally {
    process.off('SIGINT', end)
    process.off('SIGTERM', end)
    process.stdout.off('error', end)
  }
}

function humanLine({ article }: Followed): string {
  return oneLine(`${article.createdAt.slice(0, 16).replace('T', ' ')}Z  ${article.category.id}  ${article.title}  ${article.url}`)
}

/** @returns undefined when there is none yet */
async function readState(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim() || undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw wrongUsage(`--state ${file}: ${(error as Error).message}`)
  }
}

/** Whole or not at all, however this process ends. */
async function writeState(file: string, cursor: string): Promise<void> {
  const beside = `${file}.${process.pid}.tmp`
  try {
    await writeFile(beside, `${cursor}\n`)
    await rename(beside, file)
  } catch (error) {
    throw wrongUsage(`--state ${file}: ${(error as Error).message}`)
  }
}
