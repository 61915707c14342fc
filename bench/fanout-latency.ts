// How long an event takes at half of the load that the bare server can bear: an open loop, that never waits for an answer.
import { setTimeout as sleep } from 'node:timers/promises'
import { now } from './calls.ts'
import type { Percentiles } from './fanout-clients.ts'
import { ingest } from './fanout-newswire.ts'
import type { Options } from './fanout-measures.ts'
import { deliver, subscribed, type Stage } from './fanout-stage.ts'
import { ms, ratio, rounds } from './figures.ts'

let nextNumber = 2_000_000

/** Ingests one article each time its turn has come, whether those before were acknowledged or not. */
export async function ingestPaced(url: string, count: number, perSecond: number): Promise<{ sent: [number, number][]; acknowledged: [number, number][] }> {
  const sent: [number, number][] = []
  const acknowledged: [number, number][] = []
  const asked: Promise<unknown>[] = []
  const begin = now()
  while (sent.length < count) {
    const due = begin + (sent.length / perSecond) * 1_000
    if (due > now()) await sleep(due - now())
    const number = nextNumber++
    sent.push([number, now()])
    asked.push(ingest(url, [number]).then(({ acknowledgedAt }) => acknowledged.push([number, acknowledgedAt])))
  }
  await Promise.all(asked)
  return { sent, acknowledged }
}

/** Appends the event of one article each time its turn has come, a commit each: what a delivery takes without what ingesting takes. */
async function appendPaced(newswire: Stage['newswire'], count: number, perSecond: number): Promise<[number, number][]> {
  const committed: [number, number][] = []
  const asked: Promise<unknown>[] = []
  const begin = now()
  for (let number = 0; number < count; number++) {
    const due = begin + (number / perSecond) * 1_000
    if (due > now()) await sleep(due - now())
    asked.push(newswire.append(number, 1).then(() => committed.push([number, now()])))
  }
  await Promise.all(asked)
  return committed
}

/** @param bareRate deliveries a second of the bare server; half of it is the load, where the options give none */
export async function latency(stage: Stage, options: Options, bareRate: number): Promise<void> {
  const { newswire, subscribers, server, ours, bare, bareSide } = stage
  const perSecond = options.rate ?? (0.5 * bareRate) / subscribers
  const count = Math.max(2, Math.min(newswire.ids.length, Math.round(perSecond * options.seconds)))
  await subscribed(newswire, ours.clients, subscribers)
  const writers = { 'the same server': server.url, 'another server': newswire.writer.url }
  const all = Object.entries(writers).map(([name, url]) => ({ name, url, acknowledged: [] as Percentiles[], sent: [] as Percentiles[] }))
  const ofBare: Percentiles[] = []
  const ofEvents: Percentiles[] = []
  const times = options.rounds > 1 ? Math.min(3, options.rounds) : 1
  for (let round = 0; round < times; round++) {
    let broadcast: [number, number][] = []
    await deliver(bareSide, count * subscribers, async () => (broadcast = await bare.ask.paced({ from: 0, count, perSecond })), { keep: true })
    ofBare.push(await bareSide.clients.ask.percentiles(broadcast))
    let committed: [number, number][] = []
    await deliver(ours, count * subscribers, async () => (committed = await appendPaced(newswire, count, perSecond)), { keep: true })
    ofEvents.push(await ours.clients.ask.percentiles(committed))
    // Ingesting as fast asks more of this machine than it has; where it cannot keep up, that is what these figures tell.
    for (const { url, acknowledged, sent } of options.ingest ? all : []) {
      let at = { sent: [] as [number, number][], acknowledged: [] as [number, number][] }
      await deliver(ours, count * subscribers, async () => (at = await ingestPaced(url, count, perSecond)), { keep: true })
      acknowledged.push(await ours.clients.ask.percentiles(at.acknowledged))
      sent.push(await ours.clients.ask.percentiles(at.sent))
    }
  }
  console.log(`latency, ${subscribers} subscribers, ${perSecond.toFixed(1)} events/s for ${(count / perSecond).toFixed(0)} s`)
  const told = (of: Percentiles[]) =>
    (['p50', 'p99', 'most'] as const)
      .map(
        (part) =>
          `${part} ${rounds(
            of.map((percentiles) => percentiles[part]),
            ms,
          )}`,
      )
      .join(', ')
  const p99 = (of: Percentiles[]) => of.map((percentiles) => percentiles.p99)
  console.log(`  Newswire, one event a commit of another process, from the commit: ${told(ofEvents)}`)
  for (const { name, acknowledged, sent } of options.ingest ? all : []) {
    console.log(`  Newswire, ingested by ${name}, from the acknowledgement: ${told(acknowledged)}`)
    console.log(`  ${' '.repeat(`Newswire, ingested by ${name}`.length)}  from the request: ${told(sent)}`)
  }
  console.log(`  bare, from the broadcast: ${told(ofBare)}`)
  console.log(`  ratio of the p99s, from the commit to the broadcast: ${ratio(p99(ofEvents), p99(ofBare))}`)
  for (const { name, acknowledged } of options.ingest ? all : [])
    console.log(`  ratio of the p99s from the acknowledgement, ${name}: ${ratio(p99(acknowledged), p99(ofBare))}`)
}
