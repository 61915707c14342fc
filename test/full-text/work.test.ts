// An article whose feed tells but its beginning: it is on the stream at once, and the text of its page follows.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addCategory, addFeed, refreshFeed, startApp, type App } from '../helpers/app.ts'
import { rss, startFeedServer, type FeedServer } from '../helpers/feed-server.ts'
import { subscribe } from '../helpers/subscriber.ts'
import { until } from '../helpers/until.ts'

let app: App
let site: FeedServer
beforeAll(async () => {
  site = await startFeedServer()
  // Nothing polls the feeds by itself meanwhile: an hour is longer than these tests.
  app = await startApp({ env: { ALLOW_PRIVATE_NETWORKS: 'true', FEED_INTERVAL_MINUTES: '60' }, poll: true })
  await addCategory(app)
})
afterAll(async () => {
  await app?.close()
  await site?.close()
})

let counter = 0
const sentence = (n: number, i: number) => `Sentence ${i} of story ${n} tells how the harbour of Northport was rebuilt, plank by plank, in ${1900 + i}.`
const teaser = (n: number) => `The harbour of Northport, story ${n}, was rebuilt …`
const pageOf = (n: number, sentences = 20) =>
  `<!doctype html><html lang="en"><head><title>Northport rebuilt ${n}</title><meta name="author" content="Ada Writer"></head><body><nav><a href="/">Home</a> <a href="/x">Other news</a></nav>
  <article><h1>Northport rebuilt ${n}</h1>${Array.from({ length: sentences }, (_, i) => `<p>${sentence(n, i)} ${sentence(n, i + 50)}</p>`).join('\n')}</article><footer>All rights reserved</footer></body></html>`

const html = { 'content-type': 'text/html; charset=utf-8' }

/** A feed with one story, whose page is as told. */
async function story(
  page: Parameters<FeedServer['serve']>[1] | undefined,
  { fullText = 'AUTO', description }: { fullText?: string; description?: string } = {},
) {
  const n = ++counter
  const path = `/story/${n}`
  if (page) site.serve(path, page)
  const item = { title: `Northport rebuilt ${n}`, link: `${site.url}${path}`, description: description ?? teaser(n) }
  site.serve(`/feed/${n}`, { body: rss([item]) })
  const id = await addFeed(app, `${site.url}/feed/${n}`, { fullText })
  await refreshFeed(app, id)
  const read = async () =>
    (
      await app.gql(
        'query ($url: URL!) { articleByUrl(url: $url) { id title content contentHtml textSource wordCount byline language createdAt updatedAt revisions { title } } }',
        { url: item.link },
      )
    ).articleByUrl
  return { n, path, item, id, read }
}

const tasks = async () => (await app.services.database.pool.query<{ attempts: number; due: Date }>('SELECT attempts, due_at AS due FROM page_task')).rows
/** Until no page is waited for: `busy` tasks stay, put off. */
async function settled(busy = 0): Promise<void> {
  let open = Infinity
  const look = async () => (open = (await tasks()).filter(({ due }) => due.getTime() <= Date.now()).length)
  let looking: Promise<unknown> | undefined
  await until(() => {
    looking ??= look().finally(() => (looking = undefined))
    return open === 0
  }, 'no page is due')
  await looking
  expect(await tasks()).toHaveLength(busy)
}

