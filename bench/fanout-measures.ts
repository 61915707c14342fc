// How fast a stage delivers: Newswire beside the bare server, in turns.
import { startHelper } from './calls.ts'
import { categories, ingest, selection, subscription } from './fanout-newswire.ts'
import type { PeerCalls } from './fanout-peer.ts'
import { deliver, startClients, subscribed, type Round, type Side, type Stage } from './fanout-stage.ts'
import { median, ms, rate, ratio, rounds } from './figures.ts'

/** `ingest`: the latency while ingesting as fast, too. */
export type Options = { rounds: number; deliveries: number; seconds: number; rate: number | undefined; ingest: boolean }

const rates = (all: Round[]) => all.map(({ perSecond }) => perSecond)
const told = (name: string, all: Round[]) => {
  const micros = (of: 'serverMicros' | 'clientMicros') => `${median(all.map((round) => round[of])).toFixed(1)} µs`
  console.log(`  ${name.padEnd(50)} ${rounds(rates(all), rate)}; processor time of one: server ${micros('serverMicros')}, clients ${micros('clientMicros')}`)
}

/** What the bare server delivers a second, alone: enough of it that its rate is known, however slow Newswire may be. */
export async function bareMost({ subscribers, bare, bareSide, newswire }: Stage, { deliveries, rounds: times }: Options): Promise<number> {
  const count = Math.min(newswire.ids.length, Math.max(2, Math.round(Math.max(deliveries, 100_000) / subscribers)))
  const all: Round[] = []
  while (all.length < times) all.push(await deliver(bareSide, count * subscribers, () => bare.ask.flat({ from: 0, count, how: 'FRAMES' })))
  told(`bare alone, ${subscribers} sockets, ${count} events`, all)
  return median(rates(all))
}

/** Flat out, with ingest out of the way: the events are of articles that are there already, and cost one statement. */
export async function flat({ newswire, subscribers, ours, bare, bareSide }: Stage, options: Options): Promise<void> {
  const count = Math.max(2, Math.round(options.deliveries / subscribers))
  const all = { live: [] as Round[], log: [] as Round[], frames: [] as Round[], send: [] as Round[], joined: [] as Round[] }
  const bareRound = (how: 'FRAMES' | 'SEND' | 'JOINED') => deliver(bareSide, count * subscribers, () => bare.ask.flat({ from: 0, count, how }))
  for (let round = 0; round < options.rounds; round++) {
    const after = await newswire.head()
    await newswire.append(0, count)
    all.log.push(await deliver(ours, count * subscribers, () => ours.clients.ask.subscribe([subscription(after)])))
    all.frames.push(await bareRound('FRAMES'))
    all.live.push(await deliver(ours, count * subscribers, () => newswire.append(0, count)))
    all.send.push(await bareRound('SEND'))
    all.joined.push(await bareRound('JOINED'))
  }
  console.log(`flat out, ${subscribers} subscribers, ${count} events: deliveries from the first to the last`)
  told('Newswire, live: all events in one commit elsewhere', all.live)
  told('Newswire, the log: all resume after one cursor', all.log)
  told('bare, a prebuilt frame to each', all.frames)
  told('bare, ws.send() to each', all.send)
  told('bare, all frames of a client in one write', all.joined)
  console.log(`  to the prebuilt frames: live ${ratio(rates(all.live), rates(all.frames))}; the log ${ratio(rates(all.log), rates(all.frames))}`)
}

let nextNumber = 1_000_000
const numbers = (count: number) => Array.from({ length: count }, () => nextNumber++)

/** Bursts of new articles through ingestArticles, by the server that has the subscribers and by another one. */
export async function bursts({ newswire, subscribers, server, ours }: Stage, options: Options): Promise<void> {
  const size = 500
  await subscribed(newswire, ours.clients, subscribers)
  console.log(`bursts of ${size} articles, ${subscribers} subscribers; without any, articles are ingested at ${rate(newswire.ingestRate)}`)
  const writers = { 'by the same server': server.url, 'by another server': newswire.writer.url }
  const all = Object.entries(writers).map(([name, url]) => ({ name, url, acknowledged: [] as number[], delivered: [] as number[], late: [] as number[] }))
  for (let round = 0; round < options.rounds; round++) {
    for (const { url, acknowledged, delivered, late } of all) {
      let times = { sentAt: 0, acknowledgedAt: 0 }
      const { lastAt } = await deliver(ours, size * subscribers, async () => (times = await ingest(url, numbers(size))))
      acknowledged.push(size / ((times.acknowledgedAt - times.sentAt) / 1_000))
      delivered.push((size * subscribers) / ((lastAt - times.sentAt) / 1_000))
      late.push(lastAt - times.acknowledgedAt)
    }
  }
  for (const { name, acknowledged, delivered, late } of all)
    console.log(
      `  ${name.padEnd(18)} ingested at ${rounds(acknowledged, rate)}; delivered, from the request on, at ${rounds(delivered, rate)}; the last after the acknowledgement ${rounds(late, ms)}`,
    )
}

