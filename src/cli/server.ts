import type { Command } from 'commander'
import { print } from './output.ts'
import { exitCodes, Problem } from './problems.ts'
import type { Env } from '../config.ts'

/** The server is loaded by the commands that run it alone: a client starts in a fraction of its time. */
const server = () => import('../serve.ts')

export function addServerCommands(program: Command, env: Env): void {
  program
    .command('serve')
    .description('start the server; SIGTERM or SIGINT stops it')
    .addHelpText(
      'after',
      `
Settings come from environment variables; the README has the table.

Examples:
  newswire serve
  PORT=5000 DATA_DIR=/var/lib/newswire newswire serve
  DATABASE_URL=postgresql://user:password@localhost/newswire newswire serve
`,
    )
    .action(async () => (await server()).serve(env))

  program
    .command('migrate')
    .description('bring the database up to date, and end; serve does it too')
    .addHelpText('after', '\nExample:\n  DATABASE_URL=postgresql://user:password@localhost/newswire newswire migrate\n')
    .action(async () => {
      const { migrateOnly, startProblem } = await server()
      const names = await migrateOnly(env).catch((error: unknown) => {
        throw new Problem(exitCodes.refused, startProblem(error))
      })
      for (const name of names) await print(`applied ${name}`)
      if (names.length === 0) await print('The database is up to date.')
    })

  program
    .command('schema')
    .description('print the schema of the API in GraphQL, sorted')
    .addHelpText('after', '\nExample:\n  newswire schema > schema.graphql\n')
    .action(async () => {
      const [{ schema }, { lexicographicSortSchema, printSchema }] = await Promise.all([import('../schema.ts'), import('graphql')])
      await print(printSchema(lexicographicSortSchema(schema)))
    })
}
