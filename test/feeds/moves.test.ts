// Permanent moves: when they count, and what is told of them.
import { expect, it, onTestFinished, test } from 'vitest'
import { claimOne } from '../../src/feeds/claim.ts'
import { adoptMove, moveAfter } from '../../src/feeds/moves.ts'
import { addCategory, addFeed, refreshFeed, useApp } from '../helpers/app.ts'
import { rss, startFeedServer } from '../helpers/feed-server.ts'

const none = { movedTo: null, movedPasses: 0 }
const [plain, safe] = ['http://a.example/feed', 'https://a.example/feed']
test.each([
  ['nowhere', { url: plain, ...none }, null, none],
  ['to where it is', { url: plain, ...none }, plain, none],
  ['to a safe connection', { url: plain, ...none }, safe, { movedTo: safe, movedPasses: 1 }],
  ['from a safe connection', { url: safe, ...none }, plain, none],
  ['again', { url: plain, movedTo: safe, movedPasses: 1 }, safe, { movedTo: safe, movedPasses: 2 }],
  ['somewhere else', { url: plain, movedTo: safe, movedPasses: 2 }, 'https://b.example/', { movedTo: 'https://b.example/', movedPasses: 1 }],
  ['nowhere any more', { url: plain, movedTo: safe, movedPasses: 2 }, null, none],
  ['as long as ever', { url: plain, movedTo: safe, movedPasses: 4 }, safe, { movedTo: safe, movedPasses: 4 }],
])('led %s', (_name, feed, target, after) => {
  expect(moveAfter(feed, target)).toEqual(after)
})

it('a safe connection to the same place is adopted, without headers that were given for the other one', async () => {
  const app = await useApp()
  await addCategory(app)
  const { prisma } = app.services.database
  const id = await addFeed(app, plain, { headers: [{ name: 'x-key', value: 'k' }] })
  const feed = (await claimOne(prisma, id, new Date()))!
  expect(await adoptMove(prisma, feed, { movedTo: safe, movedPasses: 2 })).toBeUndefined()
  expect(await adoptMove(prisma, feed, { movedTo: safe, movedPasses: 3 })).toBe(`It has moved for good: its address is ${safe} now.`)
  expect(await prisma.feed.findUnique({ where: { id } })).toMatchObject({ url: safe, headers: [] })
})

it('that another feed has the address is told once, and the address adopted when that feed is removed', async () => {
  const site = await startFeedServer()
  onTestFinished(() => site.close())
  const app = await useApp({ env: { ALLOW_PRIVATE_NETWORKS: 'true' } })
  await addCategory(app)
  site.serve('/new', { body: rss([]) })
  site.serve('/old', { status: 301, headers: { location: '/new' } })
  const other = await addFeed(app, `${site.url}/new`)
  const id = await addFeed(app, `${site.url}/old`)
  for (let n = 0; n < 6; n++) await refreshFeed(app, id)
  await app.gql('mutation ($id: ID!) { removeFeed(id: $id) { id } }', { id: other })
  await refreshFeed(app, id)
  const { feed } = await app.gql('query ($id: ID!) { feed(id: $id) { url health { recentFetches { repaired } } } }', { id })
  expect(feed.url).toBe(`${site.url}/new`)
  expect(feed.health.recentFetches.map(({ repaired }: { repaired: string[] }) => repaired).toReversed()).toEqual([
    [],
    [],
    [`It has moved for good to ${site.url}/new, which is the address of another feed.`],
    [],
    [],
    [],
    [`It has moved for good: its address is ${site.url}/new now.`],
  ])
})
