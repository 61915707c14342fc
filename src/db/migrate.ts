import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory, type SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import * as engineBindings from '@prisma/schema-engine-wasm/schema_engine_bg'
import type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg'
import pg from 'pg'

export const prismaFolder = fileURLToPath(new URL('../../prisma/', import.meta.url))

export const noFilters = { externalTables: [], externalEnums: [] }

/** A migration that could not be applied. Nothing of it stays: the next start tries it again. */
export class MigrationFailed extends Error {
  readonly migration: string

  constructor(migration: string, cause: unknown) {
    super(`migration ${migration} failed and was undone: ${reason(cause)}`, { cause })
    this.migration = migration
  }
}

/**
 * Applies the migrations that are not applied yet, through Prisma's own schema engine, so that `_prisma_migrations` is
 * what Prisma's tools expect. Each is one transaction.
 * @param lock taken while it runs, on PostgreSQL: several servers may start at once. Embedded, the folder's lock is enough.
 * @returns the names of the migrations applied, in order
 * @throws MigrationFailed
 */
export async function migrate(pool: pg.Pool, { lock, folder = join(prismaFolder, 'migrations') }: { lock: boolean; folder?: string }): Promise<string[]> {
  if (!lock) return applyMigrations(pool, folder)
  // Connections of its own, closed at the end: the engine takes a lock too, and keeps it for as long as its connection lives.
  const own = new pg.Pool({ ...pool.options, max: 2 })
  try {
    const holder = await own.connect()
    try {
      await holder.query(`SELECT pg_advisory_lock(hashtext('newswire migrations'))`)
      return await applyMigrations(own, folder)
    } finally {
      holder.release(true) // closing the connection gives the lock back, whatever happened
    }
  } finally {
    await own.end()
  }
}

async function applyMigrations(pool: pg.Pool, folder: string): Promise<string[]> {
  const failures: { script: string; cause: unknown }[] = []
  const engine = await openEngine(atomicScripts(pool, (script, cause) => failures.push({ script, cause })))
  try {
    const migrationsList = await readMigrations(folder)
    try {
      const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList, filters: noFilters })
      return appliedMigrationNames
    } catch (error) {
      const failed = migrationsList.migrationDirectories.find(
        (m) => m.migrationFile.content.tag === 'ok' && failures.some((f) => f.script === (m.migrationFile.content as { value: string }).value),
      )
      if (!failed) throw error
      await engine.markMigrationRolledBack({ migrationName: failed.path })
      throw new MigrationFailed(failed.path, failures[0]?.cause)
    }
  } finally {
    engine.free()
  }
}

/** The schema engine on an adapter; the caller frees it. */
export async function openEngine(adapter: SqlMigrationAwareDriverAdapterFactory, schema?: string): Promise<SchemaEngine> {
  await loadEngine()
  const datamodels: [string, string][] | undefined = schema === undefined ? undefined : [['schema.prisma', schema]]
  return engineBindings.SchemaEngine.new({ datamodels }, () => undefined, bindMigrationAwareSqlAdapterFactory(adapter))
}

let engineLoaded: Promise<void> | undefined

function loadEngine(): Promise<void> {
  engineLoaded ??= (async () => {
    const folder = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg'))
    const wasm = await WebAssembly.instantiate(await readFile(join(folder, 'schema_engine_bg.wasm')), {
      './schema_engine_bg.js': engineBindings as WebAssembly.ModuleImports,
    })
    engineBindings.__wbg_set_wasm(wasm.instance.exports)
    ;(wasm.instance.exports['__wbindgen_start'] as () => void)()
  })()
  return engineLoaded
}

/** The migrations of a folder in the engine's own terms, oldest first. */
export async function readMigrations(folder: string): Promise<MigrationList> {
  const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  return {
    baseDir: folder,
    lockfile: { path: 'migration_lock.toml', content: await readFile(join(folder, 'migration_lock.toml'), 'utf8') },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.sort().map(async (name) => ({
        path: name,
        migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value: await readFile(join(folder, name, 'migration.sql'), 'utf8') } },
      })),
    ),
  }
}

/** Prisma's adapter splits a script at every semicolon and runs the pieces one by one: a simple query is one transaction. */
function atomicScripts(pool: pg.Pool, onFailure: (script: string, cause: unknown) => void): SqlMigrationAwareDriverAdapterFactory {
  const factory = new PrismaPg(pool)
  const connect = factory.connect.bind(factory)
  factory.connect = async () => {
    const adapter = await connect()
    adapter.executeScript = async (script) => {
      try {
        await pool.query(script)
      } catch (cause) {
        onFailure(script, cause)
        throw cause
      }
    }
    return adapter
  }
  return factory
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
