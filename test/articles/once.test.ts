// Every article once, in the archive and on the stream: for any order, batching, repetition and overlap of entries over several feeds.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { storeEntries } from '../../src/articles/store.ts'
import { addCategory, addFeed, startApp, type App } from '../helpers/app.ts'

let app: App
let feeds: (string | null)[]
beforeAll(async () => {
  app = await startApp()
  await addCategory(app)
  feeds = [null]
  for (const name of ['a', 'b', 'c']) feeds.push(await addFeed(app, `https://${name}.example/feed`))
})
afterAll(() => app?.close())

/** A story in words of its own, and in how many ways it may come: under each of its links, by any feed. */
type Story = { words: number; links: number }
type Delivery = { story: number; link: number; feed: number; tracked: boolean }

const stories = fc.array(fc.record({ words: fc.constantFrom(5, 49, 50, 120), links: fc.integer({ min: 1, max: 3 }) }), { minLength: 1, maxLength: 6 })
const history = stories.chain((all) =>
  fc.record({
    all: fc.constant(all),
    batches: fc.array(
      fc.array(fc.record({ story: fc.nat(all.length - 1), link: fc.nat(2), feed: fc.nat(3), tracked: fc.boolean() }), { minLength: 1, maxLength: 8 }),
      { minLength: 1, maxLength: 6 },
    ),
    together: fc.boolean(),
  }),
)

let run = 0

/** Each feed, and each host, tells a story under one link: of one source they would be two articles. */
const urlOf = ({ story, link, feed, tracked }: Delivery, { links }: Story) =>
  `https://${feeds[feed] === null ? `h${link % links}` : `f${feed}`}.example/${run}/${story}${tracked ? '?utm_source=feed' : ''}`

it('holds for entries that are identical or have nothing in common', async () => {
  await fc.assert(
    fc.asyncProperty(history, async ({ all, batches, together }) => {
      run++
      const { database, wake } = app.services
      const head = async () => (await database.pool.query<{ position: string }>('SELECT position FROM stream_head')).rows[0]!.position
      const before = await head()
      const bring = (batch: Delivery[]) =>
        Promise.all(
          [...new Set(batch.map((delivery) => delivery.feed))].map((feed) =>
            storeEntries(
              { prisma: database.prisma, wake },
              batch
                .filter((delivery) => delivery.feed === feed)
                .map((delivery) => {
                  const story = all[delivery.story]!
                  const content = Array.from({ length: story.words }, (_, i) => `r${run}s${delivery.story}w${i}`).join(' ')
                  return { url: urlOf(delivery, story), title: `Story ${delivery.story}`, content, contentFormat: 'TEXT' as const, categoryId: 'world' }
                }),
              { source: feeds[feed]!, clock: () => new Date() },
            ),
          ),
        )
      if (together) await Promise.all(batches.map(bring))
      else for (const batch of batches) await bring(batch)

      // What is too short to be told for a copy is one article for each link; the others are one for each story.
      const expected = new Set(
        batches.flat().map((delivery) => {
          const story = all[delivery.story]!
          return story.words < 50 ? urlOf({ ...delivery, tracked: false }, story) : `story ${delivery.story}`
        }),
      )
      const { rows: stored } = await database.pool.query<{ id: string }>('SELECT id FROM article WHERE url LIKE $1', [`%.example/${run}/%`])
      const { rows: events } = await database.pool.query<{ kind: string; article_id: string }>(
        'SELECT kind, article_id FROM stream_event WHERE position > $1 ORDER BY position',
        [before],
      )
      expect(stored).toHaveLength(expected.size)
      expect(events.map((event) => event.kind)).toEqual(events.map(() => 'INGESTED'))
      expect(events.map((event) => event.article_id).toSorted()).toEqual(stored.map((row) => row.id).toSorted())
    }),
    { numRuns: 60 },
  )
})
