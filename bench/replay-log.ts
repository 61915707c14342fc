// A database whose log holds many events, made by SQL in some seconds.
import pg from 'pg'
import { connectDatabase } from '../src/db/connect.ts'
import { encodeStreamCursor } from '../src/stream/cursor.ts'
import { createOnServer, withName } from '../test/helpers/server-database.ts'

export type Log = {
  name: string
  url: string
  /** A cursor that many events before the head. */
  cursor: (eventsBeforeHead: number) => string
  /** The position of the head. */
  head: number
}

/**
 * Makes a database with `articles` articles and `events` events. The last events are the ingestion of each article, one by one;
 * those before them are edits of the same articles.
 */
export async function makeLog(server: string, { articles, events }: { articles: number; events: number }): Promise<Log> {
  const name = await createOnServer(server)
  const url = withName(server, name)
  const database = await connectDatabase({ databaseUrl: url, databasePoolSize: 2, dataDir: '' }, () => undefined)
  try {
    const { pool } = database
    await pool.query(`INSERT INTO category (id, name) SELECT 'c' || n, 'Category ' || n FROM generate_series(0, 9) n`)
    // Ids that rise with n, as those of ingested articles do with time, and the text of a short piece of news.
    await pool.query(
      `INSERT INTO article (id, category_id, url, title, content, content_html, copy_keys, text_hash, text_source, tags, word_count, reading_time_minutes, published_at, created_at, updated_at)
       SELECT ${articleId}, 'c' || n % 10, ${link}, 'The title of article ' || n || ', as long as titles are', t.text, '<p>' || t.text || '</p>', '{}', md5(n::text)::uuid, 'API', '{}', 200, 1, m.at, m.at, m.at
       FROM generate_series(1, $1::int) n,
         LATERAL (SELECT repeat('Some of the words of article ' || n || '. ', 30)) t(text),
         LATERAL (SELECT now() - ($1 - n) * interval '1 millisecond') m(at)`,
      [articles],
    )
    await pool.query(`INSERT INTO article_counter (article_id) SELECT id FROM article`)
    await pool.query(
      `INSERT INTO sighting (id, article_id, url, url_key, seen_at)
       SELECT gen_random_uuid(), ${articleId}, ${link}, md5(${link})::uuid, now() FROM generate_series(1, $1::int) n`,
      [articles],
    )
    await pool.query(
      `INSERT INTO stream_event (position, kind, article_id, facts, before, occurred_at)
       SELECT p, CASE WHEN p > $2 - $1 THEN 'INGESTED' ELSE 'UPDATED' END::stream_event_kind, ${articleId}, f.facts, CASE WHEN p > $2 - $1 THEN NULL ELSE f.facts END, now()
       FROM generate_series(1, $2::int) p,
         LATERAL (SELECT (p - 1 + 10 * $1 - ($2 - $1) % $1) % $1 + 1) i(n),
         LATERAL (SELECT jsonb_build_object('categoryId', 'c' || n % 10, 'feedIds', '[]'::jsonb, 'language', NULL, 'publishedAt', to_char(now(), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'wordCount', 200)) f(facts)`,
      [articles, events],
    )
    await pool.query('UPDATE stream_head SET position = $1', [events])
    await pool.query('VACUUM ANALYZE')
    const { streamId } = await database.prisma.streamHead.findFirstOrThrow()
    return { name, url, head: events, cursor: (before) => encodeStreamCursor({ streamId, position: BigInt(events - before) }) }
  } finally {
    await database.close()
  }
}

const articleId = `('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid`
const link = `'https://news.example.com/articles/' || n`

/** The blocks that were ever taken from each database, from its cache or the disk. Connections tell theirs at the latest when they end, so it waits for that. */
export async function blocksRead(server: string, logs: Log[]): Promise<number[]> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  try {
    for (;;) {
      const { rows } = await client.query<{ datname: string; connections: number; blocks: string }>(
        'SELECT datname, numbackends AS connections, blks_hit + blks_read AS blocks FROM pg_stat_database WHERE datname = ANY($1)',
        [logs.map(({ name }) => name)],
      )
      if (rows.every(({ connections }) => connections === 0)) return logs.map(({ name }) => Number(rows.find(({ datname }) => datname === name)!.blocks))
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  } finally {
    await client.end()
  }
}
