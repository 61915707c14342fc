// BENCH_DATABASE_URL=postgresql://… npx tsx bench/replay.ts [--articles 100000] [--events 1000000] [--replayed 100000] [--subscriptions 200] [--rounds 3]
//
// What it costs to subscribe, and to catch up, over a long log:
// 1. From `subscribe` at the head to the first event, which is of an article ingested right after, on a log of 1,000 events and on
//    one of --events, in turns, beside the ingestion of such an article alone; and the database blocks that each took.
// 2. Replaying the last --replayed events to one subscriber, beside reading the same events with their articles and categories
//    in pages in this process: through the same Prisma client, and through pg alone. In turns, so that what else runs slows all.
// The servers are processes of their own, of JavaScript that is compiled first; the databases are made and dropped.
import { parseArgs } from 'node:util'
import pg from 'pg'
import { connectDatabase } from '../src/db/connect.ts'
import { compile, runServer, type Child } from '../test/helpers/child.ts'
import { dropOnServer } from '../test/helpers/server-database.ts'
import { post } from './post.ts'
import { blocksRead, makeLog, type Log } from './replay-log.ts'
import { pageSize, readByPg, readByPrisma } from './replay-readers.ts'
import { openSocket, type Message, type Socket } from './replay-socket.ts'

const whole = (name: keyof typeof values) => {
  const value = Number(values[name])
  if (!(Number.isInteger(value) && value >= 1)) throw new Error(`--${name}: a whole number, 1 or more`)
  return value
}
const option = (standard: string) => ({ type: 'string', default: standard }) as const
const { values } = parseArgs({
  options: { articles: option('100000'), events: option('1000000'), replayed: option('100000'), subscriptions: option('200'), rounds: option('3') },
})
const [articles, events, replayed, subscriptions, rounds] = [whole('articles'), whole('events'), whole('replayed'), whole('subscriptions'), whole('rounds')]
if (replayed > articles || articles > events) throw new Error('--replayed is at most --articles, and those at most --events')

const server = process.env['BENCH_DATABASE_URL']
if (!server) throw new Error('BENCH_DATABASE_URL names no PostgreSQL server')
const selection = '{ cursor article { id title url category { id name } } }'
const subscription = `subscription ($after: String) { articleIngested(after: $after) ${selection} }`
/** Not counted: what is planned, compiled and cached first. */
const warming = 20

const children: Child[] = []
const logs: Log[] = []
try {
  await compile()
  const from = performance.now()
  for (const size of [1_000, events]) logs.push(await makeLog(server, { articles, events: size }))
  console.log(
    `two databases of ${articles} articles, with ${logs.map(({ head }) => head).join(' and ')} events, made in ${((performance.now() - from) / 1_000).toFixed(0)} s`,
  )
  await measureSubscribing()
  await measureReplaying(logs[1]!)
} finally {
  await stopServers()
  for (const { name } of logs) await dropOnServer(server, name)
}

async function measureSubscribing(): Promise<void> {
  const starts = await blocksOf(async () => {
    for (const log of logs) await startServer(log)
    await stopServers() // which makes the server's connections tell what they read
  })
  const times = logs.map(() => ({ subscribed: [] as number[], ingested: [] as number[] }))
  const all = await blocksOf(async () => {
    const subscribers: { url: string; socket: Socket }[] = []
    for (const log of logs) {
      const { url } = await startServer(log)
      subscribers.push({ url, socket: await openSocket(url) })
    }
    for (let n = -warming; n < subscriptions; n++) {
      for (const [i, { url, socket }] of subscribers.entries()) {
        const subscribed = await subscribeAtHead(url, socket, `${i}/s/${n}`)
        const ingested = await timeIngest(url, `${i}/i/${n}`)
        if (n < 0) continue
        times[i]!.subscribed.push(subscribed)
        times[i]!.ingested.push(ingested)
      }
    }
    for (const { socket } of subscribers) await socket.close()
    await stopServers()
  })
  const medians = times.map(({ subscribed, ingested }) => ({ subscribed: quantile(subscribed, 0.5), ingested: quantile(ingested, 0.5) }))
  for (const [i, { head }] of logs.entries()) {
    const { subscribed, ingested } = medians[i]!
    const blocks = Math.round((all[i]! - starts[i]!) / (subscriptions + warming))
    console.log(
      `log of ${head}: subscribed to first event ${ms(subscribed)} (p99 ${ms(quantile(times[i]!.subscribed, 0.99))}), ingesting an article alone ${ms(ingested)}; ` +
        `${blocks} blocks for the two`,
    )
  }
  const [short, long] = medians as [(typeof medians)[0], (typeof medians)[0]]
  console.log(`subscribing on the long log takes ${(long.subscribed / short.subscribed).toFixed(2)} of the time on the short one; medians of ${subscriptions}`)
}

