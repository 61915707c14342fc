import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { addCategory, draft, useApp } from '../helpers/app.ts'
import { rss, startFeedServer } from '../helpers/feed-server.ts'
import { cli, jsonLines } from './spawn.ts'

test('categories and feeds: from nothing to articles', async () => {
  const app = await useApp({ env: { ALLOW_PRIVATE_NETWORKS: 'true' } })
  const feeds = await startFeedServer()
  onTestFinished(() => feeds.close())
  feeds.serve('/feed.xml', { body: rss([{ title: 'One', link: 'https://example.com/1' }, { title: 'No link' }], 'A \u009bfeed') })
  const env = { NEWSWIRE_URL: new URL(app.url).origin }
  const url = `${feeds.url}/feed.xml`

  expect(await cli(['category', 'add', 'world', '--name', 'World'], { env })).toEqual({ code: 0, stdout: 'added world\n', stderr: '' })
  const again = await cli(['category', 'add', 'world', '--name', 'World'], { env })
  expect(again).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^newswire: CONFLICT \S+: .+\n$/) })
  expect((await cli(['category', 'list', '--json', '--url', app.url])).stdout).toBe('{"id":"world","name":"World","description":null,"retention":null}\n')

  const previewed = await cli(['feed', 'preview', url], { env })
  expect(previewed.stdout).toMatch(/^A\s+feed \(RSS\): 1 articles, 1 rejected\n.+  One  https:\/\/example.com\/1\nrejected No link: /)
  feeds.serve('/torn.xml', { body: '<rss version="2.0"><channel><title>Torn</title><item><title>This & that</title><link>https://example.com/1</link></item>' })
  expect((await cli(['feed', 'preview', `${feeds.url}/torn.xml`], { env })).stdout).toMatch(
    /^Torn \(RSS\): 1 articles, 0 rejected\n(repaired: .+\n)+.+  This & that  /,
  )

  const added = await cli(['feed', 'add', url, '--category', 'world', '--header', 'X-Key: 1', '--refresh', '--json'], { env })
  expect(added).toMatchObject({ code: 0, stderr: '' })
  const [{ feed, fetch }] = jsonLines(added.stdout) as [Record<string, any>]
  expect(fetch).toMatchObject({ outcome: 'CHANGED', ingested: 1, rejected: [{ title: 'No link' }] })
  expect(feeds.requests.at(-1)?.headers['x-key']).toBe('1')

  feeds.serve('/feed.xml', { status: 500 })
  const failing = await cli(['feed', 'refresh', '--all'], { env })
  expect(failing).toMatchObject({ code: 1, stdout: expect.stringContaining('failed: ') })
  expect((await cli(['feed', 'list'], { env })).stdout).toMatch(new RegExp(`^${feed.id}  FAILING  world  .*${url}  The server has a problem \\(500\\)\\.\\n$`))
  expect(await cli(['feed', 'remove', feed.id], { env })).toEqual({ code: 0, stdout: `removed ${feed.id}\n`, stderr: '' })
})

test('category update: each limit by itself, and 0 takes one away', async () => {
  const app = await useApp()
  await addCategory(app, 'world', 'World')
  const env = { NEWSWIRE_URL: app.url }
  const limited = await cli(['category', 'update', 'world', '--keep-days', '30', '--keep-articles', '5', '--json'], { env })
  expect(jsonLines(limited.stdout)).toMatchObject([{ name: 'World', retention: { maxAgeDays: 30, maxArticles: 5 } }])
  expect(await cli(['category', 'update', 'world', '--keep-articles', '0'], { env })).toEqual({ code: 0, stdout: 'updated world\n', stderr: '' })
  expect((await cli(['category', 'list'], { env })).stdout).toBe('world  World  keeps 30 days\n')
})

test('ingest: bad lines are told by their number, and lose no other', async () => {
  const app = await useApp()
  await addCategory(app)
  const folder = await mkdtemp(join(tmpdir(), 'newswire-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'articles.jsonl')
  await writeFile(
    file,
    [JSON.stringify(draft(1)), JSON.stringify(draft(2, { url: 'none' })), '', 'nonsense', '{"url": 5}', '[]', JSON.stringify(draft(3))].join('\n'),
  )
  const env = { NEWSWIRE_URL: app.url }
  const first = await cli(['ingest', file], { env })
  expect(first).toMatchObject({ code: 1, stdout: '6 lines: 2 ingested, 0 updated, 0 duplicates, 4 rejected\n' })
  expect(first.stderr.trim().split('\n')).toEqual([
    expect.stringMatching(/^newswire: line 2: INVALID_URL url: /),
    expect.stringMatching(/^newswire: line 4: INVALID_LINE: the line is not JSON: /),
    expect.stringMatching(/^newswire: line 5: BAD_USER_INPUT/),
    'newswire: line 6: INVALID_LINE: the line is not a JSON object',
  ])
  const again = await cli(['ingest', '-', '--json'], { env, input: [draft(1), draft(3, { title: 'Changed' })].map((one) => JSON.stringify(one)).join('\n') })
  expect(again).toEqual({ code: 0, stdout: '{"lines":2,"ingested":0,"updated":1,"duplicates":1,"rejected":0}\n', stderr: '' })
})

test('the help of each command has an example and the exit codes', { timeout: 60_000 }, async () => {
  const helpOf = async (names: readonly string[]): Promise<string[]> => {
    const { stdout } = await cli([...names, '--help'])
    expect(stdout, names.join(' ')).toMatch(/^Examples?:\n {2}\S.*^Exit codes:\n {2}0 {2}done\n/ms)
    const [, list = ''] = /^Commands:\n((?: {2}.*\n)+)/m.exec(stdout) ?? []
    const commands = [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name!).filter((name) => name !== 'help')
    return [names.join(' '), ...(await Promise.all(commands.map((name) => helpOf([...names, name])))).flat()]
  }
  expect(await helpOf([])).toEqual(expect.arrayContaining(['category', 'feed refresh', 'opml import', 'reindex']))
})

test.each([
  ['no such command', ['nothing'], 2],
  ['an option is missing', ['category', 'add', 'world'], 2],
  ['no such file', ['ingest', '/nothing/here'], 2],
  ['no server', ['category', 'list', '--url', 'http://127.0.0.1:9'], 3],
  ['help', ['feed', 'add', '--help'], 0],
])('%s: the exit code tells', async (_what, args, code) => {
  const ended = await cli(args)
  expect(ended.code).toBe(code)
  if (code === 0) expect(ended.stdout).toContain('Examples:')
  else expect(ended.stderr).not.toContain('    at ')
})
