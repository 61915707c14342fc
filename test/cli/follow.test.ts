import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { addCategory, draft, ingest, startApp, useApp } from '../helpers/app.ts'
import { createDatabase } from '../helpers/database.ts'
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
  expect(await readFile(state, 'utf8')).toBe(`${printed.at(-1)!['cursor']}\n`)
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
