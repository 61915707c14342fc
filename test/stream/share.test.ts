// What subscribers cost together.
import { parse, type GraphQLError } from 'graphql'
import { expect, it } from 'vitest'
import { schema } from '../../src/schema.ts'
import { readHead } from '../../src/stream/log.ts'
import type { Delivery, Sink } from '../../src/stream/sink.ts'
import { createSubscriptions } from '../../src/stream/subscriptions.ts'
import { addCategory, draft, ingest, useApp } from '../helpers/app.ts'
import { subscribe } from '../helpers/subscriber.ts'
import { until } from '../helpers/until.ts'

const selection = 'cursor article { id title url category { id name } }'

it('is for an event as many statements for 60 subscribers with 20 filters as for one', async () => {
  const app = await useApp()
  await addCategory(app)
  const count = async (subscribers: number, filters: number) => {
    const following = Array.from({ length: subscribers }, (_, n) =>
      subscribe(app.url, `subscription ($n: Int) { articleIngested(filter: { minWordCount: $n }) { ${selection} } }`, { n: -1 - (n % filters) }),
    )
    await until(() => app.subscriptions.live() === subscribers)
    const statements = await app.statements(async () => {
      await ingest(app, [draft(`${subscribers}`)])
      await Promise.all(following.map(({ first }) => first(1)))
    })
    await Promise.all(following.map(({ stop }) => stop()))
    // The sweep comes when it comes, and so does the reading on that its hint asks for.
    return statements.filter((statement) => !/"stream_head"|FROM stream_event/.test(statement)).sort()
  }
  const alone = await count(1, 1)
  expect(await count(60, 20)).toEqual(alone)
  expect(alone.filter((statement) => /^SELECT .* FROM article JOIN category/.test(statement))).toHaveLength(1)
})

it('costs one statement for the articles of a page of events, however many they are', async () => {
  const app = await useApp()
  await addCategory(app)
  const { streamCursor: after } = await app.gql('{ streamCursor }')
  await ingest(
    app,
    Array.from({ length: 40 }, (_, n) => draft(n)),
  )
  const statements = await app.statements(async () => {
    const follower = subscribe(app.url, `subscription ($after: String) { articleIngested(after: $after) { ${selection} } }`, { after })
    await follower.first(40)
    await follower.stop()
  })
  const reads = statements.filter((statement) => /FROM ("public"\.")?(article|category)\b/.test(statement))
  expect(reads).toHaveLength(1)
})

it('costs one statement more for what resolvers load, for all events of a page', async () => {
  const app = await useApp()
  await addCategory(app)
  const { streamCursor: after } = await app.gql('{ streamCursor }')
  const results = await ingest(
    app,
    Array.from({ length: 40 }, (_, n) => draft(n)),
  )
  const statements = await app.statements(async () => {
    const follower = subscribe(app.url, 'subscription ($after: String) { articleIngested(after: $after) { article { id sightings { url } } } }', { after })
    const events = await follower.first(40)
    expect(events.map(({ article }) => article)).toEqual(results.map(({ article }) => ({ id: article!.id, sightings: [{ url: article!.url }] })))
    await follower.stop()
  })
  // That of the first event is loaded by itself.
  expect(statements.filter((statement) => /sighting/.test(statement))).toHaveLength(2)
})

it('is an error of its own event alone, where many are executed together', async () => {
  const app = await useApp()
  await addCategory(app)
  const { streamCursor: after } = await app.gql('{ streamCursor }')
  const results = await ingest(
    app,
    Array.from({ length: 6 }, (_, n) => draft(n)),
  )
  await app.services.database.pool.query(`UPDATE article SET enclosures = '[7]' WHERE id = $1`, [results[3]!.article!.id])
  const follower = subscribe(app.url, 'subscription ($after: String) { articleIngested(after: $after) { article { title enclosures { url } } } }', { after })
  const events = await follower.first(6)
  expect(events[3]).toMatchObject({ errors: [{ path: ['articleIngested', 'article', 'enclosures', 0, 'url'] }] })
  expect(events.toSpliced(3, 1)).toEqual([0, 1, 2, 4, 5].map((n) => ({ article: { title: `Title ${n}`, enclosures: [] } })))
  await follower.stop()
})

it('is not shared between different rights, and one execution serves all of the same', async () => {
  const app = await useApp()
  await addCategory(app)
  const { database, tail, contextFor } = app.services
  const subscriptions = createSubscriptions({
    tail,
    readHead: () => readHead(database.prisma),
    present: (error) => error as GraphQLError,
    limits: { page: 500, bytes: 1e6, bytesInAll: 1e7, unread: 1e5, mostUnread: 1e6, waitMs: 100 },
  })
  const started = await Promise.all(
    ['reader', 'reader', 'writer'].map(async (rights) => {
      const opened = await subscriptions.open({
        schema,
        document: parse('subscription { articleIngested { cursor } }'),
        contextValue: { ...contextFor('WS'), rights },
      })
      const given: Delivery[] = []
      const sink: Sink = { deliver: (deliveries) => given.push(...deliveries), waiting: () => 0, onDrain: () => () => undefined, fail: () => undefined }
      return { given, live: (opened as (sink: Sink) => { stop: () => void })(sink) }
    }),
  )
  await ingest(app, [draft(1)])
  await until(() => started.every(({ given }) => given.length === 1))
  const [one, other, foreign] = started.map(({ given }) => given[0]!)
  expect(other).toBe(one)
  expect(foreign).not.toBe(one)
  for (const { live } of started) live.stop()
  expect(subscriptions.live()).toBe(0)
  await subscriptions.close()
})
