import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { addCategory, draft, ingest, startApp, useApp } from '../helpers/app.ts'
import { createDatabase } from '../helpers/database.ts'
import { until } from '../helpers/until.ts'
import { startScripted } from '../client/scripted.ts'
import { cli, jsonLines, startCli } from './spawn.ts'

const lineCount = (text: string) => text.split('\n').length - 1

test('follow: across restarts of the server and its own, each article is printed once', async () => {
  const database = await createDatabase()
  onTestFinished(() => database.drop())
  const folder = await mkdtemp(join(tmpdir(), 'newswire-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const state = join(folder, 'cursor.txt')
  const before = await startApp({ database })
  await addCategory(before)
  await addCategory(before, 'other')
  const args = ['follow', '--json', '--category', 'world', '--state', state, '--url', before.url]

  const first = startCli(args)
  await first.until(({ stderr }) => stderr.includes('following'))
  await ingest(before, [draft(1), draft('x', { categoryId: 'other' }), draft(2)])
  await first.until(({ stdout }) => lineCount(stdout) === 2)
  await before.close()
  await first.until(({ stderr }) => stderr.includes('trying again'))
  const after = await startApp({ database, env: { PORT: new URL(before.url).port } })
  onTestFinished(() => after.close())
  await ingest(after, [draft(3)])
  await first.until(({ stdout }) => lineCount(stdout) === 3)
  first.child.kill('SIGTERM')
  expect(await first.ended).toBe(0)

  await ingest(after, [draft(4)])
  const second = startCli(args)
  await second.until(({ stdout }) => lineCount(stdout) === 1)
  second.child.kill('SIGINT')
  expect(await second.ended).toBe(0)

  const printed = jsonLines(first.stdout() + second.stdout())
  expect(printed.map(({ article }) => article.title)).toEqual(['Title 1', 'Title 2', 'Title 3', 'Title 4'])
  expect(await readFile(state, 'utf8')).toBe(`${printed.at(-1)!['cursor']}\n${printed.at(-1)!['article'].createdAt}\n`)
  expect(await readdir(folder)).toEqual(['cursor.txt'])
})

test('follow: what comes while it is away, before it ever printed one, is printed next time', async () => {
  const app = await useApp()
  await addCategory(app)
  const folder = await mkdtemp(join(tmpdir(), 'newswire-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const args = ['follow', '--state', join(folder, 'cursor.txt'), '--url', app.url]
  const first = startCli(args)
  await first.until(({ stderr }) => stderr.includes('following'))
  first.child.kill('SIGTERM')
  expect(await first.ended).toBe(0)
  await ingest(app, [draft(1)])
  const second = startCli(args)
  await second.until(({ stdout }) => lineCount(stdout) === 1)
  expect(second.stdout()).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\dZ  world  Title 1  https:\/\/example.com\/1\n$/)
})

test('follow: ends quietly when nobody reads it any more', async () => {
  const app = await useApp()
  await addCategory(app)
  const following = startCli(['follow', '--url', app.url])
  await following.until(({ stderr }) => stderr.includes('following'))
  following.child.stdout.destroy()
  await ingest(app, [draft(1)])
  expect(await following.ended).toBe(0)
  expect(following.stderr()).toBe(`newswire: following ${app.url}\n`)
})

test('follow: a refusal ends it with 1, its code and its field', async () => {
  const app = await useApp()
  const { code, stderr } = await cli(['follow', '--after', 'nonsense', '--url', app.url])
  expect(code).toBe(1)
  expect(stderr).toContain('newswire: CURSOR_INVALID after: ')
})

async function useStateFile(content?: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'newswire-test-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'cursor.txt')
  if (content !== undefined) await writeFile(file, content)
  return file
}

test('follow: a state file of a cursor alone still works; expired, it says what may be missing; positions are kept', async () => {
  const state = await useStateFile('c0\n')
  const { url, afters } = await startScripted((asked, nth) => {
    if (nth === 1) return asked.error('CURSOR_EXPIRED', { field: 'after', oldest: 'c5' })
    if (nth > 2) return asked.article('c7', '2026-01-01T00:00:07.000Z')
    asked.article('c6', '2026-01-01T00:00:06.000Z')
    asked.ping({ cursors: { [asked.id]: 'p6' } })
    asked.close(1001)
  })
  const following = startCli(['follow', '--state', state, '--url', url])
  await following.until(({ stdout, stderr }) => lineCount(stdout) === 2 && stderr.includes('may be missing'))
  following.child.kill('SIGTERM')
  expect(await following.ended).toBe(0)
  expect(afters()).toEqual(['c0', 'c5', 'p6'])
  expect(await readFile(state, 'utf8')).toBe('c7\n2026-01-01T00:00:07.000Z\n')
})

test('follow: keeps the position of a ping, and fetches what came since the kept time when its cursor has expired', async () => {
  const state = await useStateFile('c0\n2026-01-01T00:00:00Z\n')
  const { url } = await startScripted((asked) => {
    if (asked.query.includes('last: $last')) {
      const node = { follow_id: 'a', follow_createdAt: '2026-01-02T00:00:00.000Z', title: 'missed', url: 'https://example.com/', category: { id: 'world' } }
      asked.next({ articles: { nodes: [{ ...node, createdAt: node.follow_createdAt }], pageInfo: { hasPreviousPage: false, startCursor: 'l' } } })
      asked.complete()
    } else if (asked.query.startsWith('query')) {
      const edges = [{ cursor: 'l', node: { createdAt: '2026-01-02T00:00:00.000Z' } }]
      asked.next({ streamCursor: 'head', articles: { edges, pageInfo: { hasNextPage: false } } })
      asked.complete()
    } else if (asked.variables['after'] === 'c0') asked.error('CURSOR_EXPIRED', { field: 'after', oldest: 'c5' })
    else asked.ping({ cursors: { [asked.id]: 'p9' } })
  })
  const following = startCli(['follow', '--state', state, '--url', url])
  await following.until(({ stderr }) => stderr.includes('1 fetched; following'))
  await until(() => readFileSync(state, 'utf8').startsWith('p9'))
  following.child.kill('SIGTERM')
  expect(await following.ended).toBe(0)
  expect(following.stdout()).toMatch(/missed/)
  expect(following.stderr()).toContain('fetching what it has ingested since 2026-01-01T00:00:00Z')
  expect(await readFile(state, 'utf8')).toBe('p9\n2026-01-02T00:00:00.000Z\n')
})

test('follow: a state file that is none is wrong usage', async () => {
  const { code, stderr } = await cli(['follow', '--state', await useStateFile('c0\nyesterday\n')])
  expect(code).toBe(2)
  expect(stderr).toContain('cursor.txt: its second line is no time')
})
