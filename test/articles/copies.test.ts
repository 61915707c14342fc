// The same words under another link: one article with another sighting, or, from the same source, two articles.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addCategory, addFeed, draft, ingest, refreshFeed, startApp, type App } from '../helpers/app.ts'
import { rss, startFeedServer, type FeedServer } from '../helpers/feed-server.ts'
import { subscribe } from '../helpers/subscriber.ts'

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

let counter = 0
/** A text that shares no four words with another one's; `edited` puts other words in place of its last ones. */
function story({ words = 100, edited = 0 } = {}, n = ++counter): string {
  return Array.from({ length: words }, (_, i) => (i < words - edited ? `s${n}w${i}` : `edited${i}`)).join(' ')
}

const statuses = async (...drafts: object[]) => (await ingest(app, drafts)).map((result) => result.status)
const sightingsOf = async (id: string) =>
  (await app.gql('query ($id: ID!) { article(id: $id) { url content sightings { url feed { id } } } }', { id })).article as {
    url: string
    content: string
    sightings: { url: string; feed: { id: string } | null }[]
  }

async function feedOf(name: string, items: { link: string; description: string; title?: string }[]) {
  const path = `/${name}-${++counter}`
  const serve = (all: typeof items) =>
    site.serve(path, {
      body: rss(
        all.map((item) => ({ title: 'A story', ...item })),
        `${name} ${++counter}`,
      ),
    })
  serve(items)
  const id = await addFeed(app, `${site.url}${path}`)
  const refresh = async () => (await refreshFeed(app, id)).fetch as { ingested: number; updated: number; duplicates: number }
  return { id, serve, refresh, first: await refresh() }
}

describe('the same words', () => {
  it('from another host join the article that is there, under their own link too, and are a duplicate from then on', async () => {
    const content = story()
    const [first, copy] = await ingest(app, [
      draft('a', { url: `https://a.example/${counter}`, content }),
      draft('b', { url: `https://b.example/${counter}`, content }),
    ])
    expect([first!.status, copy!.status]).toEqual(['INGESTED', 'DUPLICATE'])
    expect(copy!.article!.id).toBe(first!.article!.id)
    const again = await ingest(app, [draft('b', { url: `https://b.example/${counter}?utm_source=x`, content: story({ edited: 30 }, counter) })])
    expect(again[0]).toMatchObject({ status: 'DUPLICATE', article: { id: first!.article!.id } })
    const { url, content: kept, sightings } = await sightingsOf(first!.article!.id)
    expect([url, kept]).toEqual([`https://a.example/${counter}`, content])
    expect(sightings.map((sighting) => sighting.url)).toEqual([`https://a.example/${counter}`, `https://b.example/${counter}`])
    expect((await app.gql('query ($url: URL!) { articleByUrl(url: $url) { id } }', { url: `https://b.example/${counter}` })).articleByUrl.id).toBe(
      first!.article!.id,
    )
  })

  it('from the same host are two articles', async () => {
    const content = story()
    expect(
      await statuses(draft('a', { url: `https://quakes.example/${counter}/1`, content }), draft('b', { url: `https://quakes.example/${counter}/2`, content })),
    ).toEqual(['INGESTED', 'INGESTED'])
  })

  it.each([
    ['nearly the same', { words: 100, edited: 8 }, 'DUPLICATE'],
    ['too different', { words: 100, edited: 20 }, 'INGESTED'],
    ['too short to tell', { words: 49 }, 'INGESTED'],
    ['just long enough to tell', { words: 50 }, 'DUPLICATE'],
  ])('are told for a copy by how much they share: %s', async (_name, options, status) => {
    const n = ++counter
    await ingest(app, [draft('a', { url: `https://a.example/${n}`, content: story({ words: options.words }, n) })])
    expect(await statuses(draft('b', { url: `https://b.example/${n}`, content: story(options, n) }))).toEqual([status])
  })

  it('in two feeds are one article, seen in both; each pass leaves the first one its words', async () => {
    const content = story()
    const n = counter
    const one = await feedOf('one', [{ link: `https://a.example/feeds/${n}`, description: content }])
    const two = await feedOf('two', [{ link: `https://a.example/feeds/other/${n}`, description: `${content} Agency` }])
    expect([one.first, two.first]).toMatchObject([{ ingested: 1 }, { ingested: 0, duplicates: 1 }])
    two.serve([{ link: `https://a.example/feeds/other/${n}`, description: `${content} The agency` }])
    expect(await two.refresh()).toMatchObject({ ingested: 0, updated: 0, duplicates: 1 })
    const { articleByUrl } = await app.gql('query ($url: URL!) { articleByUrl(url: $url) { id content sightings { feed { id } } } }', {
      url: `https://a.example/feeds/other/${n}`,
    })
    expect(articleByUrl.content).toBe(content)
    expect(articleByUrl.sightings.map(({ feed }: { feed: { id: string } }) => feed.id)).toEqual([one.id, two.id])
    one.serve([{ link: `https://a.example/feeds/${n}`, description: story({ edited: 50 }, n) }])
    expect(await one.refresh()).toMatchObject({ updated: 1 })
  })

  it('several times in one feed are as many articles, on different hosts too; a feed that has them all joins each to its own', async () => {
    const content = story()
    const bulletins = [1, 2, 3].map((i) => ({ link: `https://h${i}.example/${counter}`, description: content, pubDate: `0${i} Mar 2024 10:00:00 GMT` }))
    const one = await feedOf('quakes', bulletins)
    expect(one.first).toMatchObject({ ingested: 3 })
    const two = await feedOf(
      'aggregator',
      bulletins.map((item, i) => ({ ...item, link: `https://agg.example/${counter}/${i}` })),
    )
    expect(two.first).toMatchObject({ ingested: 0, duplicates: 3 })
    const { articles } = await app.gql('query ($ids: [ID!]) { articles(filter: { feedIds: $ids }) { nodes { publishedAt sightings { url } } } }', {
      ids: [two.id],
    })
    expect(articles.nodes.map((node: { sightings: { url: string }[] }) => node.sightings.map(({ url }) => url.slice(0, 13)))).toEqual(
      [3, 2, 1].map((i) => [`https://h${i}.exa`.slice(0, 13), 'https://agg.e']),
    )
  })

  it('of two writers at the same time are one article', async () => {
    const { streamCursor } = await app.gql('{ streamCursor }')
    const live = subscribe(app.url, 'subscription ($after: String) { articleIngested(after: $after) { article { id } } }', { after: streamCursor })
    const rounds = 6
    for (let round = 0; round < rounds; round++) {
      const texts = Array.from({ length: 20 }, () => story())
      const bring = (host: string, from: number[]) =>
        ingest(
          app,
          from.map((i) => draft('x', { url: `https://${host}.example/${counter}/${i}`, content: texts[i]! })),
        )
      const order = texts.map((_, i) => i)
      const answers = await Promise.all([bring('p', order), bring('q', order.toReversed()), bring('r', order)])
      const ids = new Set(answers.flat().map((result) => result.article!.id))
      expect(ids.size).toBe(20)
      expect(answers.flat().filter((result) => result.status === 'INGESTED')).toHaveLength(20)
    }
    await ingest(app, [draft(`last${counter}`)])
    const events = await live.first(rounds * 20 + 1)
    expect(new Set(events.map((event) => event.article.id)).size).toBe(rounds * 20 + 1)
    await live.stop()
  })

  it('of a removed article are a new one, but for the links that it was seen under', async () => {
    const content = story()
    const [first] = await ingest(app, [
      draft('a', { url: `https://a.example/${counter}`, content }),
      draft('b', { url: `https://b.example/${counter}`, content }),
    ])
    await app.gql('mutation ($id: ID!) { deleteArticle(id: $id) { id } }', { id: first!.article!.id })
    expect(await statuses(draft('b', { url: `https://b.example/${counter}`, content }))).toEqual(['REJECTED'])
    expect(await statuses(draft('c', { url: `https://c.example/${counter}`, content }), draft('d', { url: `https://d.example/${counter}`, content }))).toEqual([
      'INGESTED',
      'DUPLICATE',
    ])
  })
})

