// npx tsx bench/churn.ts [--minutes 10] [--rate 200]
//
// Subscriptions that come and go, --rate of each a second: half of them on sockets that stay, by `complete`; of the others, each
// with a socket of its own, half say goodbye and half just go. Tells whether the server's memory grows, and whether all that
// was opened is gone in the end. Some events a second come meanwhile. Needs BENCH_DATABASE_URL, as bench/fanout.ts does.
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createOnServer, dropOnServer, withName } from '../test/helpers/server-database.ts'
import { build, rssOf, startBuilt, type BuiltServer } from './built-server.ts'
import { selection, startNewswire, type Newswire } from './fanout-newswire.ts'
import { mib } from './figures.ts'
import { openLight, type LightSocket } from './light-socket.ts'
import { established, gauge } from './live-sockets.ts'

const keptSockets = 100
const lifeMs = 2_000
const eventsPerSecond = 5
const tickMs = 50
const tellMs = 30_000
/** Sockets that are being opened; where there are more, the server is too slow for the rate. */
const mostOpening = 200

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' }, rate: { type: 'string', default: '200' } } })
const forMs = Number(values.minutes) * 60_000
const perTick = (Number(values.rate) * tickMs) / 1_000

const seen = { begun: 0, ended: 0, events: 0, errors: 0, skipped: 0, failed: 0 }
const problems = new Set<string>()
const live: (() => void)[] = []
const kept: LightSocket[] = []
let ids = 0

const postgres = process.env['BENCH_DATABASE_URL']
if (!postgres) throw new Error('BENCH_DATABASE_URL: a PostgreSQL server, such as postgres://postgres@127.0.0.1:5432/postgres')
build()
const name = await createOnServer(postgres)
const ending: (() => Promise<void>)[] = [() => dropOnServer(postgres, name)]
try {
  const newswire = await startNewswire(withName(postgres, name), 100)
  ending.push(newswire.end)
  const server = await startBuilt({ DATABASE_URL: newswire.databaseUrl })
  ending.push(server.end)
  await tell(server, 'at the start')
  await churn(newswire, server, Math.min(60_000, forMs / 5)) // so that the server has done all of it before it is compared
  const before = await server.heapUsed(true)
  const memory = await churn(newswire, server, forMs)
  const late = memory.slice(Math.ceil(memory.length / 5))
  if (late.length > 2) console.log(`growth a minute, after the first fifth: RSS ${slope(late, 'rss')}, heapUsed ${slope(late, 'heap')}`)
  console.log(`heapUsed without garbage, when all had ended: ${mib(before)} before, ${mib(await server.heapUsed(true))} after`)
  console.log(`${JSON.stringify(seen)}${[...problems].map((problem) => `\n  ${problem}`).join('')}`)
} finally {
  for (const end of ending.toReversed()) await end()
}

type Memory = { minute: number; rss: number; heap: number }

/** Begins and ends subscriptions, and then ends all. */
async function churn(newswire: Newswire, server: BuiltServer, ms: number): Promise<Memory[]> {
  while (kept.length < keptSockets) kept.push(await open(server))
  const begin = Date.now()
  const memory: Memory[] = []
  const events = (async () => {
    for (let n = 0; Date.now() - begin < ms; n++, await sleep(1_000 / eventsPerSecond)) await newswire.append(n % 100, 1)
  })()
  const telling = (async () => {
    for (let i = 1; i * tellMs <= ms; i++) {
      await sleep(begin + i * tellMs - Date.now())
      memory.push({ minute: (i * tellMs) / 60_000, ...(await tell(server, `after ${(i * tellMs) / 60_000} min`)) })
    }
  })()
  for (const running of [events, telling]) running.catch(() => undefined) // thrown below
  const opening = new Set<Promise<void>>()
  for (let tick = 1, due = 0, done = 0; tick * tickMs <= ms; tick++) {
    await sleep(Math.max(0, begin + tick * tickMs - Date.now()))
    for (due += perTick; done < due; done++) {
      if (done % 2 === 0) onKept(kept[(done / 2) % keptSockets]!)
      else if (opening.size >= mostOpening) seen.skipped++
      else {
        const one = onItsOwn(server, done % 4 === 1)
          .catch(() => void seen.failed++)
          .finally(() => opening.delete(one))
        opening.add(one)
      }
      while (live.length > (Number(values.rate) * lifeMs) / 1_000) live.shift()!()
    }
  }
  await Promise.all([events, telling, ...opening])
  for (const end of live.splice(0)) end()
  for (const socket of kept.splice(0)) socket.close()
  const from = Date.now()
  while (Date.now() - from < 30_000 && ((await established(server.url)).size > 0 || (await gauge(server.url, 'newswire_subscriptions')) > 0)) await sleep(100)
  await tell(server, `all ended, ${((Date.now() - from) / 1_000).toFixed(1)} s ago`)
  return memory
}

function open(server: BuiltServer): Promise<LightSocket> {
  return openLight(server.url, (bytes, from, to) => {
    const message = JSON.parse(bytes.toString('utf8', from, to)) as { type: string }
    if (message.type === 'next') seen.events++
    else if (message.type === 'error') {
      seen.errors++
      if (problems.size < 5) problems.add(JSON.stringify(message).slice(0, 300))
    }
  })
}

/** Every other one has a filter, of fifty that there are. */
function begin(socket: LightSocket): string {
  const id = String(++ids)
  const filter = ids % 2 === 0 ? `(filter: { maxWordCount: ${100_000 + (ids % 50)} })` : ''
  socket.send({ id, type: 'subscribe', payload: { query: `subscription { articleIngested${filter} ${selection} }` } })
  seen.begun++
  return id
}

function onKept(socket: LightSocket): void {
  const id = begin(socket)
  live.push(() => {
    seen.ended++
    socket.send({ id, type: 'complete' })
  })
}

async function onItsOwn(server: BuiltServer, politely: boolean): Promise<void> {
  const socket = await open(server)
  begin(socket)
  live.push(() => {
    seen.ended++
    if (politely) socket.close()
    else socket.socket.destroy()
  })
}

async function tell(server: BuiltServer, when: string): Promise<{ rss: number; heap: number }> {
  const [rss, heap] = [await rssOf(server.pid), await server.heapUsed()]
  const shown = (value: number) => (Number.isNaN(value) ? 'not told' : value)
  console.log(
    `${when}: RSS ${mib(rss)}, heapUsed ${mib(heap)}; connections ${(await established(server.url)).size}, newswire_sockets ${shown(await gauge(server.url, 'newswire_sockets'))}, ` +
      `newswire_subscriptions ${shown(await gauge(server.url, 'newswire_subscriptions'))}; live here ${live.length}, begun ${seen.begun}`,
  )
  return { rss, heap }
}

/** Least squares. */
function slope(points: Memory[], of: 'rss' | 'heap'): string {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [x, y] = [mean(points.map(({ minute }) => minute)), mean(points.map((point) => point[of]))]
  const [above, below] = [
    points.reduce((sum, point) => sum + (point.minute - x) * (point[of] - y), 0),
    points.reduce((sum, point) => sum + (point.minute - x) ** 2, 0),
  ]
  return `${(above / below / 1_048_576).toFixed(2)} MiB`
}
