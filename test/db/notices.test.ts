// What processes on one PostgreSQL database tell each other.
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { createNotices } from '../../src/db/notices.ts'
import { addCategory, draft, ingest, useApp } from '../helpers/app.ts'
import { subscribe } from '../helpers/subscriber.ts'
import { until } from '../helpers/until.ts'

const ingested = 'subscription ($after: String) { articleIngested(after: $after) { article { title } } }'

it('are heard in the process that says them, by those who listen', () => {
  const notices = createNotices({ databaseUrl: undefined, onError: (error) => expect.fail(error.message) })
  const heard: string[] = []
  const stop = notices.listen('newswire_read', { onNotice: (payload) => heard.push(payload), onGap: () => expect.fail('there is none') })
  notices.say('newswire_read', 'one')
  notices.say('newswire_appended', 'another channel')
  stop()
  notices.say('newswire_read', 'to nobody')
  expect(heard).toEqual(['one'])
})

describe.runIf(inject('databaseUrl'))('on a PostgreSQL server (the embedded database belongs to one process)', () => {
  it('come at the commit, and a lost connection is made again and tells of the gap', async () => {
    const app = await useApp()
    await addCategory(app)
    const { pool } = app.services.database
    const errors: Error[] = []
    const notices = createNotices({ databaseUrl: app.database.env['DATABASE_URL'], onError: (error) => errors.push(error) })
    onTestFinished(() => notices.close())
    const heard: string[] = []
    const gaps: Date[] = []
    notices.listen('newswire_appended', { onNotice: (payload) => heard.push(payload), onGap: (since) => gaps.push(since) })
    await until(() => gaps.length === 1, 'it hears')

    await ingest(app, [draft(1), draft(2)])
    await until(() => heard.length > 0, 'it heard')
    expect(heard).toEqual(['2'])
    notices.say('newswire_appended', 'the database says it')
    expect(heard).toEqual(['2'])

    const lostAt = new Date()
    await pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'newswire notices'`)
    await until(() => gaps.length === 2, 'it hears again')
    expect(errors).toHaveLength(1)
    expect(gaps[1]!.getTime()).toBeGreaterThanOrEqual(lostAt.getTime() - 1_000)
    await ingest(app, [draft(3)])
    await until(() => heard.includes('3'), 'it heard again')
  })

  it('bring an article to a subscriber of another server, and the reads of it', async () => {
    const writer = await useApp()
    const reader = await useApp({ database: writer.database })
    await addCategory(writer)
    const follower = subscribe(reader.url, ingested)
    const reads = subscribe(reader.url, 'subscription { articleRead { readCount } }')
    await until(() => reader.subscriptions.live() === 2)
    const [result] = await ingest(writer, [draft(1)])
    expect(await follower.first(1)).toEqual([{ article: { title: 'Title 1' } }])
    // Until its connection hears, the reads of another server come with the gap that it tells.
    await writer.gql('mutation ($id: ID!) { recordRead(input: { articleId: $id }) { counted } }', { id: result!.article!.id })
    await until(() => reads.events.at(-1)?.readCount === 1)
    await Promise.all([follower.stop(), reads.stop()])
  })
})

it('are waited for while the log cannot be read, and nothing is lost', async () => {
  const app = await useApp()
  await addCategory(app)
  const { pool } = app.services.database
  const follower = subscribe(app.url, ingested)
  await until(() => app.services.tail.position() !== undefined)
  await pool.query('ALTER TABLE stream_event RENAME TO stream_event_gone')
  app.services.wake.hint()
  expect((await app.ask('{ __typename }')).data).toEqual({ __typename: 'Query' })
  await pool.query('ALTER TABLE stream_event_gone RENAME TO stream_event')
  await ingest(app, [draft(1)])
  expect(await follower.first(1)).toEqual([{ article: { title: 'Title 1' } }])
  await follower.stop()
})
