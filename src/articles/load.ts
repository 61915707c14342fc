import { queryFromInfo } from '@pothos/plugin-prisma'
import type { GraphQLResolveInfo } from 'graphql'
import type { Article } from '../db/generated/client.ts'
import type { Context } from '../graphql/context.ts'
import { load, type Batch } from '../graphql/loader.ts'

const batches = new WeakMap<Context, Map<unknown, Batch<string, Article | null>>>()

/**
 * The article that a field's selection asks for, read together with those that the same field asks for elsewhere in the operation,
 * or in others that share its context.
 */
export function loadArticle(context: Context, info: GraphQLResolveInfo, id: string): Promise<Article | null> {
  let own = batches.get(context)
  if (!own) batches.set(context, (own = new Map()))
  const field = info.fieldNodes[0]
  let batch = own.get(field)
  if (!batch) {
    const query = queryFromInfo({ context, info, typeName: 'Article', select: { id: true } }) as { select: { id: true } }
    batch = async ({ prisma }, ids) => {
      const rows = await prisma.article.findMany({ ...query, where: { id: { in: [...ids] } } })
      const byId = new Map(rows.map((row) => [row.id, row as Article]))
      return ids.map((one) => byId.get(one) ?? null)
    }
    own.set(field, batch)
  }
  return load(context, batch, id)
}
