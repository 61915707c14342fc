// [BENCH_DATABASE_URL=postgresql://…] npx tsx bench/reads.ts [--seconds 4] [--rounds 5] [--callers 64] [--articles 10000]
//
// How fast reads are counted, at the function that the resolver calls, while the server folds the statistics: of one article, and of
// --articles (Zipf). Beside it, on the PostgreSQL server of BENCH_DATABASE_URL, a prepared `UPDATE … SET read_count = read_count + 1`
// for each read, of a table of counters alone, through a pool of whatever size is best for it. The two take turns, so that what else
// runs on the machine slows both. Then with a key for each read, through HTTP, and on the embedded database, beside nothing.
// At the end each article's counter must be what was acknowledged, and the statistics must agree: else it ends with 1.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { parseConfig } from '../src/config.ts'
import { recordRead } from '../src/reads/count.ts'
import { startServer, type RunningServer } from '../src/serve.ts'
import { foldStatistics } from '../src/statistics/fold.ts'
import { verifyStatistics } from '../src/statistics/verify.ts'
import { createOnServer, dropOnServer, withName } from '../test/helpers/server-database.ts'
import { median, ms, rate, ratio, rounds as told } from './figures.ts'
import { post } from './post.ts'
import { load, zipf, type Load } from './reads-load.ts'

const option = (standard: string) => ({ type: 'string', default: standard }) as const
const { values } = parseArgs({ options: { seconds: option('4'), rounds: option('5'), callers: option('64'), articles: option('10000') } })
const seconds = Number(values.seconds)
const rounds = Number(values.rounds)
const callers = Number(values.callers)
const articleCount = Number(values.articles)
const poolSizes = [1, 2, 4, 8, 16, 32, 64]

const spread = zipf(articleCount)
const kinds = { 'one article': () => 0, [`${articleCount} articles`]: spread }

const folder = await mkdtemp(join(tmpdir(), 'newswire-bench-'))
try {
  await measure('embedded', { DATA_DIR: folder })
} finally {
  await rm(folder, { recursive: true, force: true })
}
const server = process.env['BENCH_DATABASE_URL']
if (server) {
  const name = await createOnServer(server)
  try {
    await measure('PostgreSQL', { DATABASE_URL: withName(server, name) }, withName(server, name))
  } finally {
    await dropOnServer(server, name)
  }
} else {
  console.log('PostgreSQL: not measured, BENCH_DATABASE_URL is not set')
}

async function measure(database: string, env: Record<string, string>, beside?: string): Promise<void> {
  const running = await startServer(parseConfig({ ...env, PORT: '0', LOG_LEVEL: 'error' }), { poll: false })
  const { pool } = running.services.database
  try {
    const ids = await makeArticles(running)
    const acknowledged = new Map<string, number>()
    const count = (id: string) => acknowledged.set(id, (acknowledged.get(id) ?? 0) + 1)
    const { recorder } = running.services.contextFor('POST')
    const read = (pick: (n: number) => number, keyed = false) => {
      const run = `${performance.now()}`
      return async (n: number) => {
        const articleId = ids[pick(n)]!
        if (await recordRead(recorder, keyed ? { articleId, idempotencyKey: `${run} ${n}` } : { articleId })) count(articleId)
      }
    }
    for (const pick of Object.values(kinds)) await load(callers, 1, read(pick)) // warms up

    for (const [kind, pick] of Object.entries(kinds)) {
      if (beside) await compare(`${database}, ${kind}`, beside, { ids, pick, ours: read(pick), backlog: () => backlogOf(pool) })
      else tell(`${database}, ${kind}`, await load(callers, seconds, read(pick)))
      tell(`${database}, ${kind}, each read with a key`, await load(callers, seconds, read(pick, true)))
    }
    const mutation = 'mutation ($id: ID!) { recordRead(input: { articleId: $id }) { counted } }'
    const throughHttp = async (n: number) => {
      const id = ids[spread(n)]!
      const { recordRead: answer } = (await post(running.url, mutation, { id })) as { recordRead: { counted: boolean } }
      if (answer.counted) count(id)
    }
    tell(`${database}, ${articleCount} articles, through HTTP from the same process`, await load(callers, seconds, throughHttp))
    const many = 'mutation ($reads: [RecordReadInput!]!) { recordReads(input: { reads: $reads }) { results { counted } } }'
    const hundred = async (n: number) => {
      const reads = Array.from({ length: 100 }, (_, i) => ({ articleId: ids[spread(n * 100 + i)]! }))
      await post(running.url, many, { reads })
      for (const { articleId } of reads) count(articleId)
    }
    const { perSecond, ...times } = await load(4, seconds, hundred)
    tell(`${database}, the same, 100 reads in a request of 4 callers`, { perSecond: perSecond * 100, ...times })
    await check(database, running, acknowledged)
  } finally {
    await running.close()
  }
}

