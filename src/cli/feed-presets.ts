import type { Command } from 'commander'
import type { Api, Client } from './api.ts'
import { print, printJson, table } from './output.ts'
import { wrongUsage } from './problems.ts'

type Preset = { id: string; title: string; url: string; mapping: Record<string, string | null> }

export function addFeedPresetsCommand(feed: Command, client: () => Client): void {
  feed
    .command('presets')
    .description('print the sources that are no feeds, but that the server knows how to read')
    .option('--json', 'print each as a JSON object on a line')
    .addHelpText('after', '\nExample:\n  newswire feed presets\n')
    .action(async ({ json }: { json?: true }) => {
      const presets = await allPresets(client().api)
      if (json) for (const preset of presets) await printJson(preset)
      else for (const line of table(presets.map(({ id, title, url }) => [id, title, url]))) await print(line)
    })
}

/**
 * What addFeed takes for a preset.
 * @param url in place of the preset's own
 * @throws Problem when there is no such preset
 */
export async function presetInput(api: Api, id: string, url: string | undefined): Promise<{ url: string; title: string; mapping: object }> {
  const presets = await allPresets(api)
  const preset = presets.find((one) => one.id === id)
  if (!preset) throw wrongUsage(`--preset ${id}: there is ${presets.map((one) => one.id).join(', ') || 'none'}`)
  return { title: preset.title, url: url ?? preset.url, mapping: preset.mapping }
}

async function allPresets(api: Api): Promise<Preset[]> {
  const query = 'query FeedPresets { feedPresets { id title url mapping { items url title guid content publishedAt categories } } }'
  return (await api<{ feedPresets: Preset[] }>(query)).feedPresets
}
