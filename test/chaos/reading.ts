import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { ask, excuse, post, type Excuses } from './ask.ts'
import { judgeStatistics } from './oracle.ts'
import { randomOf, type Random } from './random.ts'
import { killAtRandom, type Server } from './servers.ts'
import type { Outcome } from './wreak.ts'

type Plan = { seed: number; seconds: number; kills: number; readers: number }
/** What was answered to a read with a key: counted by it, counted before, or refused since the key was counted for another article. */
type Answer = { articleId: string; verdict: 'COUNTED' | 'COUNTED_BEFORE' | 'CONFLICT' }
/** The articles that a key was sent for, in that order, and what was answered. Which of them it counts for, only the end tells. */
type Sent = { articleIds: string[]; answers: Answer[] }
type Result = { articleId: string; counted: boolean; errorCode: 'NOT_FOUND' | 'CONFLICT' | null }

/** All that was sent and answered. */
type Book = {
  servers: Server[]
  /** Kept to the end. */
  articles: string[]
  /** Removed at some time. */
  doomed: string[]
  /** Of reads without a key, by article: how many were sent, and acknowledged. */
  bare: Map<string, { sent: number; acknowledged: number }>
  keys: Map<string, Sent>
  requests: number
  unanswered: number
  left: number
  early: number
  excuses: Excuses
  faults: string[]
}

const kept = 150
const record = 'mutation ($reads: [RecordReadInput!]!) { recordReads(input: { reads: $reads }) { results { articleId counted errorCode } } }'

/** Readers, kills and removals for some time; then all that readers have begun, but for what they leave. @throws when no server answers */
export async function readAll(servers: Server[], plan: Plan): Promise<Book> {
  const book: Book = {
    servers,
    articles: [],
    doomed: [],
    bare: new Map(),
    keys: new Map(),
    requests: 0,
    unanswered: 0,
    left: 0,
    early: 0,
    excuses: new Map(),
    faults: [],
  }
  const main = randomOf(plan.seed, 'main')
  await ask(servers, main, book.excuses, 'mutation { addCategory(input: { id: "world", name: "World" }) { category { id } } }')
  const drafts = Array.from({ length: kept + 30 }, (_, n) => ({
    url: `https://example.com/${n}`,
    title: `Title ${n}`,
    content: `Text ${n}.`,
    categoryId: 'world',
  }))
  const { ingestArticles } = await ask(
    servers,
    main,
    book.excuses,
    'mutation ($articles: [ArticleInput!]!) { ingestArticles(input: { articles: $articles }) { results { article { id } } } }',
    { articles: drafts },
  )
  const ids: string[] = ingestArticles.results.map((result: { article: { id: string } }) => result.article.id)
  book.articles = ids.slice(0, kept)
  book.doomed = ids.slice(kept)

  const stop = new AbortController()
  const reading = Promise.all(Array.from({ length: plan.readers }, (_, n) => read(book, `reader ${n}`, randomOf(plan.seed, `reader ${n}`), stop.signal)))
  const removing = remove(book, plan, randomOf(plan.seed, 'remover'))
  for (const work of [reading, removing]) work.catch(() => undefined) // told where it is awaited
  book.early = await killAtRandom(servers, { kills: plan.kills, ms: plan.seconds * 1_000, random: randomOf(plan.seed, 'killer') })
  stop.abort()
  await reading
  await removing
  return book
}

async function remove({ servers, doomed, excuses }: Book, { seconds }: Plan, random: Random): Promise<void> {
  for (const id of doomed) {
    await sleep((random.int(0, 200) / 100) * ((seconds * 900) / doomed.length))
    // Where the answer to a removal is lost, the article is not found the next time.
    await ask(servers, random, excuses, 'mutation ($id: ID!) { deleteArticle(id: $id) { id } }', { id }).catch((error: { code?: string }) => {
      if (error.code !== 'NOT_FOUND') throw error
    })
  }
}

async function read(book: Book, name: string, random: Random, stop: AbortSignal): Promise<void> {
  const mine: [key: string, articleId: string][] = []
  for (let request = 0; !stop.aborted; request++) {
    const reads = Array.from({ length: random.chance(0.5) ? 1 : random.int(2, 20) }, (_, n) => {
      const articleId = random.pick(random.chance(0.3) ? book.articles.slice(0, 1) : random.chance(0.1) ? book.doomed : book.articles)
      if (random.chance(0.2)) return { articleId }
      // Now and then one that was sent before, of this article or another; what is removed takes its keys with it.
      if (mine.length > 0 && random.chance(0.05) && !book.doomed.includes(articleId)) {
        const again = { articleId: random.chance(0.5) ? random.pick(mine)[1] : articleId, idempotencyKey: random.pick(mine)[0] }
        book.keys.get(again.idempotencyKey)!.articleIds.push(again.articleId)
        return again
      }
      const key = `${name} ${request} ${n}`
      if (!book.doomed.includes(articleId)) mine.push([key, articleId])
      book.keys.set(key, { articleIds: [articleId], answers: [] })
      return { articleId, idempotencyKey: key }
    })
    const twice = random.chance(0.1)
    await Promise.all((twice ? [0, 1] : [0]).map(() => send(book, random, reads)))
    await sleep(random.int(0, 20))
  }
}

