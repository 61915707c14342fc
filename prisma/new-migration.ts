// npm run migrate:new NAME: writes the next migration, the difference between prisma/migrations and schema.prisma.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { prismaFolder } from '../src/db/migrate.ts'
import { pendingSql } from './pending-sql.ts'

const name = process.argv[2] ?? ''
if (!/^[a-z0-9_]+$/.test(name)) {
  console.error('usage: npm run migrate:new NAME   (lower-case letters, digits and _)')
  process.exit(2)
}
const sql = await pendingSql()
if (sql === '') {
  console.log('schema.prisma and prisma/migrations agree: nothing to write.')
} else {
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
  const folder = join(prismaFolder, 'migrations', `${stamp}_${name}`)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'migration.sql'), sql)
  console.log(`Wrote ${folder}/migration.sql: read it, and add what Prisma does not model (checks, partial indexes, rows).`)
}
