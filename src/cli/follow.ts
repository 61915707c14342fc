import type { Command } from 'commander'
import { WebSocket } from 'ws'
import { follow, FollowError, type FollowedArticle, type FollowState } from '../client/follow.ts'
import { note, oneLine, print } from './output.ts'
import { openState } from './follow-state.ts'
import { describe, exitCodes, Problem } from './problems.ts'
import type { Api, Client } from './api.ts'

type Options = { after?: string; category?: string[]; state?: string; json?: true }

export function addFollowCommand(program: Command, client: () => Client): void {
  program
    .command('follow')
    .description('print each new article as it comes; SIGINT or SIGTERM ends it with 0')
    .option('--after <cursor>', 'go on after this cursor, in place of now; a state file that is there goes before it')
    .option('--category <id>', 'only this one; may be given again', (id: string, before: string[] | undefined) => [...(before ?? []), id])
    .option('--state <file>', 'keep the position there, and go on after it next time')
    .option('--json', 'print {cursor, article} as a JSON object on a line')
    .addHelpText(
      'after',
      `
When the server is not there it is waited for; when the connection is lost it is made again, and goes on after the last
article. Nothing is missed and nothing comes twice; only an article that was printed right when this process was killed,
before its position was kept, comes again.

When it was away for longer than the server keeps its stream, what was ingested since the last printed article is fetched
first, and said so; then articles of two minutes before it may come again. It takes the time on the second line of the state file:
a cursor alone (--after) goes on with the oldest that the server still has.

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

async function printArticles(url: string, { after, category, state: file, json }: Options): Promise<void> {
  const ending = new AbortController()
  const end = () => ending.abort()
  const state = file === undefined ? undefined : await openState(file, end)
  process.once('SIGINT', end) // a second one ends the process at once
  process.once('SIGTERM', end)
  process.stdout.on('error', end) // its reader is gone
  const beginsNow = after === undefined && state?.kept === undefined
  const articles = follow({
    url,
    ...(state?.kept ? { after: state.kept.cursor, since: state.kept.since } : { after }),
    filter: category && { categoryIds: category },
    webSocketImpl: WebSocket,
    signal: ending.signal,
    onState: (now) => {
      const message = tell(now, url)
      if (message !== undefined) note(message)
      // Before the first article comes, too: what arrives while this process is away must not be missed next time. But a cursor
      // that was given may turn out to be none.
      if ('cursor' in now && (beginsNow || now.state !== 'connected')) state?.keep(now)
    },
  })
  try {
    for await (const followed of articles) {
      const { cursor, article } = followed
      await print(json ? JSON.stringify({ cursor, article }) : humanLine(article))
      state?.keep(followed)
      await state?.written()
    }
    await state?.written()
  } catch (error) {
    if (error instanceof FollowError) throw new Problem(exitCodes.refused, describe(error) + (state?.kept ? ` (the cursor is from ${file})` : ''))
    throw error
  } finally {
    process.off('SIGINT', end)
    process.off('SIGTERM', end)
    process.stdout.off('error', end)
  }
}

function tell(now: FollowState, url: string): string | undefined {
  switch (now.state) {
    case 'connected':
      return `following ${url}`
    case 'waiting':
      return `${now.reason}; trying again in ${(now.retryInMs / 1000).toFixed(1)} s`
    case 'refetching':
      return `the server no longer has the stream from the last article on: fetching what it has ingested since ${now.since}`
    case 'refetched':
      return `${now.articles} fetched; following ${url}`
    case 'missed':
      return 'the server no longer has the stream from the cursor on, and no time was kept with it: articles may be missing'
    default:
      return undefined
  }
}

function humanLine(article: FollowedArticle): string {
  return oneLine(`${article.createdAt.slice(0, 16).replace('T', ' ')}Z  ${article.category.id}  ${article.title}  ${article.url}`)
}
