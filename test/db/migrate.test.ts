import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { pendingSql } from '../../prisma/pending-sql.ts'
import { parseConfig } from '../../src/config.ts'
import { connectDatabase, type Database } from '../../src/db/connect.ts'
import { migrate, MigrationFailed, prismaFolder } from '../../src/db/migrate.ts'
import { startServer } from '../../src/serve.ts'
import { dataOf, post } from '../helpers/app.ts'
import { createDatabase, type TestDatabase } from '../helpers/database.ts'
import { createOnServer, dropOnServer, withName } from '../helpers/server-database.ts'

const migrations = join(prismaFolder, 'migrations')

describe('a migration', () => {
  const name = '20990101000000_next'
  let test: TestDatabase
  let database: Database
  let folder: string

  beforeEach(async () => {
    test = await createDatabase()
    database = await connectDatabase(parseConfig(test.env), () => undefined)
    folder = await mkdtemp(join(tmpdir(), 'newswire-migrations-'))
    await cp(migrations, folder, { recursive: true })
    await mkdir(join(folder, name))
  })

  afterEach(async () => {
    await database?.close()
    await test?.drop()
    await rm(folder, { recursive: true, force: true })
  })

  const write = (sql: string) => writeFile(join(folder, name, 'migration.sql'), sql)
  const run = () => migrate(database.pool, { lock: !database.embedded, folder })
  const tables = async () =>
    (await database.pool.query(`SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`)).rows.map(
      (row) => row.table_name as string,
    )

  it('is applied once', async () => {
    expect(database.migrated).toEqual([]) // the copy has them all
    await write('CREATE TABLE next (id int);')
    expect(await run()).toEqual([name])
    expect(await run()).toEqual([])
    expect(await tables()).toContain('next')
  })

  it('may hold functions and literals with semicolons', async () => {
    await write(`CREATE FUNCTION two() RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; RETURN 2; END $$;
      CREATE TABLE next AS SELECT 'a;b' AS text, two() AS two;`)
    expect(await run()).toEqual([name])
    expect((await database.pool.query('SELECT * FROM next')).rows).toEqual([{ text: 'a;b', two: 2 }])
  })

  it.each([
    ['a statement fails', 'CREATE TABLE half (id int); INSERT INTO half VALUES (1); INSERT INTO nowhere VALUES (1);', 'relation "nowhere" does not exist'],
    ['it cannot be read', 'CREATE TABLE half (id int); CREATE TABEL other (id int);', 'syntax error at or near "TABEL"'],
    [
      'only its end fails',
      'CREATE TABLE half (id int UNIQUE DEFERRABLE INITIALLY DEFERRED); INSERT INTO half VALUES (1), (1);',
      'duplicate key value violates unique constraint',
    ],
  ])('leaves nothing when %s, says why, and works once it is mended', async (_what, sql, reason) => {
    const before = await tables()
    await write(sql)
    for (let attempt = 0; attempt < 2; attempt++) {
      const error = await run().catch((caught: unknown) => caught)
      expect(error).toBeInstanceOf(MigrationFailed)
      expect((error as MigrationFailed).migration).toBe(name)
      expect((error as MigrationFailed).message).toContain(name)
      expect((error as MigrationFailed).message).toContain(reason)
      expect(await tables()).toEqual(before)
    }
    await write('CREATE TABLE half (id int); INSERT INTO half VALUES (1);')
    expect(await run()).toEqual([name])
    expect((await database.pool.query('SELECT * FROM half')).rows).toEqual([{ id: 1 }])
    expect(await database.prisma.category.count()).toBe(0)
  })
})

it('schema.prisma and the migrations agree (else: npm run migrate:new NAME)', async () => {
  expect(await pendingSql()).toBe('')
}, 60_000)

const server = inject('databaseUrl')
if (!server) console.warn('skipped: two servers on one fresh database; the embedded one belongs to one process')

describe.runIf(server)('two servers that start at once on one fresh database (PostgreSQL only)', () => {
  it('both come up, and each migration is applied once', async () => {
    const name = await createOnServer(server)
    const config = parseConfig({ PORT: '0', LOG_LEVEL: 'fatal', DATABASE_URL: withName(server, name), DATABASE_POOL_SIZE: '2' })
    const starts = await Promise.allSettled([1, 2, 3].map(() => startServer(config, { poll: false })))
    const running = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []))
    try {
      expect(starts.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled'])
      const names = (await readdir(migrations, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map((entry) => entry.name)
      expect(running.flatMap(({ services }) => services.database.migrated).toSorted()).toEqual(names.toSorted())
      const cursors = await Promise.all(running.map(async ({ url }) => dataOf(await post(url, '{ streamCursor }')).streamCursor))
      expect(new Set(cursors).size).toBe(1)
      // The lock of migrations, were it kept, would stop the next one that starts; what works in the background takes others for a moment.
      const { rows } = await running[0]!.services.database.pool.query(
        `SELECT * FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
           AND (classid::bigint << 32) | objid::bigint = hashtext('newswire migrations')::bigint`,
      )
      expect(rows).toEqual([])
    } finally {
      for (const { close } of running) await close()
      await dropOnServer(server, name)
    }
  })
})
