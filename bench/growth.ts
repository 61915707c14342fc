// BENCH_DATABASE_URL=postgresql://… npx tsx bench/growth.ts FILE… [--sizes 10000,100000,1000000] [--rounds 100] [--embedded 100000] [--enrich 500] [--kept NAME] [--fill]
//
// What finding costs as an archive grows: search by rare, middling, very common and rotating words, filter.text, and similar readings,
// stored and made when asked. FILEs hold stories, {title, text} on each line, whose sentences the articles are made of. They are
// written as any others are, with what copies are told by; document frequencies are counted at once by SQL at the end, and what articles like
// another are found by is written as enriching writes it, but only the last --enrich articles are enriched. Queries are asked in this process,
// so that nothing but them is measured. Databases are made and dropped; with --kept they are NAME_10000 and so on, which stay and are taken as
// they are the next time (--fill: no more than filled).
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { execute, parse } from 'graphql'
import pg from 'pg'
import { draftOf, type Draft } from '../src/articles/draft.ts'
import { insertArticles } from '../src/articles/rows.ts'
import { parseConfig } from '../src/config.ts'
import { tidy } from '../src/db/upkeep.ts'
import { schema } from '../src/schema.ts'
import { createServices, type Services } from '../src/services.ts'
import { readFrequencies } from '../src/similar/frequencies.ts'
import { toBeRemade } from '../src/similar/step.ts'
import { subjectsOf } from '../src/similar/subjects.ts'
import { writeSubjects } from '../src/similar/vector-rows.ts'
import { readTerms } from '../src/similar/waiting.ts'
import { analysisVersion } from '../src/words/analysis.ts'
import { createOnServer, dropOnServer, withName } from '../test/helpers/server-database.ts'
import { median, ms } from './figures.ts'
import { articleOf, nameOf, readStories } from './growth-articles.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sizes: { type: 'string', default: '10000,100000,1000000' },
    rounds: { type: 'string', default: '100' },
    embedded: { type: 'string', default: '0' },
    enrich: { type: 'string', default: '500' },
    kept: { type: 'string' },
    fill: { type: 'boolean', default: false },
  },
})
const stories = await readStories(positionals)
if (stories.length === 0) throw new Error('no stories: name files of them')
const rounds = Number(values.rounds)
/** Of so many articles, the first, lists are made when they are asked for. */
const old = 500
const sizes = values.sizes.split(',').map(Number).filter(Boolean)

type Times = Map<string, number[]>

async function measureAt(where: string, env: Record<string, string>, size: number, smallest: Times | undefined): Promise<Times> {
  const services = await createServices(parseConfig({ ...env, LOG_LEVEL: 'fatal' }))
  try {
    const { rows } = await services.database.pool.query('SELECT FROM article LIMIT 1')
    const from = performance.now()
    if (rows.length === 0) {
      await fill(services, size)
      await settle(services)
    }
    console.log(`${where}, ${size} articles${rows.length === 0 ? `, filled in ${Math.round((performance.now() - from) / 1_000)} s` : ''}`)
    const p95 = (some: number[]) => some.toSorted((x, y) => x - y)[Math.ceil(some.length * 0.95) - 1]!
    const times = values.fill ? (new Map() as Times) : await measure(services, size)
    for (const [what, took] of times) {
      const base = smallest?.get(what)
      console.log(
        `  ${what}: median ${ms(median(took))}, p95 ${ms(p95(took))}${base ? `, ${(p95(took) / p95(base)).toFixed(2)} times the p95 of the first` : ''}`,
      )
    }
    return times
  } finally {
    await services.close()
  }
}

/** Articles as the store writes them, with what copies are told by; their index is made at the end, which takes a fraction of the time. */
async function fill({ database }: Services, to: number): Promise<void> {
  const { prisma, pool } = database
  // Nothing is left to walk over.
  await pool.query(`UPDATE reindex SET version = ${analysisVersion}, started_at = now(), finished_at = now()`)
  await pool.query(`INSERT INTO category (id, name) VALUES ('large', 'Large'), ('small', 'Small') ON CONFLICT DO NOTHING`)
  let next = 0
  const part = 200
  const turn = async () => {
    while (next < to) {
      const first = next
      next += part
      const drafts = Array.from({ length: Math.min(part, to - first) }, (_, i) =>
        draftOf(articleOf(first + i, stories, (first + i) % 1_000 === 0 ? 'small' : 'large')),
      ).filter((draft): draft is Draft => 'id' in draft)
      await prisma.$transaction((tx) => insertArticles(tx, drafts, null, new Date()))
    }
  }
  // Made at the end it takes a fraction of the time.
  const { rows: indexes } = await pool.query<{ name: string; definition: string }>(
    `SELECT indexname AS name, indexdef AS definition FROM pg_indexes WHERE tablename = 'article_lexemes' AND indexdef LIKE '%USING gin%'`,
  )
  for (const { name } of indexes) await pool.query(`DROP INDEX ${name}`)
  await Promise.all(database.embedded ? [turn()] : [turn(), turn()])
  const client = await pool.connect()
  try {
    await client.query(`SET maintenance_work_mem = '${database.embedded ? 64 : 1024}MB'`)
    for (const { definition } of indexes) await client.query(definition)
    await client.query('RESET maintenance_work_mem')
  } finally {
    client.release()
  }
}

