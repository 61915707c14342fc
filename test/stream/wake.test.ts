import { expect, it } from 'vitest'
import { createNotices } from '../../src/db/notices.ts'
import { createWake } from '../../src/stream/wake.ts'
import { useApp } from '../helpers/app.ts'
import { until } from '../helpers/until.ts'

it('tells nothing to who has stopped listening, not of a sweep that was under way either', async () => {
  const app = await useApp()
  const { prisma, pool } = app.services.database
  const fail = (error: unknown) => expect.fail(String(error))
  const notices = createNotices({ databaseUrl: undefined, onError: fail })
  const wake = createWake(prisma, notices, { sweepMs: 1, onError: fail })
  let hints = 0
  // No sweep reads the head before this one commits.
  await prisma.$transaction(async (tx) => {
    await tx.$executeRaw`LOCK TABLE stream_head IN ACCESS EXCLUSIVE MODE`
    const stop = wake.listen(() => hints++)
    await until(() => pool.waitingCount > 0 || pool.totalCount - pool.idleCount > 1, 'a sweep waits')
    stop()
  })
  wake.hint()
  await wake.close()
  expect(hints).toBe(0)
})
