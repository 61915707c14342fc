// Compiles what tests run as processes, and makes the databases that every test file's own is a copy of: once, since the first
// start of the embedded one takes seconds, and one after the other, since Prisma's schema engine has one instance in a process.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { connectDatabase } from '../../src/db/connect.ts'
import { compile } from './child.ts'
import { createOnServer, dropOnServer, withName } from './server-database.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The URL of a PostgreSQL server, or '' where the project runs on the embedded database. */
    databaseUrl: string
    /** A folder with the embedded database; empty where only the other project runs. */
    embeddedTemplate: string
    /** The name of a database on the server; '' where there is none. */
    serverTemplate: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await compile()
  const folder = await mkdtemp(join(tmpdir(), 'newswire-template-'))
  if (project.vitest.projects.some(({ name }) => name === 'embedded')) await migrate({ databaseUrl: undefined, dataDir: folder })
  project.provide('embeddedTemplate', folder)

  const server = process.env['TEST_DATABASE_URL']
  const name = server ? await createOnServer(server) : ''
  if (server) await migrate({ databaseUrl: withName(server, name), dataDir: '' })
  project.provide('serverTemplate', name)

  return async () => {
    await rm(folder, { recursive: true, force: true })
    if (server) await dropOnServer(server, name)
  }
}

async function migrate(where: { databaseUrl: string | undefined; dataDir: string }): Promise<void> {
  const database = await connectDatabase({ ...where, databasePoolSize: 2 }, () => undefined)
  await database.close()
}
