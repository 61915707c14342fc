import { readFile, rename, writeFile } from 'node:fs/promises'
import type { FollowPosition } from '../client/follow.ts'
import { wrongUsage } from './problems.ts'

/** The file in which `follow` keeps its position: the cursor on the first line, and on the second the time to refetch from. */
export type StateFile = {
  /** What stood there at the beginning. */
  kept: FollowPosition | undefined
  /** Writes in the order in which it is called. */
  keep: (position: FollowPosition) => void
  /** Resolves once all is written. @throws wrong usage when the file cannot be written */
  written: () => Promise<void>
}

/**
 * @param failed is told once when it cannot be written
 * @throws wrong usage when it is there and cannot be read
 */
export async function openState(file: string, failed: () => void): Promise<StateFile> {
  const kept = await read(file)
  let last = Promise.resolve()
  return {
    kept,
    keep: (position) => {
      last = last.then(() => write(file, position))
      last.catch(failed)
    },
    written: () => last,
  }
}

async function read(file: string): Promise<FollowPosition | undefined> {
  const problem = (what: string) => wrongUsage(`--state ${file}: ${what}`)
  let text
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw problem((error as Error).message)
  }
  const [cursor, since] = text.trim().split(/\s+/)
  if (since !== undefined && Number.isNaN(Date.parse(since))) throw problem('its second line is no time')
  return cursor ? { cursor, since } : undefined
}

/** Whole or not at all, however this process ends. */
async function write(file: string, { cursor, since }: FollowPosition): Promise<void> {
  const beside = `${file}.${process.pid}.tmp`
  try {
    await writeFile(beside, `${cursor}\n${since === undefined ? '' : `${since}\n`}`)
    await rename(beside, file)
  } catch (error) {
    throw wrongUsage(`--state ${file}: ${(error as Error).message}`)
  }
}
