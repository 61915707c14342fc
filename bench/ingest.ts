// npx tsx bench/ingest.ts [FILE]
//
// How fast articles are ingested, beside a bare multi-row INSERT of the same rows through the same pool, on the embedded
// database and on the PostgreSQL server of BENCH_DATABASE_URL. FILE holds an article on each line, {title, text}; without
// one, 5,000 are made up. The two take turns, so that what else runs on the machine slows both.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { draftOf, type Draft } from '../src/articles/draft.ts'
import { parseConfig } from '../src/config.ts'
import { startServer } from '../src/serve.ts'
import { createOnServer, dropOnServer, withName } from '../test/helpers/server-database.ts'
import { post } from './post.ts'

type Article = { title: string; text: string }

const perRequest = 100
const rounds = 5

const [file] = process.argv.slice(2)
const articles =
  file === undefined
    ? Array.from({ length: 5_000 }, (_, i) => madeUp(i))
    : (await readFile(file, 'utf8'))
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Article)

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
    await measure('PostgreSQL', { DATABASE_URL: withName(server, name) })
  } finally {
    await dropOnServer(server, name)
  }
} else {
  console.log('PostgreSQL: not measured, BENCH_DATABASE_URL is not set')
}

async function measure(name: string, env: Record<string, string>): Promise<void> {
  const { url, services, close } = await startServer(parseConfig({ ...env, PORT: '0', LOG_LEVEL: 'fatal' }), { poll: false })
  try {
    const { pool, prisma } = services.database
    await post(url, 'mutation { addCategory(input: { id: "bench", name: "Bench" }) { category { id } } }', {})
    await pool.query('CREATE TABLE bare (LIKE article INCLUDING ALL)')
    let statements = 0
    const listening = prisma as unknown as { $on: (event: 'query', listener: () => void) => void }
    listening.$on('query', () => statements++)

    const seconds = { judged: 0, bare: 0, ingested: 0 }
    const size = Math.ceil(articles.length / rounds)
    for (let round = 0; round < rounds; round++) {
      const part = articles.slice(round * size, (round + 1) * size).map((article, i) => ({ ...article, url: `https://example.com/${round}/${i}` }))
      const drafts: Draft[] = []
      seconds.judged += await timed(() => {
        for (const { url: link, title, text } of part) {
          const draft = draftOf({ url: link, title, content: text, contentFormat: 'TEXT', categoryId: 'bench' })
          if ('id' in draft) drafts.push(draft)
        }
      })
      seconds.bare += await timed(() => insertBare(pool, drafts))
      seconds.ingested += await timed(() => ingest(url, part))
    }
    const { rows } = await pool.query<{ stored: number; bare: number }>(
      'SELECT (SELECT count(*)::int FROM article) AS stored, (SELECT count(*)::int FROM bare) AS bare',
    )
    const [{ stored, bare } = { stored: 0, bare: 0 }] = rows
    const rate = (count: number, time: number) => `${Math.round(count / time)}/s`
    console.log(
      `${name}: ${stored} articles ingested at ${rate(stored, seconds.ingested)}, ${bare} bare rows inserted at ${rate(bare, seconds.bare)}: ${(stored / seconds.ingested / (bare / seconds.bare)).toFixed(2)} of the bare rate; ` +
        `${(statements / stored).toFixed(2)} statements an article; judging them alone takes ${((100 * seconds.judged) / seconds.ingested).toFixed(0)} % of the time`,
    )
  } finally {
    await close()
  }
}

async function timed(work: () => unknown): Promise<number> {
  const from = performance.now()
  await work()
  return (performance.now() - from) / 1_000
}

/** The same columns as the server writes, as many rows at once, two requests at a time. */
async function insertBare(pool: pg.Pool, drafts: Draft[]): Promise<void> {
  await inTurns(drafts, 50, (part) => {
    const values = part.flatMap((d) => [d.id, d.categoryId, d.url, d.title, d.content, d.contentHtml, d.textHash, d.wordCount, d.readingTimeMinutes])
    const tuples = part.map((_, i) => `(${Array.from({ length: 9 }, (_v, k) => `$${i * 9 + k + 1}`).join()}, 'API', now(), now(), now())`)
    return pool.query(
      `INSERT INTO bare (id, category_id, url, title, content, content_html, text_hash, word_count, reading_time_minutes, text_source, published_at, created_at, updated_at) VALUES ${tuples.join()}`,
      values,
    )
  })
}

async function ingest(url: string, part: (Article & { url: string })[]): Promise<void> {
  await inTurns(part, perRequest, (some) =>
    post(url, 'mutation ($articles: [ArticleInput!]!) { ingestArticles(input: { articles: $articles }) { results { status } } }', {
      articles: some.map(({ url: link, title, text }) => ({ url: link, title, content: text, categoryId: 'bench' })),
    }),
  )
}

async function inTurns<T>(all: T[], size: number, work: (part: T[]) => Promise<unknown>): Promise<void> {
  let next = 0
  const turn = async () => {
    while (next < all.length) await work(all.slice(next, (next += size)))
  }
  await Promise.all([turn(), turn()])
}

function madeUp(n: number): Article {
  const sentence = (i: number) => `Sentence ${i} of article ${n} says that number ${(n * 7919 + i * 104_729) % 10_007} came up again.`
  return { title: `Made-up article ${n}`, text: Array.from({ length: 12 }, (_, i) => sentence(i)).join('\n\n') }
}
