// What a pass over a feed writes down.
import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { addCategory, addFeed, refreshFeed, startApp, type App } from '../helpers/app.ts'
import { rss, startFeedServer, type FeedServer } from '../helpers/feed-server.ts'
import { until } from '../helpers/until.ts'

let app: App
let site: FeedServer
beforeAll(async () => {
  site = await startFeedServer()
  app = await startApp({ env: { ALLOW_PRIVATE_NETWORKS: 'true' } })
  await addCategory(app)
})
afterAll(async () => {
  await app?.close()
  await site?.close()
})

const mapping = { items: 'list', url: 'link', title: 'name' }
const update = 'mutation ($input: UpdateFeedInput!) { updateFeed(input: $input) { feed { id } } }'

it.each<[name: string, before: Record<string, unknown>, change: object, kept: boolean]>([
  ['headers', {}, { headers: [{ name: 'x-key', value: 'new' }] }, false],
  ['other headers', { headers: [{ name: 'x-key', value: 'old' }] }, { headers: [{ name: 'x-key', value: 'new' }] }, false],
  ['a mapping', {}, { mapping }, false],
  ['another mapping', { mapping }, { mapping: { ...mapping, title: 'other' } }, false],
  ['no mapping', { mapping }, { mapping: null }, false],
  ['a title', { headers: [{ name: 'x-key', value: 'old' }], mapping }, { title: 'Given' }, true],
])('a feed that is given %s during a pass is read anew by the next one, where it matters', async (name, before, change, kept) => {
  const path = `/${name.replaceAll(' ', '-')}`
  const body = JSON.stringify({ list: [{ link: 'https://example.com/1', name: 'One', other: 'Other' }] })
  const feed = 'mapping' in before ? body : rss([{ title: 'One', link: 'https://example.com/1' }])
  const held: ServerResponse[] = []
  site.serve(path, { answer: (res) => void held.push(res) })
  const id = await addFeed(app, `${site.url}${path}`, before)
  const pass = refreshFeed(app, id)
  await until(() => held.length === 1)
  await app.gql(update, { input: { id, ...change } })
  held[0]!.writeHead(200, { etag: '"1"', 'last-modified': 'today' }).end(feed)
  expect((await pass).fetch).toMatchObject({ outcome: 'CHANGED' })
  const stored = await app.services.database.prisma.feed.findUnique({ where: { id } })
  expect(stored).toMatchObject(
    kept
      ? { etag: '"1"', lastModified: 'today', bodyHash: expect.any(String), claimId: null }
      : { etag: null, lastModified: null, bodyHash: null, claimId: null },
  )
})

it('passes that repaired nothing are listed with the others', async () => {
  site.serve('/', { body: rss([]) })
  const id = await addFeed(app, `${site.url}/`)
  await refreshFeed(app, id)
  const query = 'query ($id: ID!) { feed(id: $id) { health { recentFetches { outcome repaired rejected { reason } error } } } }'
  expect((await app.gql(query, { id })).feed.health.recentFetches).toEqual([{ outcome: 'CHANGED', repaired: [], rejected: [], error: null }])
})
