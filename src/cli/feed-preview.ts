import type { Command } from 'commander'
import { readMapping } from './feed-options.ts'
import { oneLine, print, printJson } from './output.ts'
import type { Client } from './api.ts'

type Preview = {
  title: string
  format: string
  articles: { url: string; title: string; publishedAt: string; wordCount: number }[]
  rejected: { title: string | null; url: string | null; reason: string }[]
  repaired: string[]
}

const previewFields = 'title format articles { url title content guid publishedAt wordCount } rejected { title url reason } repaired'

export function addFeedPreviewCommand(feed: Command, client: () => Client): void {
  feed
    .command('preview')
    .description('print what adding a feed would ingest, and store nothing')
    .argument('<url>', 'where it is')
    .option('--mapping <json>', 'for JSON that is no feed: {"items": …, "url": …, "title": …}', readMapping)
    .option('--json', 'print all of it as a JSON object')
    .addHelpText('after', '\nExample:\n  newswire feed preview https://example.com/feed.xml\n')
    .action(async (url: string, { mapping, json }: { mapping?: object; json?: true }) => {
      const query = `query PreviewFeed($url: URL!, $mapping: JsonMappingInput) { previewFeed(url: $url, mapping: $mapping) { ${previewFields} } }`
      const { previewFeed } = await client().api<{ previewFeed: Preview }>(query, { url, mapping })
      if (json) return printJson(previewFeed)
      const { title, format, articles, rejected, repaired } = previewFeed
      await print(oneLine(`${title} (${format}): ${articles.length} articles, ${rejected.length} rejected`))
      for (const repair of repaired) await print(oneLine(`repaired: ${repair}`))
      for (const article of articles) await print(oneLine(`${article.publishedAt}  ${article.wordCount} words  ${article.title}  ${article.url}`))
      for (const entry of rejected) await print(oneLine(`rejected ${entry.url ?? entry.title ?? 'an entry'}: ${entry.reason}`))
    })
}
