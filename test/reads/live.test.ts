// Counters and statistics as they move.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addCategory, draft, ingest, startApp, type App } from '../helpers/app.ts'
import { openGreeted } from '../helpers/raw-socket.ts'
import { subscribe } from '../helpers/subscriber.ts'
import { until } from '../helpers/until.ts'

const articleRead = 'subscription ($ids: [ID!]) { articleRead(articleIds: $ids) { id readCount } }'

let app: App
let ids: string[]

const read = (id: string) => app.gql('mutation ($id: ID!) { recordRead(input: { articleId: $id }) { counted } }', { id })
const live = (count: number) => until(() => app.subscriptions.live() === count)

beforeAll(async () => {
  app = await startApp()
  await addCategory(app)
  ids = (await ingest(app, [draft(1), draft(2), draft(3)])).map(({ article }) => article!.id)
})

afterAll(() => app?.close())

describe('articleRead', () => {
  it('tells of the articles that are wanted, the last value for certain, and of many reads in few events', async () => {
    const all = subscribe(app.url, articleRead)
    const one = subscribe(app.url, articleRead, { ids: [ids[0]!.toUpperCase()] })
    await live(2)
    const [first, second] = [ids[0]!, ids[1]!]
    for (let n = 0; n < 30; n++) await read(first)
    await read(second)
    await until(() => one.events.at(-1)?.readCount === 30)
    await until(() => all.events.some((event) => event.id === first && event.readCount === 30) && all.events.some((event) => event.id === second))
    for (const { events } of [all, one]) {
      const counts = events.filter(({ id }) => id === first).map(({ readCount }) => readCount)
      expect(counts).toEqual([...new Set(counts)].sort((a, b) => a - b))
      expect(counts.length).toBeLessThan(30)
    }
    expect(one.events.every(({ id }) => id === first)).toBe(true)
    await Promise.all([all.stop(), one.stop()])
    await live(0)
  })

  it('tells each of several articles its own numbers, whatever of them is asked', async () => {
    const several = (await ingest(app, [draft('several-1'), draft('several-2'), draft('several-3')])).map(({ article }) => article!.id)
    const follower = subscribe(app.url, 'subscription ($ids: [ID!]) { articleRead(articleIds: $ids) { readCount lastReadAt title } }', { ids: several })
    const counts = subscribe(app.url, 'subscription ($ids: [ID!]) { articleRead(articleIds: $ids) { readCount lastReadAt } }', { ids: several })
    await live(2)
    await Promise.all(several.flatMap((id, n) => Array.from({ length: n + 1 }, () => read(id))))
    await until(() => [1, 2, 3].every((n) => follower.events.some((event) => event.title === `Title several-${n}` && event.readCount === n)))
    await until(() => counts.events.length === follower.events.length)
    for (const { readCount, lastReadAt } of counts.events) {
      expect(readCount).toBeGreaterThan(0)
      expect(lastReadAt).toEqual(expect.any(String))
    }
    await Promise.all([follower.stop(), counts.stop()])
    await live(0)
  })

  it('passes over an article that is gone', async () => {
    const [gone, stays] = (await ingest(app, [draft('gone'), draft('stays')])).map(({ article }) => article!.id)
    const follower = subscribe(app.url, articleRead)
    await live(1)
    await read(gone!)
    await app.gql('mutation ($id: ID!) { deleteArticle(id: $id) { id } }', { id: gone })
    await read(stays!)
    await until(() => follower.events.some(({ id }) => id === stays))
    expect(follower.events.every(({ errors }) => errors === undefined)).toBe(true)
    await follower.stop()
  })

  it('refuses more than 1,000 ids', async () => {
    const raw = await openGreeted(app.url)
    raw.send({ type: 'subscribe', id: '1', payload: { query: articleRead, variables: { ids: Array.from({ length: 1_001 }, (_, n) => String(n)) } } })
    expect(await raw.next()).toMatchObject({ type: 'error', id: '1', payload: [{ extensions: { code: 'BAD_USER_INPUT', field: 'articleIds' } }] })
    raw.socket.terminate()
    await raw.closed
  })
})

describe('statisticsChanged', () => {
  it('tells the numbers of its filter after articles and reads, the last ones for certain', async () => {
    await addCategory(app, 'sport')
    const query =
      'subscription ($filter: ArticleFilter) { statisticsChanged(filter: $filter) { articleCount readCount byCategory { category { id } articleCount } } }'
    const sport = subscribe(app.url, query, { filter: { categoryIds: ['sport'] } })
    const all = subscribe(app.url, 'subscription { statisticsChanged { articleCount readCount } }')
    await live(2)
    const before = (await app.gql('{ statistics { articleCount readCount } }')).statistics
    const [added] = await ingest(app, [draft('sport-1', { categoryId: 'sport' }), draft('sport-2', { categoryId: 'sport' })])
    await until(() => all.events.at(-1)?.articleCount === before.articleCount + 2 && sport.events.at(-1)?.articleCount === 2)
    await read(added!.article!.id)
    await until(() => all.events.at(-1)?.readCount === before.readCount + 1 && sport.events.at(-1)?.readCount === 1)
    expect(sport.events.at(-1)).toEqual({ articleCount: 2, readCount: 1, byCategory: [{ category: { id: 'sport' }, articleCount: 2 }] })
    await Promise.all([all.stop(), sport.stop()])
    await live(0)
  })

  it('tells nothing twice, whatever else changes', async () => {
    const all = subscribe(app.url, 'subscription { statisticsChanged { articleCount wordCount } }')
    await live(1)
    const one = (title: string) => draft('retitled', { title })
    await ingest(app, [one('First')])
    await all.first(1)
    // Whoever has seen nothing yet hears of the edit.
    const late = subscribe(app.url, 'subscription { statisticsChanged { articleCount } }')
    await live(2)
    await ingest(app, [one('Second')])
    await late.first(1)
    await ingest(app, [draft('another')])
    const [before, after] = await all.first(2)
    expect(after.articleCount).toBe(before.articleCount + 1)
    await Promise.all([all.stop(), late.stop()])
    await live(0)
  })

  it('refuses a wrong filter', async () => {
    const raw = await openGreeted(app.url)
    raw.send({ type: 'subscribe', id: '1', payload: { query: 'subscription { statisticsChanged(filter: { languages: ["?"] }) { articleCount } }' } })
    expect(await raw.next()).toMatchObject({ type: 'error', id: '1', payload: [{ extensions: { code: 'BAD_USER_INPUT', field: 'filter.languages' } }] })
    raw.socket.terminate()
    await raw.closed
  })
})
