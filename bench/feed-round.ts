// npx tsx bench/feed-round.ts [--feeds 1000] [--database URL]
//
// A whole round over many feeds, a tenth of them each slow, stalled, failing, redirecting, huge, malformed, no feed and empty:
// how long it takes, whether the healthy ones wait for the others, what it costs in memory, and how quickly the API answers
// meanwhile. Then the healthy ones again, which must bring nothing new. Ends with 1 where the API tells a lie about a feed.
// Sites and server are processes of their own, on loopback. The database is an embedded one, or is made on the server of URL.
// FEED_CONCURRENCY is passed on. For Linux alone, where each address of 127.0.0.0/8 is there.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { compile, runChild, runServer, type Child } from '../test/helpers/child.ts'
import { createOnServer, dropOnServer, withName } from '../test/helpers/server-database.ts'
import { feedOf, type Told } from './feed-kinds.ts'

const perRequest = 50
/** Longer than any round at the least concurrency. */
const patienceMs = 3_600_000
const refreshes = 16

type Feed = { id: string; kind: string; url: string; truth: (told: Told) => boolean }
type Checked = Told & { lastCheckedAt: string }

const { values } = parseArgs({ options: { feeds: { type: 'string', default: '1000' }, database: { type: 'string' } } })
const count = Number(values.feeds)
if (!(Number.isInteger(count) && count >= 1 && count <= 20_000)) throw new Error('--feeds: from 1 to 20000')

const children: Child[] = []
const folder = await mkdtemp(join(tmpdir(), 'newswire-round-'))
const name = values.database === undefined ? undefined : await createOnServer(values.database)
try {
  await compile()
  const sites = runChild(['bench/feed-sites.ts'])
  children.push(sites)
  const [, open, closed] = await sites.said(/sites (\d+) (\d+)/)
  const { FEED_CONCURRENCY } = process.env
  const server = await runServer({
    ALLOW_PRIVATE_NETWORKS: 'true',
    LOG_LEVEL: 'error',
    ...(name === undefined ? { DATA_DIR: folder } : { DATABASE_URL: withName(values.database!, name) }),
    ...(FEED_CONCURRENCY !== undefined && { FEED_CONCURRENCY }),
  })
  children.push(server)
  await measure(server, { open: Number(open), closed: Number(closed) })
} finally {
  for (const child of children.toReversed()) {
    child.process.kill()
    await child.ended
    if (child.output.stderr !== '') console.log(`errors that were logged:\n${child.output.stderr.slice(0, 5_000)}`)
  }
  if (name !== undefined) await dropOnServer(values.database!, name)
  await rm(folder, { recursive: true, force: true })
}

