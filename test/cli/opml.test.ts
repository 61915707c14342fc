import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { useApp } from '../helpers/app.ts'
import { startFeedServer } from '../helpers/feed-server.ts'
import { cli, jsonLines } from './spawn.ts'

test('opml: from the list of another reader, to a list for another one', async () => {
  const app = await useApp()
  const env = { NEWSWIRE_URL: app.url }
  const folder = await mkdtemp(join(tmpdir(), 'newswire-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const [theirs, ours] = [join(folder, 'theirs.opml'), join(folder, 'ours.opml')]
  const outlines = '<outline text="Bücher"><outline text="Caf\u00e9" xmlUrl="https://one.example/"/></outline><outline text="None\u009b"/>'
  await writeFile(theirs, `<?xml version="1.0" encoding="windows-1252"?><opml version="1.0"><body>${outlines}</body></opml>`, 'latin1')

  const first = await cli(['opml', 'import', theirs], { env })
  expect(first).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^added \S+ bucher {2}Café {2}https:\/\/one\.example\/\n1 added, 0 existing, 1 rejected\n$/),
  })
  expect(first.stderr).toBe('newswire: rejected None›: It has no xmlUrl.\n')

  expect(await cli(['opml', 'export', ours], { env })).toEqual({ code: 0, stdout: '', stderr: '' })
  const written = await readFile(ours, 'utf8')
  const undated = (text: string) => text.replace(/<dateCreated>.*<\/dateCreated>/, '')
  expect(undated((await cli(['opml', 'export'], { env })).stdout)).toBe(undated(written))

  const again = await cli(['opml', 'import', '-', '--json'], { env, input: written })
  expect(again).toMatchObject({ code: 0, stderr: '' })
  expect(jsonLines(again.stdout)).toMatchObject([
    { added: [], existing: [{ url: 'https://one.example/', title: 'Café', category: { id: 'bucher' } }], rejected: [] },
  ])
  expect(await cli(['opml', 'import', '-'], { env, input: '<html></html>' })).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^newswire: BAD_USER_INPUT opml: This is no OPML/),
  })
})

test('feed discover: what a page announces, or that there is nothing', async () => {
  const app = await useApp({ env: { ALLOW_PRIVATE_NETWORKS: 'true' } })
  const site = await startFeedServer()
  onTestFinished(() => site.close())
  const env = { NEWSWIRE_URL: app.url }
  site.serve('/', { body: '<!doctype html><link rel="alternate" type="application/atom+xml" title="News\u009b\n" href="/news">' })
  site.serve('/none', { body: '<!doctype html>' })
  expect(await cli(['feed', 'discover', site.url], { env })).toEqual({ code: 0, stdout: `${site.url}/news  ATOM  News\n`, stderr: '' })
  expect((await cli(['feed', 'discover', site.url, '--json'], { env })).stdout).toBe(`{"url":"${site.url}/news","title":"News","format":"ATOM"}\n`)
  expect(await cli(['feed', 'discover', `${site.url}/none`], { env })).toEqual({ code: 1, stdout: '', stderr: 'newswire: no feed was found\n' })
})

test.each([
  ['no such file', ['opml', 'import', '/nothing/here'], 2],
  ['a folder', ['opml', 'import', '/'], 2],
  ['more than 5 MiB', ['opml', 'import', '/dev/zero'], 2],
  ['no server', ['opml', 'export', '--url', 'http://127.0.0.1:9'], 3],
])('%s: the exit code tells', async (_what, args, code) => {
  const ended = await cli(args)
  expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(/^newswire: [^\n]+\n$/) })
})
