// Newswire under load: two servers on one database, the one with the subscribers and another that writes, and events that are
// appended by the thousand.
import { connectDatabase, type Database } from '../src/db/connect.ts'
import { encodeStreamCursor } from '../src/stream/cursor.ts'
import { appendEvents, readAfter, readHead, type NewEvent } from '../src/stream/log.ts'
import { startBuilt, type BuiltServer } from './built-server.ts'
import { now } from './calls.ts'
import { post } from './post.ts'

export const categories = 100
const perRequest = 500
export const selection = '{ cursor article { id title url category { id name } } }'

export type Newswire = {
  databaseUrl: string
  /** The server that writes; the one with the subscribers is another. */
  writer: BuiltServer
  /** Articles that are there already: the n-th has number n at the end of its URL, and is in category n % 100. */
  ids: string[]
  /** Articles a second, in requests of 500, while there is no subscriber. */
  ingestRate: number
  /** A cursor behind which there is nothing yet. */
  head: () => Promise<string>
  /** Appends the events of articles in one transaction of this process: deliveries without the cost of ingesting. */
  append: (from: number, count: number) => Promise<void>
  end: () => Promise<void>
}

/** A draft whose number stands at the end of its URL, where the subscribers read it. */
export function draftOf(n: number): object {
  const sentence = (i: number) => `Sentence ${i} of article ${n} says that number ${(n * 7919 + i * 104_729) % 10_007} came up again.`
  return {
    url: `https://bench.example/e/${n}`,
    title: `Article ${n} of the benchmark, under a headline of some seventy characters`,
    content: Array.from({ length: 12 }, (_, i) => sentence(i)).join('\n\n'),
    categoryId: `c${n % categories}`,
  }
}

/** Ingests drafts in one request. @returns when it was sent, and acknowledged, by now() */
export async function ingest(url: string, numbers: number[]): Promise<{ sentAt: number; acknowledgedAt: number }> {
  const articles = numbers.map(draftOf)
  const sentAt = now()
  const data = await post(url, 'mutation ($articles: [ArticleInput!]!) { ingestArticles(input: { articles: $articles }) { results { status } } }', { articles })
  const acknowledgedAt = now()
  const { results } = (data as { ingestArticles: { results: { status: string }[] } }).ingestArticles
  if (results.some(({ status }) => status !== 'INGESTED')) throw new Error('an article was not ingested')
  return { sentAt, acknowledgedAt }
}

/** A subscription to what comes after a cursor. */
export function subscription(after: string, filter?: object): object {
  return {
    query: `subscription ($after: String${filter ? ', $filter: ArticleFilter' : ''}) { articleIngested(after: $after${filter ? ', filter: $filter' : ''}) ${selection} }`,
    variables: { after, ...(filter && { filter }) },
  }
}

/** Starts the server that writes, and stores articles through it. */
export async function startNewswire(databaseUrl: string, articles: number): Promise<Newswire> {
  const writer = await startBuilt({ DATABASE_URL: databaseUrl })
  let database: Database
  let ingestRate: number
  try {
    const fields = Array.from({ length: categories }, (_, i) => `c${i}: addCategory(input: { id: "c${i}", name: "Category ${i}" }) { category { id } }`)
    for (let i = 0; i < categories; i += 50) await post(writer.url, `mutation { ${fields.slice(i, i + 50).join(' ')} }`, {})
    const begin = now()
    for (let n = 0; n < articles; n += perRequest)
      await ingest(
        writer.url,
        Array.from({ length: Math.min(perRequest, articles - n) }, (_, i) => n + i),
      )
    ingestRate = articles / ((now() - begin) / 1_000)
    database = await connectDatabase({ databaseUrl, databasePoolSize: 2, dataDir: '' }, () => undefined)
  } catch (error) {
    await writer.end()
    throw error
  }
  const { prisma } = database
  const events: NewEvent[] = []
  for (let position = 0n; events.length < articles;) {
    const page = await readAfter(database, position, 500)
    for (const { kind, articleId, facts } of page) events.push({ kind, articleId, facts })
    position = page.at(-1)!.position
  }
  return {
    databaseUrl,
    writer,
    ids: events.map(({ articleId }) => articleId),
    ingestRate,
    head: async () => encodeStreamCursor(await readHead(prisma)),
    append: async (from, count) => {
      if (from + count > articles) throw new Error('there are not so many articles')
      await prisma.$transaction((tx) => appendEvents(tx, events.slice(from, from + count), new Date()))
    },
    end: async () => {
      await database.close()
      await writer.end()
    },
  }
}
