// npx tsx bench/fanout.ts [--subscribers 1000,5000] [--deliveries 200000] [--rounds 5] [--rate N] [--seconds 10] [--only NAME,...]
//
// How fast one server delivers events to many subscribers, over graphql-transport-ws, beside a server that has nothing but
// package ws and writes the same bytes to as many sockets. Needs BENCH_DATABASE_URL, a PostgreSQL server, where it makes a
// database of its own. The server is the compiled one (dist/, which is built first), in a process of its own; so are the bare
// one and the clients, which are light: the time that a delivery costs them is told.
//
//   flat     deliveries/s with ingest out of the way, live and from the log
//   bursts   500 articles through ingestArticles at once, by the same server and by another one
//   filters  100 filters among the subscribers
//   latency  commit to receive at half of the bare rate, or at --rate events/s, for --seconds; with ingest, while ingesting as fast, too
//   peer     graphql-ws and createPubSub, as most people write it
//
// What an idle subscriber costs in memory is told each time. filters and peer are measured with the first number of
// subscribers alone. A round has --deliveries; at least two events, and not more than there are articles (2,000).
import { parseArgs } from 'node:util'
import { createOnServer, dropOnServer, withName } from '../test/helpers/server-database.ts'
import { build } from './built-server.ts'
import { latency } from './fanout-latency.ts'
import { bareMost, bursts, filters, flat, peer } from './fanout-measures.ts'
import { startNewswire, subscription, type Newswire } from './fanout-newswire.ts'
import { deliver, GivenUp, startClients, startStage } from './fanout-stage.ts'

const names = ['flat', 'bursts', 'filters', 'latency', 'ingest', 'peer']
const articles = 2_000

const { values } = parseArgs({
  options: {
    subscribers: { type: 'string', default: '1000,5000' },
    deliveries: { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '5' },
    rate: { type: 'string' },
    seconds: { type: 'string', default: '10' },
    only: { type: 'string', default: names.join() },
  },
})
const only = values.only.split(',')
const unknown = only.find((name) => !names.includes(name))
if (unknown !== undefined) throw new Error(`--only: ${unknown} is none of ${names.join(', ')}`)
const positive = (name: string, text: string): number => {
  if (!(Number(text) > 0)) throw new Error(`--${name}: a number above 0`)
  return Number(text)
}
const subscribers = values.subscribers.split(',').map((text) => positive('subscribers', text))
const options = {
  rounds: positive('rounds', values.rounds),
  deliveries: positive('deliveries', values.deliveries),
  seconds: positive('seconds', values.seconds),
  ingest: only.includes('ingest'),
  rate: values.rate === undefined ? undefined : positive('rate', values.rate),
}
if (options.deliveries / Math.min(...subscribers) > articles) throw new Error(`--deliveries: at most ${articles} for each subscriber`)

const postgres = process.env['BENCH_DATABASE_URL']
if (!postgres) throw new Error('BENCH_DATABASE_URL: a PostgreSQL server, such as postgres://postgres@127.0.0.1:5432/postgres')
build()
const database = await createOnServer(postgres)
try {
  const newswire = await startNewswire(withName(postgres, database), articles)
  try {
    const messages = await sample(newswire)
    const bytes = messages.reduce((sum, message) => sum + Buffer.byteLength(message), 0) / messages.length
    console.log(`compiled server, Node ${process.version}; a message has ${Math.round(bytes)} bytes`)
    for (const count of subscribers) await orGivenUp(`${count} subscribers`, () => measure(newswire, count, messages))
  } finally {
    await newswire.end()
  }
} finally {
  await dropOnServer(postgres, database)
}

async function measure(newswire: Newswire, count: number, messages: string[]): Promise<void> {
  const stage = await startStage(newswire, count, messages)
  const first = count === subscribers[0]
  const measures: Record<string, () => Promise<void>> = {
    flat: () => flat(stage, options),
    bursts: () => bursts(stage, options),
    filters: () => filters(stage, options),
    latency: async () => latency(stage, options, options.rate === undefined ? await bareMost(stage, options) : NaN),
    peer: () => peer(stage, options),
  }
  try {
    for (const name of names)
      if (name in measures && only.includes(name) && (first || !['filters', 'peer'].includes(name))) await orGivenUp(name, measures[name]!)
  } finally {
    await stage.end()
  }
}

async function orGivenUp(measure: string, run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    if (!(error instanceof GivenUp)) throw error
    console.log(`${measure}: given up; ${error.message}`)
    process.exitCode = 1
  }
}

/** The messages that a subscriber gets for all articles, in the order of their numbers. */
async function sample(newswire: Newswire): Promise<string[]> {
  const clients = startClients()
  try {
    const after = await newswire.head()
    await newswire.append(0, articles)
    await clients.ask.open({ url: newswire.writer.url, count: 1 })
    await deliver({ pid: newswire.writer.pid, clients }, articles, () => clients.ask.subscribe([subscription(after)]), { sample: true })
    return await clients.ask.texts()
  } finally {
    await clients.end()
  }
}
