import type { Command } from 'commander'
import type { Env } from '../config.ts'
import type { Api, Client } from './api.ts'
import { note } from './output.ts'
import { Refused } from './problems.ts'
import { withDatabase } from './in-process.ts'
import type { Draft } from './send-drafts.ts'
import { jsonOption, sendFile } from './send-file.ts'

/** @param failed tells that the command has to end with 1 */
export function addImportCommand(program: Command, client: () => Client, env: Env, failed: () => void): void {
  program
    .command('import')
    .description('bring the articles of an archive, with their ids, dates and reads, from a file of JSON lines')
    .argument('<file>', 'one ArchivedArticleInput as a JSON object on each line, as export writes them; - is standard input')
    .option('--add-categories', 'add the categories that are missing, named as their ids')
    .option('--json', jsonOption)
    .addHelpText(
      'after',
      `
A line: {"id": "8b1f…", "url": "https://example.com/1", "title": "A title", "content": "The text.", "categoryId": "world",
"publishedAt": "2023-10-08T08:00:00Z"} and what else the article has: the README has the table.

Each line is judged on its own: rejected ones are told by their number, and the exit code is then 1. The same file again
changes nothing, so that an import that broke off is simply started again. Where no server runs at its usual address, and
none is named, the database is opened without one, as the environment says.

Examples:
  newswire import archive.jsonl --add-categories
  zcat archive.jsonl.gz | newswire import -
`,
    )
    .action(async (file: string, { json, addCategories }: { json?: true; addCategories?: true }) => {
      await withDatabase(client(), env, { made: false }, async (api) => {
        const codes = await sendFile(api, file, { mutation: 'importArticles', json, failed, ...(addCategories && { prepare: await categoryAdder(api) }) })
        if (codes.has('UNKNOWN_CATEGORY') && !addCategories) note('--add-categories adds the categories that are missing')
      })
    })
}

/** @returns adds the category of a draft where it is missing */
async function categoryAdder(api: Api): Promise<(draft: Draft) => Promise<void>> {
  const { categories } = await api<{ categories: { id: string }[] }>('query Categories { categories { id } }')
  const known = new Set<unknown>(categories.map(({ id }) => id))
  return async ({ input }) => {
    const id = 'categoryId' in input ? input.categoryId : undefined
    if (typeof id !== 'string' || known.has(id)) return
    known.add(id)
    try {
      await api('mutation AddCategory($input: AddCategoryInput!) { addCategory(input: $input) { category { id } } }', { input: { id, name: id } })
    } catch (error) {
      // What cannot be an id is the line's mistake, which is told with it.
      if (!(error instanceof Refused)) throw error
      if (error.errors[0]?.code === 'CONFLICT') note(error.message)
    }
  }
}