/** What counting, enriching and upkeep would have done by now. */
async function settle(services: Services): Promise<void> {
  const { database, enrichment } = services
  const { pool } = database
  await pool.query(`DELETE FROM enrichment_task WHERE id <= (SELECT max(id) - $1 FROM enrichment_task)`, [Number(values.enrich)])
  await pool.query('TRUNCATE lexeme, frequency_task')
  await pool.query(`INSERT INTO lexeme (lexeme, articles) SELECT word, ndoc FROM ts_stat('SELECT lexemes FROM article_lexemes')`)
  await pool.query(`INSERT INTO lexeme (lexeme, articles) SELECT '@', count(*) FROM article_lexemes`)
  await tidy(pool)
  await writeVectors(services)
  await tidy(pool)
  const from = performance.now()
  enrichment.start()
  while ((await enrichment.backlog()) > 0) await new Promise((resolve) => setTimeout(resolve, 50))
  console.log(`  ${values.enrich} articles enriched at ${Math.round(Number(values.enrich) / ((performance.now() - from) / 1_000))}/s`)
}

/** What articles that are like another are found by, of all that are not enriched; lists of the oldest are made when they are asked for. */
async function writeVectors({ database: { prisma, pool } }: Services): Promise<void> {
  const from = performance.now()
  const { rows: all } = await pool.query<{ id: string }>(
    'SELECT id FROM article a WHERE NOT EXISTS (SELECT FROM enrichment_task WHERE article_id = a.id) AND NOT EXISTS (SELECT FROM article_vector WHERE article_id = a.id) ORDER BY id',
  )
  for (let at = 0; at < all.length; at += 500) {
    const ids = all.slice(at, at + 500).map(({ id }) => id)
    const terms = await readTerms(prisma, ids)
    await writeSubjects(prisma, await subjectsOf(terms, await readFrequencies(prisma, [...terms.values()])), at < old ? toBeRemade : all.length)
  }
  await pool.query(
    'INSERT INTO similar_count (id, articles) SELECT 1, count(*) FROM article_vector ON CONFLICT (id) DO UPDATE SET articles = excluded.articles',
  )
  console.log(`  ${all.length} vectors written in ${Math.round((performance.now() - from) / 1_000)} s`)
}

const searchQuery = parse(`query ($q: String!) { search(query: $q) { edges { score highlight node { id title } } pageInfo { hasNextPage endCursor } } }`)
const smallQuery = parse(`query ($q: String!) { search(query: $q, filter: { categoryIds: ["small"] }) { edges { score node { id title } } } }`)
const textQuery = parse(`query ($q: String!) { articles(filter: { text: $q }) { nodes { id title } } }`)
const similarQuery = parse(`query ($id: ID!) { article(id: $id) { similar { score terms article { id title } } } }`)

const common = [
  'said',
  'year',
  'people said',
  'government year',
  'company million',
  'last week',
  'new years time',
  'market said prices',
  'the first time',
  'world said',
]
const middling = ['election', 'inflation', 'striker', 'broadband', 'cocoa', 'grain exports', 'film festival', 'interest rates', 'tsunami', 'merger talks']

async function measure(services: Services, size: number): Promise<Times> {
  const times: Times = new Map()
  const timed = async (what: string, document: ReturnType<typeof parse>, variables: (round: number) => Record<string, unknown>) => {
    const took: number[] = []
    for (let round = -10; round < rounds; round++) {
      const variableValues = variables(round + 10)
      const begun = performance.now()
      const { errors } = await execute({ schema, document, variableValues, contextValue: services.contextFor('POST') })
      if (errors) throw errors[0]!
      if (round >= 0) took.push(performance.now() - begun)
    }
    times.set(what, took)
  }
  const rare = (round: number) => nameOf(Math.floor((((round * 7919) % 1_009) / 1_009) * (size / 5)))
  const word = (round: number) =>
    stories[(round * 104_729) % stories.length]!.title.split(' ')
      .slice(0, 1 + (round % 5))
      .join(' ')
  const pick = (list: string[], round: number) => list[round % list.length]!
  const queries: [string, (round: number) => string][] = [
    ['rare', rare],
    ['middling', (round) => pick(middling, round)],
    ['very common', (round) => pick(common, round)],
    ['rotating', word],
  ]
  for (const [name, query] of queries) await timed(`search, ${name}`, searchQuery, (round) => ({ q: query(round) }))
  await timed('search, very common in a small category', smallQuery, (round) => ({ q: pick(common, round) }))
  for (const [name, query] of queries) await timed(`filter.text, ${name}`, textQuery, (round) => ({ q: query(round) }))
  const { rows } = await services.database.pool.query<{ id: string }>('SELECT id FROM article ORDER BY id DESC LIMIT $1', [Number(values.enrich)])
  await timed('similar, stored', similarQuery, (round) => rows[round % rows.length]!)
  const { rows: oldest } = await services.database.pool.query<{ id: string }>('SELECT id FROM article ORDER BY id LIMIT $1', [old])
  await timed('similar, made when asked', similarQuery, (round) => oldest[round % oldest.length]!)
  return times
}

const server = process.env['BENCH_DATABASE_URL']
let smallest: Times | undefined
if (server) {
  for (const size of sizes) {
    const name = values.kept === undefined ? await createOnServer(server) : await keptOnServer(server, `${values.kept}_${size}`)
    try {
      const times = await measureAt('PostgreSQL', { DATABASE_URL: withName(server, name) }, size, smallest)
      smallest ??= times
    } finally {
      if (values.kept === undefined) await dropOnServer(server, name)
    }
  }
}
if (Number(values.embedded) > 0) {
  const folder = await mkdtemp(join(tmpdir(), 'newswire-bench-'))
  try {
    await measureAt('embedded', { DATA_DIR: folder }, Number(values.embedded), undefined)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function keptOnServer(url: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name])
    if (rowCount === 0) await client.query(`CREATE DATABASE ${name}`)
    return name
  } finally {
    await client.end()
  }
}
