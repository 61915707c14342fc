// npx tsx bench/archive.ts DATABASE_URL ARTICLES [READS]
//
// Fills an empty database with an archive, as years of news would have: for benchmarks, and to look at plans. It is made by SQL
// alone, since a million articles would take an hour through the API. What is made depends on the numbers and the seed alone.
import { pathToFileURL } from 'node:url'
import type pg from 'pg'
import { connectDatabase } from '../src/db/connect.ts'

export type Archive = {
  articles: number
  /** Spread over the last 60 days and, by Zipf's law, over the articles; two an article unless given. */
  reads?: number
  seed?: number
  /** When the newest article was published, and the last read counted. */
  now?: Date
}

/** As many articles are stored in a statement. */
const slice = 50_000
/** Categories k of shares in proportion to 1/k. */
const categories = 20

/**
 * Fills a database that Newswire has migrated: categories c01 (the largest) to c20, articles of the last three years (more of
 * them lately) with 50 to 3,000 words (bodies are shorter than that), their counters, and the deltas that the fold makes the
 * rest of. Ids rise with the time of ingestion, as Newswire's do.
 */
export async function fillArchive(pool: pg.Pool, { articles, reads = 2 * articles, seed = 1, now = new Date() }: Archive): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query(`
      -- From 0 to 1, the same for the same number.
      CREATE FUNCTION pg_temp.chance(n bigint, what int) RETURNS float8 LANGUAGE sql IMMUTABLE
        RETURN (hashint8extended(n, ${seed} * 1000 + what) & 1073741823) / 1073741824.0;
      INSERT INTO category (id, name) SELECT 'c' || lpad(k::text, 2, '0'), 'Category ' || k FROM generate_series(1, ${categories}) k`)
    const { rows: shares } = await client.query<{ bounds: number[] }>(
      `SELECT array_agg(bound ORDER BY k) AS bounds FROM (SELECT k, sum(1.0 / k) OVER (ORDER BY k) / sum(1.0 / k) OVER () AS bound FROM generate_series(1, ${categories}) k) s`,
    )
    await client.query(`CREATE TEMP TABLE made (n int PRIMARY KEY, id uuid, published_at timestamptz(3), created_at timestamptz(3))`)
    // The number of articles up to a time rises with its square.
    await client.query(
      `INSERT INTO made
       SELECT n, (lpad(to_hex((extract(epoch FROM created_at) * 1000)::bigint), 12, '0') || '7' || substr(md5($3 || ' ' || n), 14))::uuid, published_at, created_at
       FROM (SELECT n, published_at, published_at + pg_temp.chance(n, 1) * interval '1 minute' AS created_at FROM (
         SELECT n, ($1::timestamptz - interval '1 day' * 1096 * (1 - sqrt(n::float8 / $2::int)))::timestamptz(3) AS published_at FROM generate_series(1, $2::int) n) p) c`,
      [now, articles, String(seed)],
    )
    for (let from = 1; from <= articles; from += slice) {
      await client.query(
        `INSERT INTO article (id, category_id, url, title, content, content_html, copy_keys, language, text_hash, text_source, tags, word_count, reading_time_minutes,
           published_at, created_at, updated_at)
         SELECT id, 'c' || lpad((1 + width_bucket(pg_temp.chance(n, 2), $3::float8[]))::text, 2, '0'), 'https://news.example/' || n, 'Article ' || n, 'Text of article ' || n || '.',
           '<p>Text of article ' || n || '.</p>', '{}', CASE WHEN pg_temp.chance(n, 3) < 0.8 THEN 'en' ELSE 'de' END, md5(n::text)::uuid, 'FEED', '{}',
           words, ceil(words / 265.0), published_at, created_at, created_at
         FROM (SELECT *, (50 + 2950 * pg_temp.chance(n, 4) ^ 3)::int AS words FROM made WHERE n BETWEEN $1 AND $2) m ORDER BY n`,
        [from, Math.min(articles, from + slice - 1), shares[0]!.bounds],
      )
    }
    // The ranks of Zipf's law go to articles all over the archive: a step that has no divisor in common with their number takes each once.
    await client.query(
      `CREATE TEMP TABLE made_read AS SELECT 1 + (floor($2::int::float8 ^ pg_temp.chance(k, 5))::bigint * $4::int) % $2::int AS n,
         ($3::timestamptz - pg_temp.chance(k, 6) * interval '60 days')::timestamptz(3) AS at FROM generate_series(1, $1::int) k`,
      [reads, articles, now, coprimeNear(articles * 0.382, articles)],
    )
    await client.query(`ANALYZE made; ANALYZE made_read; SET work_mem = '256MB'`)
    await client.query(`
      INSERT INTO article_counter (article_id, read_count, last_read_at) SELECT id, count(*), max(at) FROM made_read JOIN made USING (n) GROUP BY id;
      INSERT INTO statistics_delta (article_id, start, reads, read_at) SELECT id, quarter_of(at), count(*), max(at) FROM made_read JOIN made USING (n) GROUP BY 1, 2 ORDER BY 4;
      DROP TABLE made, made_read; RESET work_mem`)
    for (const table of ['category', 'article', 'article_counter', 'statistics_delta']) await client.query(`VACUUM (ANALYZE) ${table}`)
  } finally {
    client.release(true) // its functions and settings go with it
  }
}

function coprimeNear(from: number, to: number): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b))
  let step = Math.max(1, Math.floor(from))
  while (divisor(step, to) !== 1) step++
  return step
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [url, articles = '', reads] = process.argv.slice(2)
  if (url === undefined || !(Number(articles) > 0)) throw new Error('usage: npx tsx bench/archive.ts DATABASE_URL ARTICLES [READS]')
  const { pool, close } = await connectDatabase({ databaseUrl: url, databasePoolSize: 2, dataDir: '' }, () => undefined)
  const from = performance.now()
  await fillArchive(pool, { articles: Number(articles), ...(reads !== undefined && { reads: Number(reads) }) })
  console.log(`${articles} articles in ${((performance.now() - from) / 1_000).toFixed(1)} s`)
  await close()
}
