import { queryFromInfo } from '@pothos/plugin-prisma'
import type { GraphQLResolveInfo } from 'graphql'
import type pg from 'pg'
import type { Article } from '../db/generated/client.ts'
import type { Context } from '../graphql/context.ts'
import { readRows, type Select } from './plain-rows.ts'

declare module '../graphql/context.ts' {
  interface Context {
    pool: pg.Pool
    /** The articles of all events that are executed with this context. */
    articleIds?: readonly string[]
  }
}

type Rows = Map<string, Article | null>

const loaded = new WeakMap<Context, Map<unknown, Rows | Promise<Rows>>>()

/**
 * The article that a field's selection asks for. Where many events are executed with one context, the first of them reads the articles of all;
 * the others are answered without a promise, which costs an execution more than all else.
 */
export function loadArticle(context: Context, info: GraphQLResolveInfo, id: string): Article | null | Promise<Article | null> {
  let own = loaded.get(context)
  if (!own) loaded.set(context, (own = new Map()))
  const field = info.fieldNodes[0]
  let rows = own.get(field)
  if (!rows) {
    const reading = read(context, info, context.articleIds ?? [id]).then((read) => {
      own.set(field, read)
      return read
    })
    own.set(field, (rows = reading))
  }
  return rows instanceof Map ? (rows.get(id) ?? null) : rows.then((read) => read.get(id) ?? null)
}

async function read(context: Context, info: GraphQLResolveInfo, ids: readonly string[]): Promise<Rows> {
  const query = queryFromInfo({ context, info, typeName: 'Article', select: { id: true } }) as { select: Select & { id: true } }
  const wanted = [...new Set(ids)]
  const rows = (await readRows(context.pool, query.select, wanted)) ?? (await context.prisma.article.findMany({ ...query, where: { id: { in: wanted } } }))
  return new Map((rows as Article[]).map((row) => [row.id, row]))
}
