import type { Context } from '../graphql/context.ts'
import { load } from '../graphql/loader.ts'
import { highlight, lookedThrough, type Asked } from './highlight.ts'

type Row = { id: string; title: string; content: string; language: string | null }

/** The passage of one article of a page; the texts of all are read by one statement. A long text takes a while: others get their turn in between. */
export async function memberHighlight(context: Context, id: string, asked: Asked): Promise<string> {
  const row = await load(context, texts, id)
  if (!row) return ''
  await nextTurn()
  return highlight(row.content, row.language, asked, row.title)
}

let lastTurn: Promise<unknown> = Promise.resolve()

/** Turns come one after the other, each in a round of the event loop of its own: what is set for the same round would all run at once. */
function nextTurn(): Promise<unknown> {
  return (lastTurn = lastTurn.then(() => new Promise((resolve) => setImmediate(resolve))))
}

async function texts({ prisma }: Context, ids: readonly string[]): Promise<(Row | undefined)[]> {
  const rows = await prisma.$queryRaw<Row[]>`
    SELECT id, title, left(content, ${lookedThrough}) AS content, language FROM article WHERE id = ANY(${[...new Set(ids)]}::uuid[])`
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.map((id) => byId.get(id))
}
