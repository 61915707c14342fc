import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { startEmbedded } from '../../src/db/embedded.ts'
import { createOnServer, dropOnServer, withName } from '../helpers/server-database.ts'

/** Where the servers of a run keep their data. */
export type Place = {
  /** For the servers. */
  env: Record<string, string>
  /** Reads the database past the servers; on the embedded one they must have stopped. */
  read: <T>(work: (pool: pg.Pool) => Promise<T>) => Promise<T>
  drop: () => Promise<void>
}

/** A database of its own on a PostgreSQL server, or the embedded one in a folder. */
export async function createPlace(server: string | undefined, folder: string): Promise<Place> {
  // What a killed server leaves in the folder for temporary files goes with the rest.
  const TMPDIR = join(folder, 'tmp')
  await mkdir(TMPDIR)
  if (server === undefined) {
    const DATA_DIR = join(folder, 'data')
    return {
      env: { DATA_DIR, TMPDIR },
      read: async (work) => {
        const { pool, stop } = await startEmbedded(DATA_DIR)
        return work(pool).finally(stop)
      },
      drop: () => Promise.resolve(),
    }
  }
  const name = await createOnServer(server)
  const DATABASE_URL = withName(server, name)
  return {
    env: { DATABASE_URL, DATABASE_POOL_SIZE: '8', TMPDIR },
    read: async (work) => {
      const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 1 })
      return work(pool).finally(() => pool.end())
    },
    drop: () => dropOnServer(server, name),
  }
}
