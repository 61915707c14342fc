import type { Command } from 'commander'
import type { Api } from './api.ts'
import { addFeedDiscoverCommand } from './feed-discover.ts'
import { addFeedPresetsCommand, presetInput } from './feed-presets.ts'
import { addFeedPreviewCommand } from './feed-preview.ts'
import { readHeader, readMapping } from './feed-options.ts'
import { note, oneLine, print, printJson, table } from './output.ts'
import { wrongUsage } from './problems.ts'
import type { Client } from './api.ts'

type Feed = {
  id: string
  url: string
  title: string
  fullText: string
  category: { id: string }
  health: { state: string; lastCheckedAt: string | null; lastError: string | null }
}
type Fetch = {
  outcome: 'CHANGED' | 'NOT_MODIFIED' | 'FAILED'
  httpStatus: number | null
  ingested: number
  updated: number
  duplicates: number
  rejected: { title: string | null; url: string | null; reason: string }[]
  error: string | null
}

const feedFields = 'id url title fullText category { id } health { state lastCheckedAt lastError }'
const fetchFields = 'outcome httpStatus ingested updated duplicates rejected { title url reason } error'
/** Feeds that --all refreshes at the same time. */
const atOnce = 4

/** @param failed tells that the command has to end with 1 */
export function addFeedCommands(program: Command, client: () => Client, failed: () => void): void {
  const feed = program
    .command('feed')
    .description('what is read, and how it fares')
    .addHelpText('after', '\nExamples:\n  newswire feed add https://example.com/feed.xml --category world --refresh\n  newswire feed list\n')

  feed
    .command('add')
    .description('add a feed')
    .argument('[url]', 'where it is; may be left out with --preset')
    .requiredOption('--category <id>', 'the category that its articles go into')
    .option('--title <title>', "in place of the feed's own")
    .option('--full-text <when>', "whether an article's page is fetched for its text: auto, always or never", 'auto')
    .option('--header <header>', "'Name: value', sent with each request; may be given again", readHeader)
    .option('--mapping <json>', 'for JSON that is no feed: {"items": …, "url": …, "title": …}', readMapping)
    .option('--preset <id>', 'a source that is no feed, of those that "feed presets" prints')
    .option('--refresh', 'read it at once')
    .option('--json', 'print {feed, fetch} as a JSON object')
    .addHelpText(
      'after',
      `
Examples:
  newswire feed add https://example.com/feed.xml --category world --refresh
  newswire feed add https://example.com/private.xml --category world --header 'Authorization: Bearer 123'
  newswire feed add --preset nhk-world --category world
  newswire feed add https://example.com/api/news --category world --mapping '{"items": "data", "url": "link", "title": "headline"}'
`,
    )
    .action(
      async (
        url: string | undefined,
        options: { category: string; title?: string; fullText: string; header?: object[]; mapping?: object; preset?: string; refresh?: true; json?: true },
      ) => {
        const fullText = options.fullText.toUpperCase()
        if (!['AUTO', 'ALWAYS', 'NEVER'].includes(fullText)) throw wrongUsage(`--full-text ${options.fullText}: give auto, always or never`)
        if (url === undefined && options.preset === undefined) throw wrongUsage('feed add: give a URL, or --preset')
        if (options.preset !== undefined && options.mapping) throw wrongUsage('feed add: --preset brings a mapping of its own: leave --mapping out')
        const { api } = client()
        const preset = options.preset === undefined ? undefined : await presetInput(api, options.preset, url)
        const given = { title: options.title ?? preset?.title, mapping: options.mapping ?? preset?.mapping }
        const input = { url: preset?.url ?? url, categoryId: options.category, fullText, headers: options.header, ...given }
        const { addFeed } = await api<{ addFeed: { feed: Feed } }>(
          `mutation AddFeed($input: AddFeedInput!) { addFeed(input: $input) { feed { ${feedFields} } } }`,
          { input },
        )
        if (!options.json) await print(`added ${oneLine(addFeed.feed.id)} ${oneLine(addFeed.feed.title)}`)
        const refreshed = options.refresh && (await refresh(api, addFeed.feed.id))
        if (refreshed?.fetch.outcome === 'FAILED') {
          failed()
          note(`the feed stays, and is tried again by itself: newswire feed remove ${addFeed.feed.id}`)
        }
        if (options.json) await printJson({ feed: addFeed.feed, ...refreshed })
        else if (refreshed) await print(outcome(refreshed))
      },
    )

  feed
    .command('list')
    .description('print all feeds, in the order in which they were added')
    .option('--json', 'print each as a JSON object on a line')
    .addHelpText('after', '\nExamples:\n  newswire feed list\n  newswire feed list --json | jq -r \'select(.health.state == "FAILING") | .url\'\n')
    .action(async ({ json }: { json?: true }) => {
      const feeds: Feed[] = []
      for await (const one of allFeeds(client().api)) {
        if (json) await printJson(one)
        else feeds.push(one)
      }
      for (const line of table(feeds.map(({ id, health, category, title, url }) => [id, health.state, category.id, title, url, health.lastError ?? ''])))
        await print(line)
    })

  feed
    .command('refresh')
    .description('read feeds now')
    .argument('[ids...]', 'which feeds')
    .option('--all', 'every feed')
    .option('--json', 'print {feed, fetch} of each as a JSON object on a line')
    .addHelpText('after', '\nExamples:\n  newswire feed refresh 0199…\n  newswire feed refresh --all\n')
    .action(async (given: string[], { all, json }: { all?: true; json?: true }) => {
      if (given.length > 0 === Boolean(all)) throw wrongUsage('feed refresh: give ids of feeds, or --all')
      const { api } = client()
      const ids = [...given]
      if (all) for await (const { id } of allFeeds(api)) ids.push(id)
      const work = async () => {
        for (let id = ids.shift(); id !== undefined; id = ids.shift()) {
          const refreshed = await refresh(api, id)
          if (refreshed.fetch.outcome === 'FAILED') failed()
          await (json ? printJson(refreshed) : print(outcome(refreshed)))
        }
      }
      await Promise.all(Array.from({ length: atOnce }, work))
    })

  feed
    .command('remove')
    .description('remove a feed; its articles stay')
    .argument('<id>', 'which feed')
    .addHelpText('after', '\nExample:\n  newswire feed remove 0199…\n')
    .action(async (id: string) => {
      await client().api('mutation RemoveFeed($id: ID!) { removeFeed(id: $id) { id } }', { id })
      await print(`removed ${oneLine(id)}`)
    })

  addFeedPresetsCommand(feed, client)
  addFeedPreviewCommand(feed, client)
  addFeedDiscoverCommand(feed, client, failed)
}