/** A hundred filters: such that all take every event, and such that three of them do. */
export async function filters({ newswire, subscribers, ours, bare, bareSide }: Stage, options: Options): Promise<void> {
  const taking = 3
  const every = Array.from({ length: categories }, (_, i) => ({ maxWordCount: 100_000 + i }))
  const few = every.map((_, i) => ({ categoryIds: Array.from({ length: taking }, (_one, k) => `c${(i + k) % categories}`) }))
  const count = Math.max(2, Math.round(options.deliveries / subscribers))
  const fewEvents = Math.min(newswire.ids.length, (options.deliveries / subscribers / taking) * categories)
  const wholeTurns = Math.max(1, Math.floor(fewEvents / categories)) * categories // so that all filters take as many
  const all = { every: [] as Round[], few: [] as Round[], frames: [] as Round[], routed: [] as Round[] }
  const measured = async (of: object[], warm: number, expected: number, events: number) => {
    await subscribed(newswire, ours.clients, subscribers * (warm === 1 ? 1 : taking), of, warm)
    return deliver(ours, expected, () => newswire.append(0, events))
  }
  for (let round = 0; round < options.rounds; round++) {
    all.every.push(await measured(every, 1, count * subscribers, count))
    all.frames.push(await deliver(bareSide, count * subscribers, () => bare.ask.flat({ from: 0, count, how: 'FRAMES' })))
    const deliveries = (wholeTurns / categories) * taking * subscribers
    all.few.push(await measured(few, categories, deliveries, wholeTurns))
    all.routed.push(await deliver(bareSide, deliveries, () => bare.ask.flat({ from: 0, count: wholeTurns, how: 'FRAMES', width: taking })))
  }
  console.log(`${categories} filters among ${subscribers} subscribers`)
  told(`every filter takes each of ${count} events`, all.every)
  told('bare, to all', all.frames)
  told(`${taking} filters take each of ${wholeTurns} events`, all.few)
  told('bare, to those alone', all.routed)
  console.log(`  to the bare one: every ${ratio(rates(all.every), rates(all.frames))}; ${taking} of them ${ratio(rates(all.few), rates(all.routed))}`)
}

/** What most people would write, in the same turns. A tenth of the deliveries is enough to know it. */
export async function peer({ newswire, subscribers, bare, bareSide }: Stage, options: Options): Promise<void> {
  const count = Math.max(2, Math.round(options.deliveries / subscribers / 10))
  const server = startHelper<PeerCalls>('bench/fanout-peer.ts', { DATABASE_URL: newswire.databaseUrl })
  const clients = startClients()
  try {
    const side: Side = { pid: server.pid, clients }
    const publish = (from: number, events: number) =>
      server.ask.publish(newswire.ids.slice(from, from + events).map((articleId, i) => ({ cursor: `${from + i}`.padStart(32, '0'), articleId })))
    await clients.ask.open({ url: await server.ask.url(), count: subscribers })
    await clients.ask.subscribe([{ query: `subscription { articleIngested ${selection} }` }])
    // Nothing tells when it has taken all subscriptions: an event is published until each has had one.
    for (let got = 0; got < subscribers;) {
      await clients.ask.arm({ count: subscribers })
      await publish(0, 1)
      got = (await clients.ask.arrived(2_000)).count
    }
    const all = { peer: [] as Round[], bare: [] as Round[] }
    for (let round = 0; round < options.rounds; round++) {
      all.peer.push(await deliver(side, count * subscribers, () => publish(0, count)))
      all.bare.push(await deliver(bareSide, count * subscribers, () => bare.ask.flat({ from: 0, count, how: 'FRAMES' })))
    }
    console.log(`the peer, graphql-ws and createPubSub, ${subscribers} subscribers, ${count} events`)
    told('peer', all.peer)
    told('bare, a prebuilt frame to each', all.bare)
    console.log(`  ratio ${ratio(rates(all.peer), rates(all.bare))}`)
  } finally {
    await clients.end()
    await server.end()
  }
}
