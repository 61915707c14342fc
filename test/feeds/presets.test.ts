import { expect, onTestFinished, test } from 'vitest'
import { addCategory, addFeed, refreshFeed, useApp } from '../helpers/app.ts'
import { startFeedServer } from '../helpers/feed-server.ts'
import { cli, jsonLines } from '../cli/spawn.ts'

const query = '{ feedPresets { id title url mapping { items url title guid content publishedAt categories } } }'
/** As NHK World writes its list. */
const list = {
  data: [
    {
      id: '20240309_01',
      title: 'Ferry &amp; bridge',
      description: 'Both are open again.',
      page_url: '/nhkworld/en/news/20240309_01/',
      updated_at: '1709978400123',
      categories: { id: '11', name: 'Japan' },
    },
    {
      id: '20240309_02',
      title: 'Second',
      description: '',
      page_url: '/nhkworld/en/news/20240309_02/',
      updated_at: '1709978400000',
      categories: [{ name: 'World' }],
    },
  ],
}

test('a preset reads its list: links of the site, ids, dates, categories as tags', async () => {
  const app = await useApp({ env: { ALLOW_PRIVATE_NETWORKS: 'true' } })
  const site = await startFeedServer()
  onTestFinished(() => site.close())
  site.serve('/nhkworld/data/en/news/all.json', { body: JSON.stringify(list), headers: { 'content-type': 'application/json' } })
  const url = `${site.url}/nhkworld/data/en/news/all.json`
  await addCategory(app)

  const { feedPresets } = await app.gql(query)
  expect(feedPresets[0]).toMatchObject({ id: 'nhk-world', url: 'https://www3.nhk.or.jp/nhkworld/data/en/news/all.json', mapping: { items: 'data' } })
  const id = await addFeed(app, url, { mapping: feedPresets[0].mapping })
  expect(await refreshFeed(app, id)).toMatchObject({ fetch: { ingested: 2, rejected: [] }, feed: { format: 'JSON_MAPPED' } })
  const { articles } = await app.gql('{ articles(first: 10) { nodes { url title content publishedAt tags sightings { guid } } } }')
  expect(articles.nodes).toEqual([
    {
      url: `${site.url}/nhkworld/en/news/20240309_01/`,
      title: 'Ferry & bridge',
      content: 'Both are open again.',
      publishedAt: '2024-03-09T10:00:00.123Z',
      tags: ['Japan'],
      sightings: [{ guid: '20240309_01' }],
    },
    {
      url: `${site.url}/nhkworld/en/news/20240309_02/`,
      title: 'Second',
      content: '',
      publishedAt: '2024-03-09T10:00:00.000Z',
      tags: ['World'],
      sightings: [{ guid: '20240309_02' }],
    },
  ])
})

test('a preset on the command line', async () => {
  const app = await useApp({ env: { ALLOW_PRIVATE_NETWORKS: 'true' } })
  const site = await startFeedServer()
  onTestFinished(() => site.close())
  site.serve('/all.json', { body: JSON.stringify(list) })
  await addCategory(app, 'news')
  const env = { NEWSWIRE_URL: app.url }

  expect((await cli(['feed', 'presets'], { env })).stdout).toMatch(/^nhk-world {2}NHK WORLD-JAPAN News {2}https:\/\/www3\.nhk\.or\.jp\/\S+\n$/)
  const added = await cli(['feed', 'add', '--preset', 'nhk-world', '--category', 'news', `${site.url}/all.json`, '--refresh', '--json'], { env })
  expect(added.stderr).toBe('')
  expect(jsonLines(added.stdout)).toMatchObject([{ feed: { title: 'NHK WORLD-JAPAN News', url: `${site.url}/all.json` }, fetch: { ingested: 2 } }])

  const own = await cli(['feed', 'add', '--preset', 'nhk-world', '--category', 'news', '--title', 'Mine', '--json'], { env })
  expect(jsonLines(own.stdout)).toMatchObject([{ feed: { title: 'Mine', url: 'https://www3.nhk.or.jp/nhkworld/data/en/news/all.json' } }])

  const wrong = await cli(['feed', 'add', '--preset', 'none', '--category', 'news'], { env })
  expect(wrong).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('there is nhk-world') })
})

test('a feed is added with a URL or a preset, and with one mapping', async () => {
  expect(await cli(['feed', 'add', '--category', 'news'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--preset') })
  const both = await cli(['feed', 'add', '--preset', 'nhk-world', '--mapping', '{}', '--category', 'news'])
  expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining('--mapping') })
})
