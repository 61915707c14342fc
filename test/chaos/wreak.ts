import { setTimeout as sleep } from 'node:timers/promises'
import { ask } from './ask.ts'
import { categories, endDrafts, randomFilter } from './drafts.ts'
import { createLedger } from './ledger.ts'
import { judge, judgeLog, judgeStatistics, readLog } from './oracle.ts'
import type { Place } from './place.ts'
import { randomOf, type Random } from './random.ts'
import { killAtRandom, type Server } from './servers.ts'
import { createSubscriber, subscribe, type Subscriber, type WayName } from './subscriber.ts'
import { positionOf } from './subscription.ts'
import { send, write, type Desk } from './writer.ts'

type Plan = { seed: number; seconds: number; kills: number; subscribers: number; writers: number; paceMs: number }

/** So long nobody gets anything, with servers that run and articles to come: it has failed. */
const patienceMs = 45_000
/** Half of them over each transport: `follow` is over WebSocket. */
const ways: WayName[] = ['sse', 'websocket', 'sse', 'follow']

export type Outcome = { figures: Record<string, number | object>; faults: string[] }

/** What everybody in a run works with. */
type Run = Desk & { subscribers: Subscriber[]; plan: Plan; calledOff: AbortController }

/** One run: writers, subscribers and kills for some time, then the end for all of them, then the judgement. @throws when no server answers */
export async function wreak(servers: Server[], place: Place, plan: Plan): Promise<Outcome> {
  const run: Run = { servers, ledger: createLedger(), excuses: new Map(), subscribers: [], plan, calledOff: new AbortController() }
  const times = await live(run).finally(() => run.calledOff.abort())
  for (const server of servers) await server.stop()

  const { ledger, excuses, subscribers } = run
  const [logged, statistics] = await place.read(async (pool) => [await readLog(pool), await judgeStatistics(pool)] as const)
  const log = judgeLog(logged, ledger)
  const faults = [...servers.flatMap((server) => server.faults), ...first('the writers', ledger.faults), ...first('the log', log.faults), ...statistics]
  for (const subscriber of subscribers) {
    const { name, filter, first: cursor } = subscriber
    faults.push(...first(`${name} ${JSON.stringify(filter)} after ${positionOf(cursor)}`, judge(subscriber, log.ingested, ledger)))
  }
  return {
    faults,
    figures: {
      articles: log.ingested.size,
      'sent by two writers': ledger.counts.doubled,
      edits: ledger.counts.edits,
      removed: ledger.removed.size,
      kills: plan.kills,
      'of servers that were starting': times.early,
      reconnects: subscribers.reduce((sum, { connections }) => sum + connections, -subscribers.length),
      deliveries: subscribers.reduce((sum, { seen }) => sum + seen.length, 0),
      'seconds until the end was written': times.written / 1_000,
      'seconds until all had it': times.seen / 1_000,
      'lines that servers logged': servers.reduce((sum, server) => sum + (server.logged().match(/\n/g)?.length ?? 0), 0),
      'errors that pass': Object.fromEntries(excuses),
    },
  }
}

/** Everything that happens. @returns how many kills hit a starting server, and ms until the end was written, and seen by all */
async function live(run: Run): Promise<{ early: number; written: number; seen: number }> {
  const { servers, ledger, excuses, subscribers, calledOff } = run
  const { seed, seconds, kills, writers, paceMs } = run.plan
  const stop = new AbortController()
  const main = randomOf(seed, 'main')
  const from = Date.now()
  for (const id of categories)
    await ask(servers, main, excuses, 'mutation ($input: AddCategoryInput!) { addCategory(input: $input) { category { id } } }', { input: { id, name: id } })
  const beginning = await headCursor(run, main)

  const subscribed = Promise.all(Array.from({ length: run.plan.subscribers }, (_, i) => liveAsSubscriber(run, i, beginning)))
  const written = Promise.all(
    Array.from({ length: writers }, (_, i) => {
      const name = String.fromCharCode('a'.charCodeAt(0) + i)
      return write(run, name, { random: randomOf(seed, `writer ${name}`), paceMs, stop: stop.signal })
    }),
  )
  for (const work of [subscribed, written]) work.catch(() => undefined) // told where it is awaited

  const early = await killAtRandom(servers, { kills, ms: seconds * 1_000, random: randomOf(seed, 'killer') })
  stop.abort()
  await written
  for (const draft of endDrafts) {
    ledger.drafts.set(draft.url, draft)
    await send(run, main, [draft])
  }
  const endWritten = Date.now() - from
  await withPatience(subscribed, () => subscribers.reduce((sum, { seen }) => sum + seen.length, 0), calledOff)
  return { early, written: endWritten, seen: Date.now() - from }
}

async function liveAsSubscriber(run: Run, i: number, beginning: string): Promise<void> {
  const { seed, seconds } = run.plan
  const by = ways[i % ways.length]!
  const random = randomOf(seed, `subscriber ${i}`)
  const filter = randomFilter(random)
  const fromTheBeginning = random.chance(0.3)
  await sleep(random.int(0, seconds * 500))
  const subscriber = createSubscriber(`${by} ${i}`, filter, fromTheBeginning ? beginning : await headCursor(run, random))
  run.subscribers.push(subscriber)
  await subscribe(subscriber, by, { ...run, random, callOff: run.calledOff.signal })
}

async function headCursor({ servers, excuses }: Run, random: Random): Promise<string> {
  return ((await ask(servers, random, excuses, '{ streamCursor }')) as { streamCursor: string }).streamCursor
}

/** The first few faults of somebody, as one; none where there is none. */
const first = (whose: string, faults: string[]): string[] =>
  faults.length === 0 ? [] : [`${whose}: ${faults.length} faults\n    ${faults.slice(0, 8).join('\n    ')}`]

/** Waits for work that may hang, as long as the count goes on; then calls it off. */
async function withPatience(work: Promise<unknown>, progress: () => number, callOff: AbortController): Promise<void> {
  let seen = progress()
  let since = Date.now()
  const watch = setInterval(() => {
    if (progress() !== seen) {
      seen = progress()
      since = Date.now()
    } else if (Date.now() - since > patienceMs) callOff.abort()
  }, 1_000)
  await work.finally(() => clearInterval(watch))
}

/** Prints an outcome, and when all was well, that. @returns whether it was */
export function tell({ figures, faults }: Outcome, well: string): boolean {
  for (const [what, figure] of Object.entries(figures)) console.log(`  ${what.padEnd(36)}${typeof figure === 'object' ? JSON.stringify(figure) : figure}`)
  if (faults.length === 0) console.log(well)
  else console.log(`FAILED:\n  ${faults.join('\n  ')}`)
  return faults.length === 0
}
