import type { Command } from 'commander'
import { print, printJson, table } from './output.ts'
import type { Client } from './api.ts'

type Category = { id: string; name: string; description: string | null }

export function addCategoryCommands(program: Command, client: () => Client): void {
  const category = program.command('category').description('what articles and feeds are sorted into')

  category
    .command('add')
    .description('add a category')
    .argument('<id>', 'a slug: lower-case letters, digits, - and _')
    .requiredOption('--name <name>', 'its name for people')
    .option('--description <text>', 'what belongs into it')
    .option('--json', 'print it as a JSON object')
    .addHelpText('after', '\nExample:\n  newswire category add world --name World --description "News from everywhere"\n')
    .action(async (id: string, { name, description, json }: { name: string; description?: string; json?: true }) => {
      const { addCategory } = await client().api<{ addCategory: { category: Category } }>(
        'mutation AddCategory($input: AddCategoryInput!) { addCategory(input: $input) { category { id name description } } }',
        { input: { id, name, description } },
      )
      if (json) await printJson(addCategory.category)
      else await print(`added ${addCategory.category.id}`)
    })

  category
    .command('list')
    .description('print all categories, by name')
    .option('--json', 'print each as a JSON object on a line')
    .addHelpText('after', '\nExamples:\n  newswire category list\n  newswire category list --json | jq -r .id\n')
    .action(async ({ json }: { json?: true }) => {
      const { categories } = await client().api<{ categories: Category[] }>('query Categories { categories { id name description } }')
      if (json) for (const one of categories) await printJson(one)
      else for (const line of table(categories.map(({ id, name, description }) => [id, name, description ?? '']))) await print(line)
    })
}