/** Milliseconds from `subscribe` to the event of an article that is sent to be ingested at the same moment. */
async function subscribeAtHead(url: string, socket: Socket, path: string): Promise<number> {
  const { streamCursor: after } = (await post(url, '{ streamCursor }', {})) as { streamCursor: string } // so that it comes for certain
  const from = performance.now()
  let at = 0
  const first = new Promise<void>((resolve, reject) => {
    const { complete } = socket.subscribe(subscription, { after }, (message) => {
      at = performance.now()
      complete()
      if (message.type === 'next' && !message.payload.errors) resolve()
      else reject(new Error(JSON.stringify(message)))
    })
  })
  await Promise.all([first, ingest(url, path)])
  return at - from
}

async function timeIngest(url: string, path: string): Promise<number> {
  const from = performance.now()
  await ingest(url, path)
  return performance.now() - from
}

function ingest(url: string, path: string): Promise<unknown> {
  return post(url, 'mutation ($articles: [ArticleInput!]!) { ingestArticles(input: { articles: $articles }) { results { status error { message } } } }', {
    articles: [{ url: `https://bench.example/${path}`, title: `Article ${path}`, content: `The text of ${path}.`, categoryId: 'c0' }],
  })
}

async function measureReplaying(log: Log): Promise<void> {
  const { url } = await startServer(log)
  const after = log.cursor(replayed)
  const from = log.head - replayed
  const database = await connectDatabase({ databaseUrl: log.url, databasePoolSize: 2, dataDir: '' }, () => undefined)
  const client = new pg.Client({ connectionString: log.url })
  await client.connect()
  const rates = { replay: [] as number[], prisma: [] as number[], pg: [] as number[] }
  try {
    for (let round = 0; round < rounds; round++) {
      rates.pg.push(await rate(() => readByPg(client, from, replayed)))
      rates.prisma.push(await rate(() => readByPrisma(database.prisma, from, replayed)))
      rates.replay.push(await rate(() => replay(url, after)))
    }
  } finally {
    await client.end()
    await database.close()
  }
  const [replayRate, prismaRate, pgRate] = [quantile(rates.replay, 0.5), quantile(rates.prisma, 0.5), quantile(rates.pg, 0.5)]
  const perSecond = (all: number[]) => `${Math.round(quantile(all, 0.5))}/s (${all.map(Math.round).join(', ')})`
  console.log(`replaying ${replayed} of ${log.head} events to one subscriber: ${perSecond(rates.replay)}`)
  console.log(`reading the same in pages of ${pageSize}: through Prisma ${perSecond(rates.prisma)}, through pg ${perSecond(rates.pg)}`)
  console.log(`the replay has ${(replayRate / prismaRate).toFixed(2)} of Prisma's rate, and ${(replayRate / pgRate).toFixed(2)} of pg's; medians of ${rounds}`)
}

async function rate(read: () => Promise<void>): Promise<number> {
  const from = performance.now()
  await read()
  return replayed / ((performance.now() - from) / 1_000)
}

/** All events, each with its article; the ids are as the log was made, so that a wrong one in between shows. */
async function replay(url: string, after: string): Promise<void> {
  const socket = await openSocket(url)
  try {
    let count = 0
    await new Promise<void>((resolve, reject) => {
      const { complete } = socket.subscribe(subscription, { after }, (message: Message) => {
        const { article } = message.payload?.data?.articleIngested ?? {}
        const n = articles - replayed + ++count
        if (!article?.url.endsWith(`/${n}`)) reject(new Error(`event ${count} is ${JSON.stringify(message)}`))
        if (count < replayed) return
        complete()
        resolve()
      })
    })
  } finally {
    await socket.close()
  }
}

async function startServer(log: Log): Promise<{ url: string }> {
  const child = await runServer({ DATABASE_URL: log.url, LOG_LEVEL: 'error' })
  children.push(child)
  return child
}

async function stopServers(): Promise<void> {
  for (const child of children.splice(0)) {
    child.process.kill()
    await child.ended
    if (child.output.stderr !== '') console.log(`errors that were logged:\n${child.output.stderr.slice(0, 5_000)}`)
  }
}

/** The database blocks that `work` took from each log's database. */
async function blocksOf(work: () => Promise<void>): Promise<number[]> {
  const before = await blocksRead(server!, logs)
  await work()
  const after = await blocksRead(server!, logs)
  return after.map((blocks, i) => blocks - before[i]!)
}

function quantile(values: number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? NaN
}

function ms(time: number): string {
  return `${time.toFixed(1)} ms`
}
