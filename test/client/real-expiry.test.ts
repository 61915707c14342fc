// follow() on a real server whose log no longer has what it asks for.
import { expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { follow, type FollowState } from '../../src/client/follow.ts'
import { prune } from '../../src/stream/prune.ts'
import { addCategory, draft, ingest, useApp } from '../helpers/app.ts'

it('refetches what the log has no more, and goes on live', async () => {
  const app = await useApp()
  await addCategory(app)
  const { streamCursor: after } = await app.gql('{ streamCursor }')
  const since = new Date(Date.now() - 60_000).toISOString()
  await ingest(app, [draft(1), draft(2)])
  await prune(app.services.database.prisma, new Date(Date.now() + 1_000))
  await ingest(app, [draft(3)])

  const states: FollowState[] = []
  const ending = new AbortController()
  const following = follow({ url: app.url, after, since, webSocketImpl: WebSocket, signal: ending.signal, onState: (state) => states.push(state) })
  const titles: string[] = []
  for await (const { article } of following) {
    titles.push(article.title)
    if (titles.length === 3) await ingest(app, [draft(4)])
    if (titles.length === 4) ending.abort()
  }
  expect(titles).toEqual(['Title 1', 'Title 2', 'Title 3', 'Title 4'])
  expect(states.map(({ state }) => state)).toContain('refetching')
})

it('says that something may be missing when it does not know since when, and goes on with the oldest that is kept', async () => {
  const app = await useApp()
  await addCategory(app)
  const { streamCursor: after } = await app.gql('{ streamCursor }')
  await ingest(app, [draft(1)])
  await prune(app.services.database.prisma, new Date(Date.now() + 1_000))
  await ingest(app, [draft(2)])
  const states: FollowState[] = []
  for await (const { article } of follow({ url: app.url, after, webSocketImpl: WebSocket, onState: (state) => states.push(state) })) {
    expect(article.title).toBe('Title 2')
    break
  }
  expect(states.map(({ state }) => state)).toContain('missed')
})
