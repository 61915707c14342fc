import { afterAll, beforeAll, expect, it } from 'vitest'
import { startApp, type App } from '../helpers/app.ts'

let app: App
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app?.close())

it('finds the first rows of a large table first, wherever another scan has got to', async () => {
  const { prisma } = app.services.database
  // Four rows a page, in more than a quarter of the buffers: then PostgreSQL would have scans share their way.
  await prisma.$executeRaw`
    CREATE UNLOGGED TABLE large AS SELECT n, repeat('x', 1900) FROM generate_series(1, (pg_size_bytes(current_setting('shared_buffers')) / 6000)::int) n`
  const first = () => prisma.$queryRaw<{ n: number }[]>`SELECT n FROM large LIMIT 3`
  expect(await prisma.$queryRaw`SELECT n FROM large OFFSET 10000 LIMIT 1`).toHaveLength(1)
  expect(await first()).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
})
