// Makes the database that every test file's own is a copy of: once, since the first start of the embedded one takes seconds.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { connectDatabase } from '../../src/db/connect.ts'
import { createOnServer, dropOnServer, withName } from './server-database.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A server's URL, or '' for the embedded database. */
    databaseUrl: string
    /** A folder, or the name of a database on the server. */
    template: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = project.config.provide.databaseUrl
  if (server) {
    const template = await createOnServer(server)
    const database = await connectDatabase({ databaseUrl: withName(server, template), databasePoolSize: 2, dataDir: '' }, () => undefined)
    await database.close()
    project.provide('template', template)
    return () => dropOnServer(server, template)
  }
  const template = await mkdtemp(join(tmpdir(), 'newswire-template-'))
  const database = await connectDatabase({ databaseUrl: undefined, databasePoolSize: 1, dataDir: template }, () => undefined)
  await database.close()
  project.provide('template', template)
  return () => rm(template, { recursive: true, force: true })
}
