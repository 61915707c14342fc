import { brandWithType } from '@pothos/core'
import { queryFromInfo } from '@pothos/plugin-prisma'
import { builder } from './builder.ts'
import { isSlug, isUuid } from './ids.ts'

export const Node = builder.interfaceRef<{ id: string }>('Node').implement({
  description: 'Everything with an id. Ids are plain: UUIDs, and slugs for categories (never UUID-shaped), so they never collide.',
  fields: (t) => ({ id: t.exposeID('id', { description: 'Unique among all nodes.' }) }),
})

builder.queryField('node', (t) =>
  t.field({
    type: Node,
    nullable: true,
    description: 'Whatever has the id: an article, a feed or a category.',
    args: { id: t.arg.id({ required: true, description: 'The id.' }) },
    resolve: async (_root, { id }, context, info) => {
      const query = (typeName: string) => queryFromInfo({ context, info, typeName, select: { id: true } }) as { select: { id: true } }
      const found = async <T extends { id: string }>(typeName: string, row: Promise<T | null>) => {
        const node = await row
        if (node) brandWithType(node, typeName as never)
        return node
      }
      if (isSlug(id)) return found('Category', context.prisma.category.findUnique({ ...query('Category'), where: { id } }))
      if (!isUuid(id)) return null
      return (
        (await found('Article', context.prisma.article.findUnique({ ...query('Article'), where: { id } }))) ??
        (await found('Feed', context.prisma.feed.findUnique({ ...query('Feed'), where: { id } })))
      )
    },
  }),
)