async function measure(server: Child & { url: string }, ports: { open: number; closed: number }): Promise<void> {
  const ask: Ask = (query, variables) => post(server.url, query, variables)
  await ask('mutation { addCategory(input: { id: "bench", name: "Bench" }) { category { id } } }')
  const idle = await memoryOf(server.process.pid!)
  const watch = watchServer(server)
  const from = Date.now()
  const feeds = await addFeeds(ask, ports)
  const addedMs = Date.now() - from
  for (let left = count; left > 0;) {
    if (Date.now() - from > patienceMs) throw new Error(`${left} feeds were never checked`)
    await sleep(500)
    left = (await ask('{ feeds(first: 1, filter: { states: [NEW] }) { totalCount } }')).feeds.totalCount
  }
  const roundMs = Date.now() - from
  const first = await watch.end()

  const checked = await readFeeds(ask)
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`
  const lastOf = (which: Feed[]) => Math.max(...which.map(({ id }) => Date.parse(checked.get(id)!.lastCheckedAt) - from))
  const healthy = feeds.filter(({ kind }) => kind === 'healthy')
  console.log(`${count} feeds on ${name === undefined ? 'the embedded database' : 'PostgreSQL'}, added in ${seconds(addedMs)}`)
  console.log(`first round: ${seconds(roundMs)}; all ${healthy.length} healthy feeds read after ${seconds(lastOf(healthy))}`)
  console.log(`memory: ${idle.now} MiB before, at most ${first.peak} MiB, ${first.now} MiB after`)
  console.log(`meanwhile: { __typename } ${first.bare}, a list of 20 articles ${first.list}`)

  const lies = feeds.filter(({ id, truth }) => !truth(checked.get(id)!))
  const table = new Map<string, object>()
  for (const kind of new Set(feeds.map((feed) => feed.kind))) {
    const of = feeds.filter((feed) => feed.kind === kind)
    table.set(kind, { feeds: of.length, 'told the truth': of.filter((feed) => !lies.includes(feed)).length, 'all after': seconds(lastOf(of)) })
  }
  console.table(Object.fromEntries(table))
  for (const { id, url } of lies.slice(0, 20)) console.log('a lie', url, JSON.stringify(checked.get(id)))

  const before = (await ask('{ articles(first: 1) { totalCount } }')).articles.totalCount
  const watchAgain = watchServer(server)
  const again = Date.now()
  const outcomes = await refreshAll(ask, healthy)
  const againMs = Date.now() - again
  const second = await watchAgain.end()
  const after = (await ask('{ articles(first: 1) { totalCount } }')).articles.totalCount
  const unchanged = outcomes.filter((outcome) => outcome === 'NOT_MODIFIED').length
  console.log(`second round: ${unchanged} of ${healthy.length} healthy feeds not modified, in ${seconds(againMs)}; ${before} articles before, ${after} after`)
  console.log(`memory: at most ${second.peak} MiB, ${second.now} MiB after; { __typename } ${second.bare}, a list of 20 articles ${second.list}`)
  if (lies.length > 0 || unchanged < healthy.length || after > before) process.exitCode = 1
}

type Ask = (query: string, variables?: Record<string, unknown>) => Promise<any>

async function post(url: string, query: string, variables: Record<string, unknown> = {}): Promise<any> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query, variables }) })
  const { data, errors } = (await response.json()) as { data?: unknown; errors?: { message: string }[] }
  if (errors) throw new Error(errors[0]?.message)
  return data
}

async function addFeeds(ask: Ask, ports: { open: number; closed: number }): Promise<Feed[]> {
  const feeds: Feed[] = []
  while (feeds.length < count) {
    const part = Array.from({ length: Math.min(perRequest, count - feeds.length) }, (_, i) => feedOf(feeds.length + i, ports))
    const fields = part.map((_, i) => `f${i}: addFeed(input: { url: $u${i}, categoryId: "bench" }) { feed { id } }`)
    const data = await ask(
      `mutation (${part.map((_, i) => `$u${i}: URL!`).join()}) { ${fields.join(' ')} }`,
      Object.fromEntries(part.map(({ url }, i) => [`u${i}`, url])),
    )
    for (const [i, { kind, url, truth }] of part.entries()) feeds.push({ id: data[`f${i}`].feed.id, kind, url, truth })
  }
  return feeds
}

async function readFeeds(ask: Ask): Promise<Map<string, Checked>> {
  const query =
    'query ($after: String) { feeds(first: 100, after: $after) { nodes { id health { state httpStatus lastError lastCheckedAt recentFetches(first: 1) { repaired } } } pageInfo { hasNextPage endCursor } } }'
  const feeds = new Map<string, Checked>()
  for (let after: string | null = null, more = true; more;) {
    const page: any = (await ask(query, { after })).feeds
    for (const { id, health } of page.nodes) feeds.set(id, { ...health, repaired: health.recentFetches[0]?.repaired ?? [] })
    more = page.pageInfo.hasNextPage
    after = page.pageInfo.endCursor
  }
  return feeds
}

async function refreshAll(ask: Ask, feeds: Feed[]): Promise<string[]> {
  const left = [...feeds]
  const outcomes: string[] = []
  const hand = async () => {
    for (let feed = left.pop(); feed; feed = left.pop()) {
      const { refreshFeed } = await ask('mutation ($id: ID!) { refreshFeed(id: $id) { fetch { outcome } } }', { id: feed.id })
      outcomes.push(refreshFeed.fetch.outcome)
    }
  }
  await Promise.all(Array.from({ length: refreshes }, hand))
  return outcomes
}

/** Asks two small queries ten times a second, and looks at the server's memory once a second, until its end. */
function watchServer({ process: { pid }, url }: Child & { url: string }) {
  let ended = false
  const times = { bare: [] as number[], list: [] as number[] }
  let peak = 0
  const asking = async (kept: number[], query: string) => {
    for (; !ended; await sleep(100)) {
      const from = performance.now()
      await post(url, query)
      kept.push(performance.now() - from)
    }
  }
  const looking = async () => {
    for (; !ended; await sleep(1_000)) peak = Math.max(peak, (await memoryOf(pid!)).now)
  }
  const all = Promise.all([asking(times.bare, '{ __typename }'), asking(times.list, '{ articles(first: 20) { nodes { title } } }'), looking()])
  all.catch(() => {}) // thrown at the end
  return {
    end: async () => {
      ended = true
      await all
      const { now, most } = await memoryOf(pid!)
      return { now, peak: Math.max(peak, most, now), bare: percentiles(times.bare), list: percentiles(times.list) }
    },
  }
}

function percentiles(times: number[]): string {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (part: number) => `${(sorted[Math.ceil(part * sorted.length) - 1] ?? NaN).toFixed(0)} ms`
  return `p50 ${at(0.5)}, p99 ${at(0.99)}, most ${at(1)}`
}

/** Resident memory of a process, now and at its most, in MiB. */
async function memoryOf(pid: number): Promise<{ now: number; most: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const line = (key: string) => Math.round(Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024)
  return { now: line('VmRSS'), most: line('VmHWM') }
}
