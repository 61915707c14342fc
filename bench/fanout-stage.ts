// What is measured with one number of subscribers: a server of its own, a bare one, and their clients; each a process.
import { setTimeout as sleep } from 'node:timers/promises'
import { cpuOf, rssOf, startBuilt, type BuiltServer } from './built-server.ts'
import { startHelper, type Helper } from './calls.ts'
import type { BareCalls } from './fanout-bare.ts'
import type { ClientCalls } from './fanout-clients.ts'
import { subscription, type Newswire } from './fanout-newswire.ts'
import { mib, rate } from './figures.ts'

export type Side = { pid: number; clients: Helper<ClientCalls> }
export type Stage = {
  subscribers: number
  newswire: Newswire
  server: BuiltServer
  ours: Side
  bare: Helper<BareCalls>
  bareSide: Side
  end: () => Promise<void>
}
/** A round: deliveries a second from the first to the last, and the processor time of a delivery at either end, in microseconds. */
export type Round = { perSecond: number; firstAt: number; lastAt: number; serverMicros: number; clientMicros: number }

/** A round that takes longer is given up, and with it the measure that it is of. */
const patienceMs = 60_000
export class GivenUp extends Error {}

const idleMs = 8_000

export const startClients = () => startHelper<ClientCalls>('bench/fanout-clients.ts')

/** Starts servers and clients, and tells what an idle subscriber costs in memory. @param messages what the bare server sends */
export async function startStage(newswire: Newswire, subscribers: number, messages: string[]): Promise<Stage> {
  const ending: (() => Promise<void>)[] = []
  const end = async () => {
    for (const one of ending.toReversed()) await one()
  }
  const started = <T extends { end: () => Promise<void> }>(what: T): T => {
    ending.push(what.end)
    return what
  }
  try {
    const server = started(await startBuilt({ DATABASE_URL: newswire.databaseUrl }))
    const [clients, bare, bareClients] = [started(startClients()), started(startHelper<BareCalls>('bench/fanout-bare.ts')), started(startClients())]
    await bare.ask.load(messages)

    const first = startClients() // so that the server has served one before
    await first.ask.open({ url: server.url, count: 1 })
    await subscribed(newswire, first, 1)
    await first.end()
    const [empty, bareEmpty] = [await idle(server.pid, () => server.heapUsed()), await idle(bare.pid)]
    await clients.ask.open({ url: server.url, count: subscribers })
    await subscribed(newswire, clients, subscribers)
    await bareClients.ask.open({ url: await bare.ask.url(), count: subscribers })
    await bareClients.ask.subscribe([{}]) // the messages that it sends are of a subscription 1
    const [full, bareFull] = [await idle(server.pid, () => server.heapUsed()), await idle(bare.pid)]
    const each = (bytes: number) => `${(bytes / 1024 / subscribers).toFixed(1)} KiB each`
    console.log(
      `memory with ${subscribers} idle subscribers: RSS ${mib(empty.rss)} to ${mib(full.rss)}, ${each(full.rss - empty.rss)}; ` +
        `heapUsed ${mib(empty.heap)} to ${mib(full.heap)}, ${each(full.heap - empty.heap)}; a socket of the bare server: RSS ${each(bareFull.rss - bareEmpty.rss)}`,
    )
    return { subscribers, newswire, server, ours: { pid: server.pid, clients }, bare, bareSide: { pid: bare.pid, clients: bareClients }, end }
  } catch (error) {
    await end()
    throw error
  }
}

/** The least that some seconds show, after nothing was forced: the heap holds garbage until V8 comes by. */
async function idle(pid: number, heapUsed: () => Promise<number> = () => Promise.resolve(NaN)): Promise<{ rss: number; heap: number }> {
  const least = { rss: Infinity, heap: Infinity }
  for (const until = Date.now() + idleMs; Date.now() < until; await sleep(500)) {
    least.rss = Math.min(least.rss, await rssOf(pid))
    least.heap = Math.min(least.heap, await heapUsed())
  }
  return least
}

/**
 * Subscribes all, and resolves once each has got an event, and so is live.
 * @param filters of which the i-th client has the i-th, turning; the events 0 to `events` bring something to each
 */
export async function subscribed(newswire: Newswire, clients: Helper<ClientCalls>, count: number, filters: object[] = [], events = 1): Promise<void> {
  const after = await newswire.head()
  await newswire.append(0, events)
  await clients.ask.arm({ count })
  await clients.ask.subscribe(filters.length === 0 ? [subscription(after)] : filters.map((filter) => subscription(after, filter)))
  const { count: came, problems } = await clients.ask.arrived(patienceMs)
  if (came < count) throw new GivenUp(`only ${came} of ${count} first events came in ${patienceMs / 1_000} s: ${problems.join('; ')}`)
}

/** Has the server deliver: `begin` makes it, and the round ends with the last message. @throws GivenUp */
export async function deliver(
  { pid, clients }: Side,
  count: number,
  begin: () => Promise<unknown>,
  keeping: { keep?: boolean; sample?: boolean } = {},
): Promise<Round> {
  await clients.ask.arm({ count, ...keeping })
  const before = [await cpuOf(pid), await cpuOf(clients.pid)] as const
  const arriving = clients.ask.arrived(patienceMs)
  const begun = begin()
  const { count: came, firstAt, lastAt, disorder, problems } = await Promise.race([arriving, begun.then(() => arriving)])
  if (came < count)
    throw new GivenUp(`${came} of ${count} messages came in ${patienceMs / 1_000} s, ${rate(came / ((lastAt - firstAt) / 1_000))}: ${problems.join('; ')}`)
  await begun
  if (disorder > 0 && !keeping.keep) console.log(`  ${disorder} messages came in another order`)
  if (problems.length > 0) console.log(`  problems: ${problems.join('; ')}`)
  const micros = async (of: number, from: number) => (((await cpuOf(of)) - from) * 1_000) / came
  return {
    perSecond: came / ((lastAt - firstAt) / 1_000),
    firstAt,
    lastAt,
    serverMicros: await micros(pid, before[0]),
    clientMicros: await micros(clients.pid, before[1]),
  }
}
