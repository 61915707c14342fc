import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { followUps } from '../../src/cli/demo-follow-ups.ts'
import { stories } from '../../src/cli/demo-stories.ts'
import { programme, startDemoFeed } from '../../src/cli/demo-feed.ts'
import { createApi } from '../../src/cli/api.ts'
import { publishNext } from '../../src/cli/start-demo.ts'
import { addCategory, addFeed, post, refreshFeed, useApp } from '../helpers/app.ts'
import { startCli } from './spawn.ts'

test('the demo starts from nothing, its stories keep coming, and it leaves nothing behind', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'nw-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const demo = startCli(['demo', '--every', '0.2'], { TMPDIR: folder, PORT: '0' })
  await demo.until(({ stdout }) => stdout.split('published: ').length > 3)
  const [url] = /http:\S+\/graphql/.exec(demo.stdout()) as unknown as [string]
  const { data } = await post(url, '{ articles(first: 1) { totalCount nodes { title byline tags category { id } } } }')
  expect(data.articles.totalCount).toBeGreaterThanOrEqual(7)
  expect(data.articles.nodes[0]).toMatchObject({ category: { id: 'demo' }, tags: expect.arrayContaining(['demo']) })
  expect(data.articles.nodes[0].byline).toBe('Invented for the Newswire demo')
  demo.child.kill('SIGTERM')
  expect(await demo.ended).toBe(0)
  expect((await readdir(folder)).filter((name) => name.startsWith('newswire-demo-'))).toEqual([])
})

test('its search and similar readings tell stories about one event from all others, and find none twice after a round', async () => {
  const app = await useApp({ env: { ALLOW_PRIVATE_NETWORKS: 'true' } })
  const feed = await startDemoFeed()
  onTestFinished(() => feed.close())
  await addCategory(app)
  const id = await addFeed(app, feed.url)
  await refreshFeed(app, id)
  const { search } = await app.gql('{ search(query: "night ferry") { nodes { title similar { article { title } } } } }')
  const about = [stories[0]!.title, followUps[0]!.title]
  expect(search.nodes).toHaveLength(2)
  for (const { title, similar } of search.nodes) expect(new Set([title, ...similar.map((one: any) => one.article.title)])).toEqual(new Set(about))

  for (let i = 5; i < programme.length; i++) feed.publish()
  await publishNext(createApi(app.url), feed, id)
  const titles = (await app.gql('{ articles(first: 100) { nodes { title } } }')).articles.nodes.map(({ title }: { title: string }) => title)
  expect(titles[0]).toBe(stories[0]!.title)
  expect(titles.length).toBeGreaterThan(20)
  expect(titles).toEqual([...new Set(titles)])
})

test('after the last story the first comes again, under another guid and link', async () => {
  const feed = await startDemoFeed()
  onTestFinished(() => feed.close())
  const seen = new Set<string>()
  for (let i = 0; i < programme.length; i++) {
    feed.publish()
    const text = await (await fetch(feed.url)).text()
    const [, title, link, guid] = /<title>([^<]+)<\/title><link>([^<]+)<\/link><guid[^>]*>([^<]+)/.exec(text.slice(text.indexOf('<item>')))!
    if (i === programme.length - 1) expect(title).toBe(programme[4]!.title)
    seen.add(link!).add(guid!)
    if (i === 0) expect(await (await fetch(link!)).text()).toContain(`<h1>${title}</h1>`)
  }
  expect(seen.size).toBe(2 * programme.length)
})

test('the stories are as many and as long as the demo says', () => {
  expect(stories).toHaveLength(20)
  expect(followUps).toHaveLength(9)
  for (const { paragraphs } of programme) expect(paragraphs.length).toSatisfy((count: number) => count >= 2 && count <= 4)
  expect(new Set(programme.flatMap(({ title, paragraphs }) => [title, ...paragraphs])).size).toBe(29 + programme.flatMap(({ paragraphs }) => paragraphs).length)
})
