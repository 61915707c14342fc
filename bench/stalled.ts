// npx tsx bench/stalled.ts [--subscribers 500] [--rate 20] [--seconds 20] [--rounds 3] [--hold 90]
//
// What one reader that stops reading costs the others: their times from the acknowledgement of an article to its delivery, in
// turns with a reader that reads and with one that, after its first event, does not; both ask for some 40 KB of each article, so
// that the buffers of the system are soon full. The stalled one reads on at the end of a round: what came last is told. In the
// end one stalls until the server ends its connection, or for --hold seconds. Needs BENCH_DATABASE_URL, as bench/fanout.ts does.
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createOnServer, dropOnServer, withName } from '../test/helpers/server-database.ts'
import { build, rssOf, startBuilt, type BuiltServer } from './built-server.ts'
import type { Helper } from './calls.ts'
import type { ClientCalls, Percentiles } from './fanout-clients.ts'
import { ingestPaced } from './fanout-latency.ts'
import { startNewswire, type Newswire } from './fanout-newswire.ts'
import { deliver, startClients, subscribed } from './fanout-stage.ts'
import { mib, ms, ratio, rounds } from './figures.ts'
import { openLight, type LightSocket } from './light-socket.ts'
import { established } from './live-sockets.ts'

const { values } = parseArgs({
  options: {
    subscribers: { type: 'string', default: '500' },
    rate: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '3' },
    hold: { type: 'string', default: '90' },
  },
})
const subscribers = Number(values.subscribers)
const perSecond = Number(values.rate)
const count = Math.round(perSecond * Number(values.seconds))
const large = `subscription ($after: String) { articleIngested(after: $after) { cursor article { url ${Array.from({ length: 30 }, (_, i) => `c${i}: contentHtml`).join(' ')} } } }`

type Message = { type: string; payload?: unknown }
type Reader = { light: LightSocket; port: number; last: () => Message; messages: () => number }

const postgres = process.env['BENCH_DATABASE_URL']
if (!postgres) throw new Error('BENCH_DATABASE_URL: a PostgreSQL server, such as postgres://postgres@127.0.0.1:5432/postgres')
build()
const name = await createOnServer(postgres)
const ending: (() => Promise<void>)[] = [() => dropOnServer(postgres, name)]
try {
  const newswire = await startNewswire(withName(postgres, name), 10)
  ending.push(newswire.end)
  const server = await startBuilt({ DATABASE_URL: newswire.databaseUrl })
  ending.push(server.end)
  const clients = startClients()
  ending.push(clients.end)
  await clients.ask.open({ url: server.url, count: subscribers })
  await subscribed(newswire, clients, subscribers)
  await inTurns(newswire, server, clients)
  await untilEnded(newswire, server)
} finally {
  for (const end of ending.toReversed()) await end()
}

/** A reader that has got an event, and so is live; stalled, it reads nothing after that. */
async function openReader(newswire: Newswire, server: BuiltServer, stalled: boolean): Promise<Reader> {
  let messages = 0
  let text = '{"type":"none"}'
  let first: () => void
  const live = new Promise<void>((resolve) => (first = resolve))
  const light = await openLight(server.url, (bytes, from, to) => {
    const came = bytes.toString('utf8', from, to)
    if (came.startsWith('{"type":"ping"')) return
    text = came
    if (++messages === 1) first()
  })
  const after = await newswire.head()
  await newswire.append(0, 1)
  light.send({ id: '1', type: 'subscribe', payload: { query: large, variables: { after } } })
  await live
  if (stalled) light.socket.pause()
  return { light, port: light.socket.localPort!, last: () => JSON.parse(text) as Message, messages: () => messages }
}

async function inTurns(newswire: Newswire, server: BuiltServer, clients: Helper<ClientCalls>): Promise<void> {
  const all = { with: [] as Percentiles[], without: [] as Percentiles[] }
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const turn of ['without', 'with'] as const) {
      await subscribed(newswire, clients, subscribers) // what the round before had on its way is over
      const reader = await openReader(newswire, server, turn === 'with')
      await subscribed(newswire, clients, subscribers)
      const watch = watchMemory(server.pid)
      let acknowledged: [number, number][] = []
      const begin = async () => ({ acknowledged } = await ingestPaced(server.url, count, perSecond))
      await deliver({ pid: server.pid, clients }, count * subscribers, begin, { keep: true })
      all[turn].push(await clients.ask.percentiles(acknowledged))
      console.log(`${turn} a stalled reader: RSS each 5 s: ${(await watch.end()).join(', ')}`)
      if (turn === 'with') await readOn(reader, server)
      reader.light.close()
    }
  }
  for (const part of ['p50', 'p99'] as const) {
    const of = (turn: 'with' | 'without') => all[turn].map((percentiles) => percentiles[part])
    console.log(
      `${part} of the ${subscribers} others: without ${rounds(of('without'), ms)}; with ${rounds(of('with'), ms)}; ratio ${ratio(of('with'), of('without'))}`,
    )
  }
}

/** Stalls, while articles come, until the server has ended the connection. */
async function untilEnded(newswire: Newswire, server: BuiltServer): Promise<void> {
  const reader = await openReader(newswire, server, true)
  const watch = watchMemory(server.pid)
  const from = Date.now()
  const over = () => Date.now() - from > Number(values.hold) * 1_000
  while (!over() && (await established(server.url)).has(reader.port)) await ingestPaced(server.url, Math.ceil(perSecond / 2), perSecond)
  const seconds = ((Date.now() - from) / 1_000).toFixed(1)
  console.log(
    `held: ${over() ? `after ${seconds} s the server had not ended it` : `the server ended it after ${seconds} s`}; RSS each 5 s: ${(await watch.end()).join(', ')}`,
  )
  await readOn(reader, server)
  reader.light.socket.destroy()
}

/** Reads what there is, until an error or the end, or nothing more has come for some seconds; and tells what was last. */
async function readOn(reader: Reader, server: BuiltServer): Promise<void> {
  const wasOpen = (await established(server.url)).has(reader.port)
  const before = reader.messages()
  let how = 'still open'
  void reader.light.closed.then((closed) => (how = closed))
  reader.light.socket.resume()
  for (let quiet = 0, seen = before; quiet < 20 && how === 'still open'; seen = reader.messages()) {
    await sleep(100)
    quiet = reader.messages() === seen ? quiet + 1 : 0
  }
  const { type, payload } = reader.last()
  const detail = type === 'next' ? '' : ` ${JSON.stringify(payload)}`
  console.log(
    `  the server ${wasOpen ? 'had not ended it' : 'had ended it'}; reading on brought ${reader.messages() - before} messages, the last: ${type}${detail}; ${how}`,
  )
}

function watchMemory(pid: number): { end: () => Promise<string[]> } {
  const seen: string[] = []
  let ended = false
  const watching = (async () => {
    for (let i = 0; !ended; i++, await sleep(500)) if (i % 10 === 0) seen.push(mib(await rssOf(pid)))
  })()
  return {
    end: async () => {
      ended = true
      await watching
      return [...seen, mib(await rssOf(pid))]
    },
  }
}
