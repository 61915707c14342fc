import { randomInt } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from './build.ts'
import { createPlace, type Place } from './place.ts'
import { startServer, type Server } from './servers.ts'

/**
 * Runs on servers of the code as it is now, which share a database that is made for them; all is gone afterwards.
 * @param database a PostgreSQL server, for two of ours; without, there is one on the embedded database
 */
export async function onStage<T>(database: string | undefined, run: (servers: Server[], place: Place) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'newswire-chaos-'))
  const place = await createPlace(database, folder)
  const servers: Server[] = []
  const clean = async () => {
    for (const server of servers) await server.end()
    await place.drop()
    await rm(folder, { recursive: true, force: true })
  }
  // The servers would go on without this process.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void clean().finally(() => process.exit(1)))
  try {
    const main = await build(folder)
    // One after the other: the first makes the tables.
    for (let count = database === undefined ? 1 : 2; count > 0; count--) servers.push(await startServer(main, place.env))
    return await run(servers, place)
  } finally {
    await clean()
  }
}

/** A whole number that an option of the command line is. @throws where it is none, or less */
export function whole(name: string, text: string, least: number): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < least) throw new Error(`--${name}: a whole number from ${least}`)
  return number
}

/** What every run can be told; seconds is 60 when left out. */
export const stageOptions = {
  seed: { type: 'string' },
  seconds: { type: 'string', default: '60' },
  kills: { type: 'string' },
  database: { type: 'string' },
} as const

type Told = { seed?: string | undefined; seconds: string; kills?: string | undefined; database?: string | undefined }

/** The part of a run's plan that every run has. @throws where an option is no number */
export function planOf({ seed, seconds, kills, database }: Told): { seed: number; seconds: number; kills: number } {
  const length = whole('seconds', seconds, 1)
  return {
    seed: seed === undefined ? randomInt(2 ** 31) : whole('seed', seed, 0),
    seconds: length,
    // A start of the embedded database takes three times as long, and there is no other server meanwhile.
    kills: kills === undefined ? Math.ceil(length / (database === undefined ? 6 : 2)) : whole('kills', kills, 0),
  }
}
