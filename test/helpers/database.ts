import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { inject } from 'vitest'
import { createOnServer, dropOnServer, withName } from './server-database.ts'

/** A database of a test's own. `env` is what makes a server use it. */
export type TestDatabase = { env: Record<string, string>; embedded: boolean; drop: () => Promise<void> }

// Threads of a process share the code that V8 has made of the embedded database for as long as one module of it lives: with this
// one, a start takes two thirds of the processor's time, and the first statements a fifth.
let engine: Promise<unknown> | undefined

async function compileEngine(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(join(dirname(createRequire(import.meta.url).resolve('@electric-sql/pglite')), 'pglite.wasm')))
}

/** A copy of the migrated, empty database: on the embedded one, or on the server that the project runs on. */
export async function createDatabase(): Promise<TestDatabase> {
  const server = inject('databaseUrl')
  if (server) {
    const name = await createOnServer(server, inject('serverTemplate'))
    return { env: { DATABASE_URL: withName(server, name), DATABASE_POOL_SIZE: '5' }, embedded: false, drop: () => dropOnServer(server, name) }
  }
  await (engine ??= compileEngine())
  const folder = await mkdtemp(join(tmpdir(), 'newswire-data-'))
  // Not Node's cp: for a thousand files it takes four times as long.
  await promisify(execFile)('cp', ['-R', `${inject('embeddedTemplate')}/.`, folder])
  return { env: { DATA_DIR: folder }, embedded: true, drop: () => rm(folder, { recursive: true, force: true }) }
}
