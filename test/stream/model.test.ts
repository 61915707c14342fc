// Following the log, for any interleaving of what happens to it and to who follows: append, wake, a wake that is lost, subscribe,
// abort, stall, drain, prune. The model is a list of events.
import fc from 'fast-check'
import { parse, type GraphQLError } from 'graphql'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { createNotices } from '../../src/db/notices.ts'
import { schema } from '../../src/schema.ts'
import { encodeStreamCursor } from '../../src/stream/cursor.ts'
import { appendEvents, readHead } from '../../src/stream/log.ts'
import { prune } from '../../src/stream/prune.ts'
import { createSubscriptions, type Live } from '../../src/stream/subscriptions.ts'
import { createTail } from '../../src/stream/tail.ts'
import { createWake } from '../../src/stream/wake.ts'
import { startApp, type App } from '../helpers/app.ts'
import { until } from '../helpers/until.ts'
import type { Delivery, Sink } from '../../src/stream/sink.ts'

const categories = ['a', 'b', 'c']
const limits = { page: 4, bytes: 1_000, bytesInAll: 2_000, unread: 10, mostUnread: 40, waitMs: 1 }
const ringSize = 6

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('append' as const), of: fc.array(fc.nat(2), { minLength: 1, maxLength: 7 }), hinted: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('subscribe' as const), to: fc.nat(3), back: fc.option(fc.nat(20), { nil: undefined }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('abort' as const), who: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('stall' as const), who: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('drain' as const), who: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('prune' as const), back: fc.nat(12) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('turns' as const), turns: fc.integer({ min: 1, max: 4 }) }) },
)

let app: App
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app?.close())

/** Somebody who follows, comes back after SLOW_CONSUMER, and stays away after CURSOR_EXPIRED. */
type Client = {
  after: bigint
  categories: string[] | undefined
  seen: bigint[]
  state: 'live' | 'aborted' | 'expired'
  live?: Live
  stalled: boolean
  drain: () => void
}

const positionOf = (cursor: string) => Buffer.from(cursor, 'base64url').readBigInt64BE(16)