describe('a teaser', () => {
  it('is on the stream at once, and the text of its page follows as a change that is no edit', async () => {
    const { streamCursor } = await app.gql('{ streamCursor }')
    const follow = (field: string) =>
      subscribe(app.url, `subscription ($after: String) { ${field}(after: $after) { article { id title textSource wordCount } } }`, { after: streamCursor })
    const [ingested, changed] = [follow('articleIngested'), follow('articleChanged')]
    const n = counter + 1
    const { read } = await story({ body: pageOf(n), headers: html })
    expect((await ingested.first(1))[0].article).toMatchObject({ title: `Northport rebuilt ${n}` })
    expect((await changed.first(1))[0].article).toMatchObject({ title: `Northport rebuilt ${n}`, textSource: 'PAGE' })
    const article = await read()
    expect(article).toMatchObject({ textSource: 'PAGE', byline: 'Ada Writer', language: 'en', revisions: [] })
    expect(article.content).toContain(sentence(n, 0))
    expect(article.content).toContain(sentence(n, 19))
    expect(article.content).not.toContain('Other news')
    expect(article.updatedAt).toBe(article.createdAt)
    await settled()
    await Promise.all([ingested.stop(), changed.stop()])
  })

  it('that is edited changes the title, and leaves the text of the page', async () => {
    const n = counter + 1
    const { read, item, id, path } = await story({ body: pageOf(n), headers: html })
    await settled()
    const before = await read()
    site.serve(path, { status: 404 })
    site.serve(`/feed/${n}`, { body: rss([{ ...item, title: 'Northport, all new', description: `${teaser(n)} and more …` }]) })
    const { fetch } = await refreshFeed(app, id)
    expect(fetch).toMatchObject({ updated: 1 })
    await settled()
    const after = await read()
    expect(after).toMatchObject({
      title: 'Northport, all new',
      content: before.content,
      textSource: 'PAGE',
      wordCount: before.wordCount,
      revisions: [{ title: item.title }],
    })
    expect(after.updatedAt).not.toBe(before.updatedAt)
    expect((await refreshFeed(app, id)).fetch).toMatchObject({ outcome: 'NOT_MODIFIED' })
  })

  it.each<[string, Parameters<FeedServer['serve']>[1] | undefined]>([
    ['has less', { body: '<html><body><article><p>Short.</p></article></body></html>', headers: html }],
    [
      'is about something else',
      {
        body: `<html><body><article>${'<p>We value your privacy and process cookies with partners; accept or reject them here, please.</p>'.repeat(1)}${Array.from({ length: 30 }, (_, i) => `<p>Partner number ${i} stores identifiers and measures advertising performance across devices.</p>`).join('')}</article></body></html>`,
        headers: html,
      },
    ],
    ['is not there', undefined],
    ['is forbidden', { status: 403, body: 'no', headers: html }],
    ['is a film', { body: 'x'.repeat(10_000), headers: { 'content-type': 'video/mp4' } }],
    ['is empty', { body: '', headers: html }],
  ])('stays where its page %s', async (_name, page) => {
    const { read, n } = await story(page)
    await settled()
    expect(await read()).toMatchObject({ textSource: 'FEED', content: teaser(n) })
  })

  it('is tried again later where the server of its page has a problem', async () => {
    const { read, n, path } = await story({ status: 503, body: 'later' })
    await settled(1)
    expect(await read()).toMatchObject({ textSource: 'FEED', content: teaser(n) })
    const [task] = await tasks()
    expect(task!.attempts).toBe(1)
    expect(task!.due.getTime()).toBeGreaterThan(Date.now() + 200_000)
    site.serve(path, { body: pageOf(n), headers: html })
    await app.services.database.pool.query('UPDATE page_task SET due_at = now()')
    await settled()
    expect(await read()).toMatchObject({ textSource: 'PAGE' })
  })
})

it.each([
  ['NEVER', undefined, 'FEED', 0],
  ['AUTO', `${Array.from({ length: 30 }, (_, i) => sentence(0, i)).join(' ')}`, 'FEED', 0],
  ['ALWAYS', `${Array.from({ length: 10 }, (_, i) => sentence(0, i)).join(' ')}`, 'PAGE', 1],
])('fullText %s', async (fullText, description, textSource, requests) => {
  const n = counter + 1
  const { read, path } = await story(
    { body: pageOf(n), headers: html },
    { fullText, ...(description !== undefined && { description: description.replaceAll('story 0', `story ${n}`) }) },
  )
  await settled()
  expect(site.requests.filter((request) => request.path === path)).toHaveLength(requests)
  expect(await read()).toMatchObject({ textSource })
})
