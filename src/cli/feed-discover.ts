import type { Command } from 'commander'
import type { Client } from './api.ts'
import { note, print, printJson, table } from './output.ts'

type Discovered = { url: string; title: string | null; format: string | null }

/** @param failed tells that the command has to end with 1 */
export function addFeedDiscoverCommand(feed: Command, client: () => Client, failed: () => void): void {
  feed
    .command('discover')
    .description('print the feeds of a site')
    .argument('<url>', 'a page of it')
    .option('--json', 'print each as a JSON object on a line')
    .addHelpText(
      'after',
      `
Those that the page announces; else links on it that look like feeds, which are not tried; else a feed at one of the usual paths.
The exit code is 1 when there is none.

Example:
  newswire feed discover https://example.com
`,
    )
    .action(async (url: string, { json }: { json?: true }) => {
      const query = 'query DiscoverFeeds($url: URL!) { discoverFeeds(url: $url) { url title format } }'
      const { discoverFeeds } = await client().api<{ discoverFeeds: Discovered[] }>(query, { url })
      if (discoverFeeds.length === 0) {
        failed()
        note('no feed was found')
      }
      if (json) for (const one of discoverFeeds) await printJson(one)
      else for (const line of table(discoverFeeds.map(({ url: address, title, format }) => [address, format ?? '?', title ?? '']))) await print(line)
    })
}
