import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectDatabase } from '../../src/db/connect.ts'
import { FolderInUse, lockFolder } from '../../src/db/folder-lock.ts'
import { createDatabase } from '../helpers/database.ts'
import { root, runChild, type Child } from '../helpers/child.ts'

let folder: string
const children: Child[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'newswire-lock-'))
})

afterEach(async () => {
  for (const child of children.splice(0)) {
    child.process.kill('SIGKILL')
    await child.ended
  }
  await rm(folder, { recursive: true, force: true })
})

/** Another process that takes the folder and keeps it. */
async function holder(): Promise<Child> {
  const script = `import { lockFolder } from ${JSON.stringify(`${root}src/db/folder-lock.ts`)}
    await lockFolder(${JSON.stringify(folder)})
    console.log('held')
    setInterval(() => undefined, 1e6)`
  const path = join(folder, 'hold.mts')
  await writeFile(path, script)
  const child = runChild([path])
  children.push(child)
  await child.said(/held/)
  return child
}

describe('a folder', () => {
  it('that another process has is refused, with its pid and what to do', async () => {
    const { process: other } = await holder()
    const refused = lockFolder(folder)
    await expect(refused).rejects.toBeInstanceOf(FolderInUse)
    await expect(refused).rejects.toThrow(`${folder} is in use by another newswire process (pid ${other.pid}): stop it, or set DATA_DIR`)
    // Nor is the note of its holder lost by that.
    expect(await readFile(join(folder, 'newswire.lock'), 'utf8')).toBe(`${other.pid}\n`)
  })

  it('is free at once when its holder is killed', async () => {
    const { process: other, ended } = await holder()
    other.kill('SIGKILL')
    await ended
    expect(await readFile(join(folder, 'newswire.lock'), 'utf8')).toBe(`${other.pid}\n`)
    const unlock = await lockFolder(folder)
    expect(await readFile(join(folder, 'newswire.lock'), 'utf8')).toBe(`${process.pid}\n`)
    await unlock()
  })

  it.each([
    ['of a process that lives, but does not hold it', `${process.ppid}\n`],
    ['of this process, as in a container where every server is pid 1', `${process.pid}\n`],
    ['that is none', 'nonsense'],
    ['that is empty', ''],
  ])('is not held by a file with a pid %s', async (_what, content) => {
    await writeFile(join(folder, 'newswire.lock'), content)
    const unlock = await lockFolder(folder)
    await unlock()
  })

  it('is refused to the same process too, until it is given back', async () => {
    const unlock = await lockFolder(folder)
    await expect(lockFolder(folder)).rejects.toThrow(`pid ${process.pid}`)
    await unlock()
    await (
      await lockFolder(folder)
    )()
  })

  it('is made when it is not there', async () => {
    await (
      await lockFolder(join(folder, 'a', 'b'))
    )()
    expect(await readFile(join(folder, 'a', 'b', 'newswire.lock'), 'utf8')).toBe(`${process.pid}\n`)
  })
})

it('keeps a second database off the folder, and lets the first go on', async () => {
  const { env, drop, embedded } = await createDatabase()
  if (!embedded) return drop() // the server keeps its own files
  const options = { databaseUrl: undefined, databasePoolSize: 1, dataDir: env['DATA_DIR']! }
  const first = await connectDatabase(options, () => undefined)
  await expect(connectDatabase(options, () => undefined)).rejects.toBeInstanceOf(FolderInUse)
  expect(await first.prisma.category.count()).toBe(0)
  await first.close()
  const again = await connectDatabase(options, () => undefined)
  expect(again.migrated).toEqual([])
  await again.close()
  await drop()
})
