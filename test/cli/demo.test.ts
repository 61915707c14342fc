import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { stories } from '../../src/cli/demo-stories.ts'
import { startDemoFeed } from '../../src/cli/demo-feed.ts'
import { post } from '../helpers/app.ts'
import { startCli } from './spawn.ts'

test('the demo starts from nothing, its stories keep coming, and it leaves nothing behind', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'nw-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const demo = startCli(['demo', '--every', '0.2'], { TMPDIR: folder, PORT: '0' })
  await demo.until(({ stdout }) => stdout.split('published: ').length > 3)
  const [url] = /http:\S+\/graphql/.exec(demo.stdout()) as unknown as [string]
  const { data } = await post(url, '{ articles(first: 1) { totalCount nodes { title tags paragraphs category { id } } } }')
  expect(data.articles.totalCount).toBeGreaterThanOrEqual(7)
  expect(data.articles.nodes[0]).toMatchObject({ category: { id: 'demo' }, tags: expect.arrayContaining(['demo']) })
  expect(data.articles.nodes[0].paragraphs.at(-1)).toBe('This story was invented for the Newswire demo.')
  demo.child.kill('SIGTERM')
  expect(await demo.ended).toBe(0)
  expect((await readdir(folder)).filter((name) => name.startsWith('newswire-demo-'))).toEqual([])
})

test('after the last story the first comes again, under another guid and link', async () => {
  const feed = await startDemoFeed()
  onTestFinished(() => feed.close())
  const seen = new Set<string>()
  for (let i = 0; i < stories.length; i++) {
    feed.publish()
    const text = await (await fetch(feed.url)).text()
    const [, title, link, guid] = /<title>([^<]+)<\/title><link>([^<]+)<\/link><guid[^>]*>([^<]+)/.exec(text.slice(text.indexOf('<item>')))!
    if (i === stories.length - 1) expect(title).toBe(stories[4]!.title)
    seen.add(link!).add(guid!)
    if (i === 0) expect(await (await fetch(link!)).text()).toContain(`<h1>${title}</h1>`)
  }
  expect(seen.size).toBe(2 * stories.length)
})

test('the stories are as many and as long as the demo says', () => {
  expect(stories).toHaveLength(20)
  for (const { paragraphs } of stories) expect(paragraphs.length).toSatisfy((count: number) => count >= 2 && count <= 4)
  expect(new Set(stories.map(({ title }) => title)).size).toBe(20)
})
