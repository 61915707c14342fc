// npx tsx test/chaos/run.ts [--seed N] [--seconds 60] [--kills N] [--subscribers 50] [--database postgresql://…]
//
// Whether a subscriber sees exactly its articles, in order, once: while servers are killed (SIGKILL) and come back, writers repeat
// what was not answered, and subscribers over WebSocket, server-sent events and `follow` come, go, and change servers. With
// --database two servers share a database that is made there; without, there is one server on the embedded database.
// The seed repeats every choice, but not how they meet in time. Ends with 0, or with 1 and who missed, repeated or misordered what.
import { randomInt } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from './build.ts'
import { createPlace } from './place.ts'
import { startServer, type Server } from './servers.ts'
import { tell, wreak } from './wreak.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    kills: { type: 'string' },
    subscribers: { type: 'string', default: '50' },
    database: { type: 'string' },
  },
})

function whole(name: string, text: string, least: number): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < least) throw new Error(`--${name}: a whole number from ${least}`)
  return number
}

const embedded = values.database === undefined
const seconds = whole('seconds', values.seconds, 1)
const plan = {
  seed: values.seed === undefined ? randomInt(2 ** 31) : whole('seed', values.seed, 0),
  seconds,
  // A start of the embedded database takes three times as long, and there is no other server meanwhile.
  kills: values.kills === undefined ? Math.ceil(seconds / (embedded ? 6 : 2)) : whole('kills', values.kills, 0),
  subscribers: whole('subscribers', values.subscribers, 1),
  writers: embedded ? 2 : 4,
  paceMs: embedded ? 800 : 400,
}
console.log(`seed ${plan.seed}: ${embedded ? 'the embedded database, 1 server' : 'PostgreSQL, 2 servers'}, ${JSON.stringify(plan)}`)

const folder = await mkdtemp(join(tmpdir(), 'newswire-chaos-'))
const place = await createPlace(values.database, folder)
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
  for (let count = embedded ? 1 : 2; count > 0; count--) servers.push(await startServer(main, place.env))
  process.exitCode = tell(await wreak(servers, place, plan)) ? 0 : 1
} finally {
  await clean()
}
