import type pg from 'pg'
import { Prisma } from '../db/generated/client.ts'
import { nameOf } from '../db/statement-names.ts'

/** A `select` as Prisma takes it. */
export type Select = Record<string, unknown>

const scalars = {
  article: new Set<string>(Object.keys(Prisma.ArticleScalarFieldEnum)),
  category: new Set<string>(Object.keys(Prisma.CategoryScalarFieldEnum)),
  counter: new Set<string>(Object.keys(Prisma.ArticleCounterScalarFieldEnum)),
  madeSummary: new Set<string>(Object.keys(Prisma.ArticleSummaryScalarFieldEnum)),
}
const joins = {
  category: 'JOIN category ON category.id = article.category_id',
  counter: 'LEFT JOIN article_counter AS counter ON counter.article_id = article.id',
  madeSummary: 'LEFT JOIN article_summary AS made_summary ON made_summary.article_id = article.id',
}
/** Where each is told apart from a row that is not there. */
const keys = { article: 'id', category: 'id', counter: 'article_id', madeSummary: 'article_id' }

/** A part of a row: the article's own fields, or those of a relation to one. */
type Part = { table: keyof typeof scalars; fields: string[] }

/**
 * The rows of articles, as Prisma gives them, by one plain statement: it asks for each relation by itself, and takes twice as long.
 * @returns undefined where more is selected than fields of articles, their categories, counters and summaries
 */
export async function readRows(pool: pg.Pool, select: Select, ids: readonly string[]): Promise<Record<string, unknown>[] | undefined> {
  const parts = partsOf(select)
  if (!parts) return undefined
  // The key of a relation's row comes first: null where there is none.
  const columns = parts.flatMap(({ table, fields }) => [keys[table], ...fields.map(snake)].map((column) => `${snake(table)}.${column}`))
  const tables = parts.map(({ table }) => (table === 'article' ? table : joins[table])).join(' ')
  const text = `SELECT ${columns.join(', ')} FROM ${tables} WHERE article.id = ANY($1::uuid[])`
  const { rows } = await pool.query<unknown[]>({ name: nameOf(text), text, values: [ids], rowMode: 'array' })
  return rows.map((values) => {
    const row: Record<string, unknown> = {}
    let at = 0
    for (const { table, fields } of parts) {
      const there = values[at++] !== null
      const made = table === 'article' ? row : {}
      for (const field of fields) made[field] = values[at++]
      if (table !== 'article') row[table] = there ? made : null
    }
    return row
  })
}

function partsOf(select: Select): Part[] | undefined {
  const own: Part = { table: 'article', fields: [] }
  const parts = [own]
  for (const [key, value] of Object.entries(select)) {
    if (!value) continue
    if (value === true && scalars.article.has(key)) own.fields.push(key)
    else if (key === 'category' || key === 'counter' || key === 'madeSummary') {
      const { select: of, ...others } = value as { select?: Select }
      const fields = Object.keys(of ?? {})
      if (!of || Object.keys(others).length > 0 || !fields.every((field) => of[field] === true && scalars[key].has(field))) return undefined
      parts.push({ table: key, fields })
    } else return undefined
  }
  return parts
}

const snake = (field: string) => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