async function makeArticles({ url, services }: RunningServer): Promise<string[]> {
  const { pool } = services.database
  await post(url, 'mutation { addCategory(input: { id: "bench", name: "Bench" }) { category { id } } }', {})
  const { rows } = await pool.query<{ id: string }>(
    `INSERT INTO article (id, category_id, url, title, content, content_html, text_hash, word_count, reading_time_minutes, text_source, published_at, created_at, updated_at)
     SELECT gen_random_uuid(), 'bench', 'https://example.com/' || n, 'Title ' || n, repeat('Some words. ', 100), '', gen_random_uuid(), 200, 1, 'API', now(), now(), now()
     FROM generate_series(1, $1::int) n RETURNING id`,
    [articleCount],
  )
  await pool.query('VACUUM ANALYZE article')
  return rows.map(({ id }) => id)
}

type Side = { ids: string[]; pick: (n: number) => number; ours: (n: number) => Promise<unknown>; backlog: () => Promise<number> }

/** Ours and single UPDATEs, in turns. */
async function compare(what: string, url: string, { ids, pick, ours, backlog }: Side): Promise<void> {
  const admin = new pg.Pool({ connectionString: url, max: 1 })
  await admin.query('CREATE TABLE single (article_id uuid PRIMARY KEY, read_count int NOT NULL DEFAULT 0)')
  await admin.query('INSERT INTO single SELECT unnest($1::uuid[])', [ids])
  let done = 0
  const single = (pool: pg.Pool) => async (n: number) => {
    await pool.query({ name: 'single', text: 'UPDATE single SET read_count = read_count + 1 WHERE article_id = $1', values: [ids[pick(n)]] })
    done++
  }
  const withPool = async <T>(max: number, work: (pool: pg.Pool) => Promise<T>): Promise<T> => {
    const pool = new pg.Pool({ connectionString: url, max })
    return work(pool).finally(() => pool.end())
  }
  let best = { size: 0, perSecond: 0 }
  const sizes: string[] = []
  for (const size of poolSizes) {
    const { perSecond } = await withPool(size, (pool) => load(callers, seconds / 2, single(pool)))
    sizes.push(`${size}: ${rate(perSecond)}`)
    if (perSecond > best.perSecond) best = { size, perSecond }
  }
  const sides: { ours: Load[]; single: Load[] } = { ours: [], single: [] }
  const backlogs: number[] = []
  await withPool(best.size, async (pool) => {
    await load(callers, 0.5, single(pool))
    for (let round = 0; round < rounds; round++) {
      sides.single.push(await load(callers, seconds, single(pool)))
      sides.ours.push(await load(callers, seconds, ours))
      backlogs.push(await backlog())
    }
  })
  const { rows } = await admin.query<{ sum: number; settings: string }>(
    `SELECT sum(read_count)::int, format('fsync %s, synchronous_commit %s', current_setting('fsync'), current_setting('synchronous_commit')) AS settings FROM single`,
  )
  if (rows[0]!.sum !== done) throw new Error(`single UPDATEs: ${rows[0]!.sum} stored of ${done}`)
  await admin.query('DROP TABLE single')
  await admin.end()
  const of = (side: keyof typeof sides, figure: keyof Load) => sides[side].map((round) => round[figure])
  console.log(`${what} (${rows[0]!.settings}), ${callers} callers, ${rounds} rounds of ${seconds} s:`)
  console.log(`  single UPDATEs by size of the pool: ${sizes.join(', ')}`)
  for (const side of ['single', 'ours'] as const)
    console.log(`  ${side}: ${told(of(side, 'perSecond'), rate)}; p50 ${ms(median(of(side, 'p50')))}, p99 ${told(of(side, 'p99'), ms)}`)
  console.log(`  ratio: ${ratio(of('ours', 'perSecond'), of('single', 'perSecond'))}; of p99 ${ratio(of('ours', 'p99'), of('single', 'p99'))}`)
  console.log(`  deltas that were not folded yet after each round: ${backlogs.join(', ')}`)
}

async function backlogOf(pool: pg.Pool): Promise<number> {
  return (await pool.query<{ count: number }>('SELECT count(*)::int FROM statistics_delta')).rows[0]!.count
}

function tell(what: string, { perSecond, p50, p99 }: Load): void {
  console.log(`${what}: ${rate(perSecond)}; p50 ${ms(p50)}, p99 ${ms(p99)}`)
}

/** @throws nothing: what is wrong is told, and the process ends with 1 */
async function check(database: string, { services }: RunningServer, acknowledged: Map<string, number>): Promise<void> {
  const { pool } = services.database
  const { rows } = await pool.query<{ article_id: string; read_count: number }>('SELECT article_id, read_count FROM article_counter')
  const wrong = rows.filter((row) => row.read_count !== acknowledged.get(row.article_id))
  const all = [...acknowledged.values()].reduce((sum, reads) => sum + reads, 0)
  const from = performance.now()
  const folded = await foldStatistics(pool, new Date())
  const differences = await verifyStatistics(pool, new Date())
  const right = wrong.length === 0 && rows.length === acknowledged.size && differences.length === 0
  if (!right) process.exitCode = 1
  console.log(
    `${database}: ${all} reads acknowledged, ${rows.reduce((sum, row) => sum + row.read_count, 0)} counted, ${wrong.length} articles wrong, ${differences.length} differences in the statistics` +
      ` (the last ${folded} deltas and the check took ${((performance.now() - from) / 1_000).toFixed(1)} s)`,
  )
}
