import { builder } from '../graphql/builder.ts'
import { isSlug } from '../graphql/ids.ts'
import { Node } from '../graphql/node.ts'
import { RemovedPayload } from '../graphql/removed.ts'
import { addCategory, removeCategory, updateCategory } from './categories.ts'

const Category = builder.prismaObject('Category', {
  description: 'What articles and feeds are sorted into.',
  interfaces: [Node],
  select: { id: true },
  fields: (t) => ({
    id: t.exposeID('id', { description: 'A slug: ^[a-z0-9][a-z0-9_-]{0,63}$, never shaped like a UUID.' }),
    name: t.exposeString('name', { description: 'Its name for people.' }),
    description: t.exposeString('description', { nullable: true, description: 'What belongs into it.' }),
  }),
})

builder.queryField('category', (t) =>
  t.prismaField({
    type: 'Category',
    nullable: true,
    description: 'A category by its id.',
    args: { id: t.arg.id({ required: true, description: 'Its id.' }) },
    resolve: (query, _root, { id }, { prisma }) => (isSlug(id) ? prisma.category.findUnique({ ...query, where: { id } }) : null),
  }),
)

builder.queryField('categories', (t) =>
  t.prismaField({
    type: ['Category'],
    description: 'All categories, by name. There are at most 1,000.',
    resolve: (query, _root, _args, { prisma }) => prisma.category.findMany({ ...query, orderBy: [{ name: 'asc' }, { id: 'asc' }] }),
  }),
)

const CategoryPayload = builder.objectRef<{ category: typeof Category.$inferType }>('CategoryPayload').implement({
  description: 'The category as it is now.',
  fields: (t) => ({ category: t.field({ type: Category, description: 'The category.', resolve: (payload) => payload.category as never }) }),
})

const AddCategoryInput = builder.inputType('AddCategoryInput', {
  description: 'A new category.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'A slug: ^[a-z0-9][a-z0-9_-]{0,63}$, not shaped like a UUID. It stays.' }),
    name: t.string({ required: true, description: '1 to 200 characters.' }),
    description: t.string({ description: 'At most 2,000 characters.' }),
  }),
})

const UpdateCategoryInput = builder.inputType('UpdateCategoryInput', {
  description: 'What changes; what is left out stays.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Which category.' }),
    name: t.string({ description: '1 to 200 characters.' }),
    description: t.string({ description: 'At most 2,000 characters; null takes it away.' }),
  }),
})

builder.mutationField('addCategory', (t) =>
  t.field({
    type: CategoryPayload,
    description: 'CONFLICT when the id is taken.',
    args: { input: t.arg({ type: AddCategoryInput, required: true, description: 'The category.' }) },
    resolve: async (_root, { input: { id, name, description } }, { prisma }) => ({
      category: await addCategory(prisma, { id, name, description: description ?? null }),
    }),
  }),
)

builder.mutationField('updateCategory', (t) =>
  t.field({
    type: CategoryPayload,
    description: 'Renames or describes a category.',
    args: { input: t.arg({ type: UpdateCategoryInput, required: true, description: 'The change.' }) },
    resolve: async (_root, { input: { id, name, description } }, { prisma }) => ({
      category: await updateCategory(prisma, { id, ...(name != null && { name }), ...(description !== undefined && { description }) }),
    }),
  }),
)

builder.mutationField('removeCategory', (t) =>
  t.field({
    type: RemovedPayload,
    description: 'CONFLICT while it holds articles or feeds, unless moveTo names where they go.',
    args: {
      id: t.arg.id({ required: true, description: 'Which category.' }),
      moveTo: t.arg.id({ description: 'The category that its articles and feeds go to.' }),
    },
    resolve: async (_root, { id, moveTo }, context) => {
      await removeCategory(context, id, moveTo ?? undefined)
      return { id }
    },
  }),
)
