import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import pg from 'pg'
import { lockFolder } from './folder-lock.ts'
import { beginSession } from './session.ts'

/**
 * Starts the embedded database of a folder, made when it is not there.
 * @returns a pool of one connection: the socket server mixes up the unnamed portals of two
 * @throws FolderInUse
 */
export async function startEmbedded(folder: string): Promise<{ pool: pg.Pool; stop: () => Promise<void> }> {
  const unlock = await lockFolder(folder)
  // A socket's path over 107 bytes is cut silently, so it does not lie in the folder.
  const socketFolder = await mkdtemp(join(tmpdir(), 'nw-'))
  const worker = new Worker(new URL('./embedded-worker.js', import.meta.url), {
    workerData: { folder: join(folder, 'pgdata'), socket: join(socketFolder, '.s.PGSQL.5432') },
  })
  const ended = new Promise((resolve) => worker.once('exit', resolve)) // from the start: it may be gone by the time of the stop
  const stopWorker = async () => {
    worker.postMessage('stop')
    await ended
    await rm(socketFolder, { recursive: true, force: true })
    await unlock()
  }
  try {
    await once(worker, 'message')
  } catch (error) {
    await rm(socketFolder, { recursive: true, force: true })
    await unlock()
    throw new Error(`the embedded database in ${folder} did not start: ${(error as Error).message}`, { cause: error })
  }
  const pool = new pg.Pool({
    host: socketFolder,
    user: 'postgres',
    database: 'postgres',
    max: 1,
    idleTimeoutMillis: 0,
    // A new connection sees the prepared statements and settings of the one before it.
    // oxlint-disable-next-line typescript/no-misused-promises -- the pool waits for it, though its types do not say so
    onConnect: async (client) => {
      await client.query('DISCARD ALL')
      await beginSession(client)
    },
  })
  const stop = async () => {
    await pool.end()
    await stopWorker()
  }
  return { pool, stop }
}
