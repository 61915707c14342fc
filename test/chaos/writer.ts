import { setTimeout as sleep } from 'node:timers/promises'
import { ask, Refused, type Excuses } from './ask.ts'
import { edited, randomDraft, type Draft } from './drafts.ts'
import { note, type Ledger } from './ledger.ts'
import type { Random } from './random.ts'
import type { Server } from './servers.ts'

/** What all writers of a run work with. */
export type Desk = { servers: Server[]; ledger: Ledger; excuses: Excuses }

/** Drafts that were begun last by any writer: another one sends some of them too, at about the same time. */
const shared = 40

const ingest = `mutation ($articles: [ArticleInput!]!) {
  ingestArticles(input: { articles: $articles }) { results { status cursor article { id } error { code message } } }
}`

/** Sends drafts until they are answered for: what became of an attempt without an answer, nobody knows. */
export async function send({ servers, ledger, excuses }: Desk, random: Random, articles: Draft[]): Promise<void> {
  const { results } = (await ask(servers, random, excuses, ingest, { articles })).ingestArticles
  articles.forEach((draft, i) => note(ledger, draft, results[i]))
}

/**
 * Writes new articles, some in bursts that are longer than a page of the log, some that another writer writes too; edits and
 * removes a few. Ends once what it sent last is answered.
 * @param paceMs from one batch to the next, about
 */
export async function write(desk: Desk, name: string, { random, paceMs, stop }: { random: Random; paceMs: number; stop: AbortSignal }): Promise<void> {
  const { ledger } = desk
  const mine: string[] = []
  let edits = 0
  while (!stop.aborted) {
    const batch: Draft[] = []
    for (let count = random.chance(0.03) ? 150 : random.int(1, 6); count > 0; count--) {
      const draft = randomDraft(`${name}${mine.length}`, random)
      mine.push(draft.url)
      ledger.drafts.set(draft.url, draft)
      batch.push(draft)
    }
    if (random.chance(0.3)) {
      const recent = [...ledger.drafts.values()].slice(-shared).filter((draft) => !mine.includes(draft.url))
      for (const draft of recent.slice(0, random.int(1, 5))) batch.splice(random.int(0, batch.length), 0, draft)
      ledger.counts.doubled += Math.min(recent.length, 5)
    }
    await send(desk, random, batch)
    const old = random.pick(mine)
    if (random.chance(0.3)) {
      await send(desk, random, [edited(ledger.drafts.get(old)!, ++edits, random)])
      ledger.counts.edits++
    }
    if (random.chance(0.1)) await remove(desk, random, old)
    await sleep(random.int(0, 2 * paceMs))
  }
}

async function remove({ servers, ledger, excuses }: Desk, random: Random, url: string): Promise<void> {
  const id = ledger.acknowledged.get(url)
  if (id === undefined) return
  ledger.removed.add(url)
  try {
    await ask(servers, random, excuses, 'mutation ($id: ID!) { deleteArticle(id: $id) { id } }', { id })
  } catch (error) {
    // The first attempt, whose answer was lost, may have done it.
    if (!(error instanceof Refused) || error.code !== 'NOT_FOUND') throw error
  }
}
