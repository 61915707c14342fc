import type { Context } from '../graphql/context.ts'
import { load } from '../graphql/loader.ts'
import { highlight, lookedThrough } from './highlight.ts'

type Row = { id: string; title: string; content: string; language: string | null }

/** The passage of one article of a page; the texts of all are read by one statement. The title stands for an article without text. */
export async function memberHighlight(context: Context, id: string, weights: ReadonlyMap<string, number>): Promise<string> {
  const row = await load(context, texts, id)
  return row ? highlight(row.content.trim() === '' ? row.title : row.content, row.language, weights) : ''
}

async function texts({ prisma }: Context, ids: readonly string[]): Promise<(Row | undefined)[]> {
  const rows = await prisma.$queryRaw<Row[]>`
    SELECT id, title, left(content, ${lookedThrough}) AS content, language FROM article WHERE id = ANY(${[...new Set(ids)]}::uuid[])`
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.map((id) => byId.get(id))
}