it('an edit keeps what stood there, newest first; other changes and the same again keep nothing', async () => {
  const n = ++counter
  const bring = (fields: Record<string, unknown>) => ingest(app, [draft(`r${n}`, fields)])
  const [first] = await bring({ title: 'One', content: 'First text' })
  await bring({ title: 'One', content: 'Second text' })
  await bring({ title: 'One', content: 'Second text', byline: 'Someone' })
  await bring({ title: 'One', content: 'Second text' })
  await bring({ title: 'Two', content: 'Second text' })
  const { article } = await app.gql(
    'query ($id: ID!) { article(id: $id) { title content revisions { title content replacedAt } newest: revisions(first: 1) { title } } }',
    {
      id: first!.article!.id,
    },
  )
  expect(article).toMatchObject({
    title: 'Two',
    revisions: [
      { title: 'One', content: 'Second text', replacedAt: expect.any(String) },
      { title: 'One', content: 'First text', replacedAt: expect.any(String) },
    ],
    newest: [{ title: 'One' }],
  })
})

it('of many edits the newest 100 are kept', async () => {
  const n = ++counter
  for (let i = 0; i < 104; i++) await ingest(app, [draft(`m${n}`, { title: 'Same', content: `Text ${i}` })])
  const { articles } = await app.gql('{ articles(first: 1, orderBy: CREATED_DESC) { nodes { content revisions(first: 100) { content } } } }')
  const [{ content, revisions }] = articles.nodes
  expect([content, revisions.length, revisions[0].content, revisions[99].content]).toEqual(['Text 103', 100, 'Text 102', 'Text 3'])
  const { rows } = await app.services.database.pool.query(
    'SELECT count(*)::int AS n FROM revision r JOIN article a ON a.id = r.article_id WHERE a.title = $1',
    ['Same'],
  )
  expect(rows[0].n).toBe(100)
})