type Sending = { articleId: string; idempotencyKey?: string }

/** Sends reads until they are answered, or now and then leaves them when they are not. */
async function send(book: Book, random: Random, reads: Sending[]): Promise<void> {
  for (;;) {
    book.requests++
    for (const { articleId, idempotencyKey } of reads) if (idempotencyKey === undefined) bareOf(book, articleId).sent++
    const answer = await post(random.pick(book.servers).url, record, { reads }).catch(() => undefined)
    if (answer?.data) return note(book, reads, answer.data.recordReads.results)
    if (answer?.errors) excuse(book.excuses, answer.errors[0])
    book.unanswered++
    if (random.chance(0.05)) return void book.left++
    await sleep(random.int(30, 300))
  }
}

function note(book: Book, reads: Sending[], results: Result[]): void {
  if (results.length !== reads.length) book.faults.push(`${results.length} results of ${reads.length} reads`)
  for (const [i, { articleId, idempotencyKey }] of reads.entries()) {
    const { counted, errorCode, ...result } = results[i]!
    const fault = (what: string) => book.faults.push(`${idempotencyKey ?? 'a read without a key'} of ${articleId}: ${what} ${JSON.stringify(results[i])}`)
    if (result.articleId !== articleId) fault('another article:')
    if (counted && errorCode !== null) fault('both:')
    if (errorCode === 'NOT_FOUND' && !book.doomed.includes(articleId)) fault('not found:')
    if (idempotencyKey === undefined) {
      if (counted) bareOf(book, articleId).acknowledged++
      else if (errorCode !== 'NOT_FOUND') fault('not counted:')
      continue
    }
    if (errorCode === 'NOT_FOUND') continue
    const verdict = errorCode ?? (counted ? 'COUNTED' : 'COUNTED_BEFORE')
    book.keys.get(idempotencyKey)!.answers.push({ articleId, verdict })
  }
}

function bareOf({ bare }: Book, articleId: string): { sent: number; acknowledged: number } {
  let of = bare.get(articleId)
  if (!of) bare.set(articleId, (of = { sent: 0, acknowledged: 0 }))
  return of
}

/** Compares what is stored with what was sent and answered. */
export async function judge(pool: pg.Pool, book: Book): Promise<Outcome> {
  const { rows: keys } = await pool.query<{ key: string; article_id: string }>('SELECT key, article_id FROM read_key')
  const { rows: counters } = await pool.query<{ article_id: string; read_count: number }>('SELECT article_id, read_count FROM article_counter')
  const faults = [...book.faults]
  const stored = new Map(keys.map((row) => [row.key, row.article_id]))
  const keyed = new Map<string, number>()
  for (const id of stored.values()) keyed.set(id, (keyed.get(id) ?? 0) + 1)
  const counts = new Map(counters.map((row) => [row.article_id, row.read_count]))
  const doomed = new Set(book.doomed)

  let acknowledged = 0
  for (const [key, { articleIds, answers }] of book.keys) {
    const owner = stored.get(key)
    const fault = (what: string) => faults.push(`${key} of ${articleIds.join(', ')}: ${what}, stored for ${owner ?? 'nothing'}, ${JSON.stringify(answers)}`)
    if (owner !== undefined && !articleIds.includes(owner)) fault('never sent for that')
    if (answers.filter(({ verdict }) => verdict === 'COUNTED').length > 1) fault('counted more than once')
    if (doomed.has(articleIds[0]!)) {
      // It is gone with its article, which is the only one that it was sent for.
      if (answers.some(({ verdict }) => verdict === 'CONFLICT')) fault('a conflict with itself')
      continue
    }
    if (answers.some(({ verdict }) => verdict !== 'CONFLICT')) acknowledged++
    // An answer for another article than the first is right where what was sent for the first never arrived.
    for (const { articleId, verdict } of answers)
      if (verdict === 'CONFLICT' ? owner === undefined || articleId === owner : articleId !== owner) fault(`${verdict} for ${articleId}`)
  }
  for (const key of stored.keys()) if (!book.keys.has(key)) faults.push(`${key}: stored, but never sent`)
  for (const id of book.articles) {
    const count = (counts.get(id) ?? 0) - (keyed.get(id) ?? 0)
    const { sent, acknowledged: least } = bareOf(book, id)
    if (count < least || count > sent) faults.push(`article ${id}: ${count} counted without a key, of ${least} acknowledged and ${sent} sent`)
  }
  for (const id of book.doomed) if (counts.has(id) || keyed.has(id)) faults.push(`article ${id}: removed, but it has reads or keys`)
  faults.push(...(await judgeStatistics(pool)))
  return {
    faults: faults.length > 20 ? [`${faults.length} faults, of which`, ...faults.slice(0, 20)] : faults,
    figures: {
      requests: book.requests,
      'without an answer': book.unanswered,
      'left without an answer': book.left,
      'keys sent': book.keys.size,
      'acknowledged, of kept articles': acknowledged,
      'keys stored': stored.size,
      'reads counted': [...counts.values()].reduce((sum, count) => sum + count, 0),
      'kills of starting servers': book.early,
      'lines that servers logged': book.servers.reduce((sum, server) => sum + (server.logged().match(/\n/g)?.length ?? 0), 0),
      'errors that pass': Object.fromEntries(book.excuses),
    },
  }
}
