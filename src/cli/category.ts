import { InvalidArgumentError, type Command } from 'commander'
import { print, printJson, table } from './output.ts'
import type { Client } from './api.ts'

type Category = { id: string; name: string; description: string | null; retention: { maxAgeDays: number | null; maxArticles: number | null } | null }
type Options = { name?: string; description?: string; keepDays?: number; keepArticles?: number; json?: true }

const fields = 'id name description retention { maxAgeDays maxArticles }'

export function addCategoryCommands(program: Command, client: () => Client): void {
  const category = program
    .command('category')
    .description('what articles and feeds are sorted into')
    .addHelpText('after', '\nExamples:\n  newswire category add world --name World\n  newswire category list\n')

  const change = async (name: 'addCategory' | 'updateCategory', id: string, options: Options): Promise<Category> => {
    const type = name === 'addCategory' ? 'AddCategoryInput' : 'UpdateCategoryInput'
    const input = { id, name: options.name, description: options.description, retention: retentionOf(options) }
    const answer = await client().api<Record<typeof name, { category: Category }>>(
      `mutation ChangeCategory($input: ${type}!) { ${name}(input: $input) { category { ${fields} } } }`,
      { input },
    )
    return answer[name].category
  }

  category
    .command('add')
    .description('add a category')
    .argument('<id>', 'a slug: lower-case letters, digits, - and _')
    .requiredOption('--name <name>', 'its name for people')
    .option('--description <text>', 'what belongs into it')
    .option('--keep-days <days>', 'remove articles that were ingested longer ago; 0 takes the limit away', readLimit)
    .option('--keep-articles <count>', 'keep that many articles, those ingested last; 0 takes the limit away', readLimit)
    .option('--json', 'print it as a JSON object')
    .addHelpText(
      'after',
      `
Examples:
  newswire category add world --name World --description "News from everywhere"
  newswire category add quotes --name Quotes --keep-days 30 --keep-articles 10000
`,
    )
    .action(async (id: string, options: Options) => {
      const added = await change('addCategory', id, options)
      await (options.json ? printJson(added) : print(`added ${added.id}`))
    })

  category
    .command('update')
    .description('change a category; what is left out stays')
    .argument('<id>', 'which category')
    .option('--name <name>', 'its name for people')
    .option('--description <text>', 'what belongs into it')
    .option('--keep-days <days>', 'remove articles that were ingested longer ago; 0 takes the limit away', readLimit)
    .option('--keep-articles <count>', 'keep that many articles, those ingested last; 0 takes the limit away', readLimit)
    .option('--json', 'print it as a JSON object')
    .addHelpText('after', '\nExamples:\n  newswire category update world --keep-days 365\n  newswire category update world --keep-days 0\n')
    .action(async (id: string, options: Options) => {
      const updated = await change('updateCategory', id, options)
      await (options.json ? printJson(updated) : print(`updated ${updated.id}`))
    })

  category
    .command('list')
    .description('print all categories, by name')
    .option('--json', 'print each as a JSON object on a line')
    .addHelpText('after', '\nExamples:\n  newswire category list\n  newswire category list --json | jq -r .id\n')
    .action(async ({ json }: { json?: true }) => {
      const { categories } = await client().api<{ categories: Category[] }>(`query Categories { categories { ${fields} } }`)
      if (json) for (const one of categories) await printJson(one)
      else for (const line of table(categories.map((one) => [one.id, one.name, keeps(one), one.description ?? '']))) await print(line)
    })
}

/** Which limits are right is the server's to say. */
function readLimit(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Give a whole number; 0 takes the limit away.')
  return Number(text)
}

/** Undefined where no limit is given. */
function retentionOf({ keepDays, keepArticles }: Options): Partial<Record<'maxAgeDays' | 'maxArticles', number | null>> | undefined {
  if (keepDays === undefined && keepArticles === undefined) return undefined
  return { ...(keepDays !== undefined && { maxAgeDays: keepDays || null }), ...(keepArticles !== undefined && { maxArticles: keepArticles || null }) }
}

function keeps({ retention }: Category): string {
  const limits = [retention?.maxAgeDays && `${retention.maxAgeDays} days`, retention?.maxArticles && `${retention.maxArticles} articles`].filter(Boolean)
  return `keeps ${limits.join(', ') || 'all'}`
}
