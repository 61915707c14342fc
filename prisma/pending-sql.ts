import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { PrismaPGlite } from 'pglite-prisma-adapter'
import { noFilters, openEngine, prismaFolder, readMigrations } from '../src/db/migrate.ts'

/** The SQL that takes the migrations to schema.prisma, compared on a database in memory; '' where they agree. */
export async function pendingSql(): Promise<string> {
  const path = join(prismaFolder, 'schema.prisma')
  const content = await readFile(path, 'utf8')
  const database = new PGlite()
  const engine = await openEngine(new PrismaPGlite(database), content)
  try {
    const migrations = await readMigrations(join(prismaFolder, 'migrations'))
    const { stdout } = await engine.diff({
      from: { tag: 'migrations', ...migrations },
      to: { tag: 'schemaDatamodel', files: [{ path, content }] },
      script: true,
      exitCode: null,
      filters: noFilters,
    })
    const sql = stdout ?? ''
    return sql.replace(/^\s*--.*$/gm, '').trim() === '' ? '' : sql
  } finally {
    engine.free()
    await database.close()
  }
}