it('gives to each what it wants, in order, once', async () => {
  const { database } = app.services
  const { prisma } = database
  const notices = createNotices({ databaseUrl: undefined, onError: (error) => expect.fail(error.message) })
  const onError = (error: unknown) => expect.fail(String(error))
  const wake = createWake(prisma, notices, { sweepMs: 20, onError })
  const tail = createTail(database, wake, { ringSize, onError })
  const present = (error: unknown) => error as GraphQLError
  const subscriptions = createSubscriptions({ tail, readHead: () => readHead(prisma), present, limits })
  const document = parse('subscription ($after: String, $filter: ArticleFilter) { articleChanged(after: $after, filter: $filter) { cursor } }')
  const { streamId } = await readHead(prisma)
  /** The category of each event, from position 1 on. */
  const log: string[] = []
  const timeOf = (position: bigint) => new Date(1_700_000_000_000 + Number(position) * 1_000)

  const subscribe = async (client: Client, after: bigint) => {
    const opened = await subscriptions.open({
      schema,
      document,
      variableValues: { after: encodeStreamCursor({ streamId, position: after }), filter: client.categories ? { categoryIds: client.categories } : null },
      contextValue: app.services.contextFor('WS'),
    })
    if (typeof opened !== 'function') {
      expect(opened.errors?.map(({ extensions }) => extensions['code'])).toEqual(['CURSOR_EXPIRED'])
      client.state = 'expired'
      return
    }
    let unread = 0
    const waiting = new Set<() => void>()
    const sink: Sink = {
      deliver: (deliveries: readonly Delivery[]) => {
        for (const { cursor, payload } of deliveries) {
          expect(JSON.parse(payload.toString())).toEqual({ data: { articleChanged: { cursor } } })
          client.seen.push(positionOf(cursor!))
          if (client.stalled) unread += payload.length
        }
      },
      waiting: () => unread,
      onDrain: (drained) => {
        waiting.add(drained)
        return () => waiting.delete(drained)
      },
      fail: ({ extensions }) => {
        client.live?.stop()
        client.drain = () => undefined
        if (extensions['code'] === 'CURSOR_EXPIRED') {
          client.state = 'expired'
          return
        }
        expect(extensions['code']).toBe('SLOW_CONSUMER')
        client.stalled = false
        coming.push(subscribe(client, positionOf(extensions['cursor'] as string)))
      },
    }
    client.drain = () => {
      unread = 0
      const told = [...waiting]
      waiting.clear()
      for (const drained of told) drained()
    }
    client.live = opened(sink)
    if (client.state === 'aborted') client.live.stop()
  }
  const coming: Promise<void>[] = []
  onTestFinished(async () => {
    await subscriptions.close()
    await tail.close()
    await wake.close()
    await notices.close()
  })

  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const clients: Client[] = []
      onTestFinished(() => clients.forEach(({ live }) => live?.stop()))
      for (const now of steps) {
        const client = 'who' in now ? clients[now.who % Math.max(1, clients.length)] : undefined
        if (now.do === 'append') {
          const named = now.of.map((n) => categories[n]!)
          const facts = (categoryId: string) => ({ categoryId, feedIds: [], language: null, publishedAt: '2026-01-01T00:00:00.000Z', wordCount: 1 })
          const articleId = '00000000-0000-7000-8000-000000000001'
          const events = named.map((categoryId) => ({ kind: 'UPDATED' as const, articleId, facts: facts(categoryId) }))
          await prisma.$transaction((tx) => appendEvents(tx, events, timeOf(BigInt(log.length))))
          log.push(...named)
          if (now.hinted) wake.hint()
        } else if (now.do === 'subscribe') {
          const head = BigInt(log.length)
          const after = now.back === undefined || BigInt(now.back) > head ? head : head - BigInt(now.back)
          const made: Client = {
            after,
            categories: now.to === 3 ? undefined : [categories[now.to]!],
            seen: [],
            state: 'live',
            stalled: false,
            drain: () => undefined,
          }
          clients.push(made)
          await subscribe(made, after)
        } else if (now.do === 'abort' && client) {
          if (client.state === 'live') client.state = 'aborted'
          client.live?.stop()
        } else if (now.do === 'stall' && client) client.stalled = true
        else if (now.do === 'drain' && client) {
          client.stalled = false
          client.drain()
        } else if (now.do === 'prune') await prune(prisma, timeOf(BigInt(log.length - now.back)))
        else if (now.do === 'turns') for (let n = 0; n < now.turns; n++) await new Promise(setImmediate)
      }
      for (const client of clients) {
        client.stalled = false
        client.drain()
      }
      const head = BigInt(log.length)
      const settled = (client: Client) => client.state !== 'live' || client.live?.position() === head
      await until(() => clients.every(settled), 'everybody is at the head')
      await Promise.all(coming.splice(0))
      await until(() => clients.every(settled), 'everybody is at the head')
      const { prunedTo } = await readHead(prisma)
      for (const { after, categories: wanted, seen, state } of clients) {
        const matching = log.flatMap((category, i) => (BigInt(i) + 1n > after && (!wanted || wanted.includes(category)) ? [BigInt(i) + 1n] : []))
        expect(seen).toEqual(state === 'live' ? matching : matching.slice(0, seen.length))
        // Only what is no longer kept may be missing from one who was told so.
        if (state === 'expired' && matching.length > seen.length) expect(matching[seen.length]! <= prunedTo || after < prunedTo).toBe(true)
      }
      for (const { live } of clients) live?.stop()
      expect(subscriptions.live()).toBe(0)
    }),
    { numRuns: 60, interruptAfterTimeLimit: 60_000 },
  )
})