type Refreshed = { feed: Feed; fetch: Fetch }

async function refresh(api: Api, id: string): Promise<Refreshed> {
  const query = `mutation RefreshFeed($id: ID!) { refreshFeed(id: $id) { feed { ${feedFields} } fetch { ${fetchFields} } } }`
  return (await api<{ refreshFeed: Refreshed }>(query, { id })).refreshFeed
}

async function* allFeeds(api: Api): AsyncGenerator<Feed, void> {
  const query = `query Feeds($after: String) { feeds(first: 100, after: $after) { nodes { ${feedFields} } pageInfo { hasNextPage endCursor } } }`
  for (let after: string | null = null; ;) {
    const { feeds }: { feeds: { nodes: Feed[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } } = await api(query, { after })
    yield* feeds.nodes
    if (!feeds.pageInfo.hasNextPage) return
    after = feeds.pageInfo.endCursor
  }
}

/** What became of a pass, on one line, and a line for each entry that was rejected. */
function outcome({ feed, fetch }: Refreshed): string {
  const { ingested, updated, duplicates, rejected } = fetch
  const what = {
    CHANGED: `${ingested} ingested, ${updated} updated, ${duplicates} duplicates, ${rejected.length} rejected`,
    NOT_MODIFIED: 'not modified',
    FAILED: `failed: ${fetch.error ?? ''}`,
  }
  const lines = [
    `${fetch.outcome === 'FAILED' ? feed.url : feed.title}: ${what[fetch.outcome]}`,
    ...rejected.map(({ reason, url, title }) => `rejected ${url ?? title ?? 'an entry'}: ${reason}`),
  ]
  return lines.map(oneLine).join('\n  ')
}
