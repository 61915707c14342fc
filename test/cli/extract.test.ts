import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startFeedServer } from '../helpers/feed-server.ts'
import { articlePage } from '../pages/article-page.ts'
import { cli } from './spawn.ts'

const head = '<meta property="og:title" content="Café"><meta name="author" content="Ada"><meta name="date" content="2024-03-09">'
const facts = { title: 'Café', byline: 'Ada', language: 'en-GB', publishedAt: '2024-03-09T00:00:00.000Z' }

async function usePage(body: string | Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'newswire-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'page.html')
  await writeFile(file, body)
  return file
}

test('a file, with the URL that it is from', async () => {
  const file = await usePage(Buffer.from(articlePage({ head }).replace('utf-8', 'iso-8859-1'), 'latin1'))
  const { code, stdout, stderr } = await cli(['extract', file, '--url', 'https://news.example/bridge'])
  expect([code, stderr]).toEqual([0, ''])
  const page = JSON.parse(stdout) as { content: string }
  expect(page).toEqual({ url: 'https://news.example/bridge', ...facts, content: expect.stringContaining('The council of Ellery') })
  expect(page.content).toMatch(/side\.\n\nThe council/)
})

test('a URL, where it redirects to', async () => {
  const pages = await startFeedServer()
  onTestFinished(() => pages.close())
  pages.serve('/old', { status: 301, headers: { location: '/bridge' } })
  pages.serve('/bridge', { body: Buffer.from(articlePage({ head }), 'latin1'), headers: { 'content-type': 'text/html; charset=iso-8859-1' } })
  const refused = await cli(['extract', `${pages.url}/old`])
  expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('ALLOW_PRIVATE_NETWORKS') })
  const env = { ALLOW_PRIVATE_NETWORKS: 'true', HOST_SPACING_MS: '0' }
  const { code, stdout } = await cli(['extract', `${pages.url}/old`], { env })
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ url: `${pages.url}/bridge`, ...facts })
  expect(await cli(['extract', `${pages.url}/none`], { env })).toMatchObject({ code: 1, stderr: expect.stringContaining('(404)') })
})

test('what is not known is null', async () => {
  const { code, stdout } = await cli(['extract', await usePage('<p></p>')])
  expect([code, JSON.parse(stdout)]).toEqual([0, { url: null, title: null, byline: null, language: null, publishedAt: null, content: null }])
})

test.each([
  ['no such file', ['extract', '/nothing/here.html']],
  ['no URL of a page', ['extract', '/nothing/here.html', '--url', 'here']],
  ['no URL', ['extract', 'https://']],
])('%s is wrong usage', async (_what, args) => {
  const ended = await cli(args)
  expect(ended).toMatchObject({ code: 2, stdout: '' })
  expect(ended.stderr).not.toContain('    at ')
})
