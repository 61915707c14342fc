// An article's summary in the graph: made a moment after it came, made anew after an edit, and told to subscribers.
import { expect, it, onTestFinished } from 'vitest'
import { takePageText } from '../../src/articles/page-text.ts'
import { summariesStep } from '../../src/summaries/step.ts'
import { addCategory, addFeed, draft, ingest, refreshFeed, useApp, type App } from '../helpers/app.ts'
import { enrichAll, enriched } from '../helpers/enrichment.ts'
import { rss, startFeedServer } from '../helpers/feed-server.ts'
import { subscribe } from '../helpers/subscriber.ts'

const story = (thing: string) => [
  `The ${thing} struck the old pier of the harbour on Monday.`,
  'My aunt likes tea with milk.',
  `The harbour master closed the pier after the ${thing} had struck it.`,
  'A cat slept on a warm roof.',
  `Divers will look at the pier before the ${thing} leaves the harbour.`,
]
const summaryOf = (thing: string) =>
  story(thing)
    .filter((_, at) => at % 2 === 0)
    .join(' ')
const of = (thing: string, fields: object = {}) => draft(1, { title: 'Harbour', content: story(thing).join('\n\n'), language: 'en', ...fields })

async function started(): Promise<App> {
  const app = await useApp({ enrich: true, env: { ALLOW_PRIVATE_NETWORKS: 'true' } })
  await addCategory(app)
  return app
}
const only = async (app: App) => (await app.gql('{ articles { nodes { id summary sourceSummary updatedAt } } }')).articles.nodes[0]

it('is made a moment after the article came, and anew after an edit', async () => {
  const app = await started()
  await ingest(app, [of('ferry')])
  await enriched(app)
  expect(await only(app)).toMatchObject({ summary: summaryOf('ferry'), sourceSummary: null })
  await ingest(app, [of('yacht')])
  await enriched(app)
  expect(await only(app)).toMatchObject({ summary: summaryOf('yacht') })
  await ingest(app, [of('yacht', { content: 'Short now.' })])
  await enriched(app)
  expect(await only(app)).toMatchObject({ summary: 'Short now.' })
})

it('is never that of a text that is gone, and stays where the text does', async () => {
  const app = await useApp()
  await addCategory(app)
  const steps = [summariesStep({ asks: false })]
  await ingest(app, [of('ferry')])
  await enrichAll(app, steps)
  await ingest(app, [of('ferry', { title: 'Pier', language: 'en-GB' })])
  expect(await only(app)).toMatchObject({ summary: summaryOf('ferry') })
  await ingest(app, [of('yacht', { title: 'Pier' })])
  expect(await only(app)).toMatchObject({ summary: null })
  await enrichAll(app, steps)
  expect(await only(app)).toMatchObject({ summary: summaryOf('yacht') })
  const page = `<p>The page of the pier tells more.</p>${story('yacht').join(' ').repeat(3)}`
  const { database, wake } = app.services
  const { id } = await only(app)
  expect(await takePageText({ ...database, wake }, id, { url: 'https://example.com/1', contentHtml: page, byline: null, language: null }, new Date())).toBe(
    true,
  )
  expect(await only(app)).toMatchObject({ summary: null })
  await enrichAll(app, steps)
  expect(await only(app)).toMatchObject({ summary: expect.stringContaining('yacht') })
})

it('comes with articleChanged, while updatedAt stays', async () => {
  const app = await started()
  const { streamCursor } = await app.gql('{ streamCursor }')
  const changes = subscribe(app.url, 'subscription ($after: String) { articleChanged(after: $after) { kind article { id summary updatedAt } } }', {
    after: streamCursor,
  })
  onTestFinished(() => changes.stop())
  const [stored] = await ingest(app, [of('ferry')])
  const { id } = stored!.article!
  const { updatedAt } = await only(app)
  const [first] = await changes.first(1)
  expect(first).toEqual({ kind: 'UPDATED', article: { id, summary: summaryOf('ferry'), updatedAt } })
  // The same text again changes no summary; another title does neither, and tells of itself alone.
  await ingest(app, [of('ferry', { title: 'Pier' })])
  await enriched(app)
  await ingest(app, [of('yacht', { title: 'Pier' })])
  await enriched(app)
  const events = await changes.first(4)
  expect(events.map((event) => event.article.summary === summaryOf('yacht'))).toEqual([false, false, expect.any(Boolean), true])
  await enriched(app)
  expect(changes.events).toHaveLength(4)
})

it('is what a client supplied, of which enriching has nothing to tell', async () => {
  const app = await started()
  await ingest(app, [of('ferry', { summary: 'As I say.' })])
  await enriched(app)
  expect(await only(app)).toMatchObject({ summary: 'As I say.', sourceSummary: 'As I say.' })
  expect(await app.services.database.prisma.streamEvent.count()).toBe(1)
})

it('is the made one for an article of a feed, whatever stands beside it', async () => {
  const app = await started()
  const site = await startFeedServer()
  onTestFinished(() => site.close())
  site.serve('/feed', {
    body: rss([
      {
        title: 'Harbour',
        link: `${site.url}/1`,
        description: story('ferry')
          .map((line) => `<p>${line}</p>`)
          .join(''),
      },
    ]),
  })
  await refreshFeed(app, await addFeed(app, `${site.url}/feed`))
  await enriched(app)
  await app.services.database.prisma.article.updateMany({ data: { summary: 'As the feed says.' } })
  expect(await only(app)).toMatchObject({ summary: summaryOf('ferry'), sourceSummary: 'As the feed says.' })
})

it('is null without a text, also where there was one', async () => {
  const app = await started()
  await ingest(app, [of('ferry', { content: '' })])
  await enriched(app)
  expect(await only(app)).toMatchObject({ summary: null })
  await ingest(app, [of('ferry')])
  await enriched(app)
  await ingest(app, [of('ferry', { content: '' })])
  await enriched(app)
  expect(await only(app)).toMatchObject({ summary: null })
})

it('is made anew by reindexing, which tells of it once', async () => {
  const app = await started()
  await ingest(app, [of('ferry')])
  await enriched(app)
  const { prisma } = app.services.database
  const reindexed = async () => {
    await app.gql('mutation { reindex { startedAt } }')
    await expect.poll(async () => (await app.gql('{ reindex { finishedAt } }')).reindex.finishedAt, { timeout: 15_000 }).not.toBeNull()
    await enriched(app)
  }
  await prisma.articleSummary.updateMany({ data: { text: 'As it was made long ago.' } })
  await reindexed()
  expect(await only(app)).toMatchObject({ summary: summaryOf('ferry') })
  expect(await prisma.streamEvent.count()).toBe(3)
  await reindexed()
  expect(await prisma.streamEvent.count()).toBe(3)
})

it('goes with its article', async () => {
  const app = await started()
  const [stored] = await ingest(app, [of('ferry')])
  const { id } = stored!.article!
  await enriched(app)
  expect(await app.services.database.prisma.articleSummary.count()).toBe(1)
  await app.gql('mutation ($id: ID!) { deleteArticle(id: $id) { id } }', { id })
  expect(await app.services.database.prisma.articleSummary.count()).toBe(0)
})
