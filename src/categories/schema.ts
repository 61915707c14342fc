import { builder } from '../graphql/builder.ts'
import { isSlug } from '../graphql/ids.ts'
import { Node } from '../graphql/node.ts'
import { RemovedPayload } from '../graphql/removed.ts'
import { addCategory, removeCategory, updateCategory } from './categories.ts'

const Retention = builder.objectRef<{ keepDays: number | null; keepCount: number | null }>('Retention').implement({
  description: 'For how long, and how many, articles a category keeps. What is beyond one of its limits is removed within some minutes.',
  fields: (t) => ({
    maxAgeDays: t.exposeInt('keepDays', { nullable: true, description: 'Articles that were ingested more days ago are removed; null: no limit.' }),
    maxArticles: t.exposeInt('keepCount', { nullable: true, description: 'All but as many, those that were ingested last, are removed; null: no limit.' }),
  }),
})

const Category = builder.prismaObject('Category', {
  description: 'What articles and feeds are sorted into.',
  interfaces: [Node],
  select: { id: true },
  fields: (t) => ({
    id: t.exposeID('id', { description: 'A slug: ^[a-z0-9][a-z0-9_-]{0,63}$, never shaped like a UUID.' }),
    name: t.exposeString('name', { description: 'Its name for people.' }),
    description: t.exposeString('description', { nullable: true, description: 'What belongs into it.' }),
    retention: t.field({
      type: Retention,
      nullable: true,
      description: 'What it keeps of its articles; null: all.',
      select: { keepDays: true, keepCount: true },
      resolve: (category) => (category.keepDays === null && category.keepCount === null ? null : category),
    }),
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

const RetentionInput = builder.inputType('RetentionInput', {
  description: 'For how long, and how many, articles a category keeps; no limit unless given.',
  fields: (t) => ({
    maxAgeDays: t.int({ description: 'Days since an article was ingested: 1 to 36,500; null for no limit.' }),
    maxArticles: t.int({ description: 'How many, those that were ingested last: 1 to 10,000,000; null for no limit.' }),
  }),
})

const AddCategoryInput = builder.inputType('AddCategoryInput', {
  description: 'A new category.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'A slug: ^[a-z0-9][a-z0-9_-]{0,63}$, not shaped like a UUID. It stays.' }),
    name: t.string({ required: true, description: '1 to 200 characters.' }),
    description: t.string({ description: 'At most 2,000 characters.' }),
    retention: t.field({ type: RetentionInput, description: 'What it keeps of its articles; all when left out.' }),
  }),
})

const UpdateCategoryInput = builder.inputType('UpdateCategoryInput', {
  description: 'What changes; what is left out stays.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Which category.' }),
    name: t.string({ description: '1 to 200 characters.' }),
    description: t.string({ description: 'At most 2,000 characters; null takes it away.' }),
    retention: t.field({ type: RetentionInput, description: 'What it keeps of its articles: a limit that is left out stays, null takes it, or both, away.' }),
  }),
})

builder.mutationField('addCategory', (t) =>
  t.field({
    type: CategoryPayload,
    description: 'CONFLICT when the id is taken.',
    args: { input: t.arg({ type: AddCategoryInput, required: true, description: 'The category.' }) },
    resolve: async (_root, { input: { id, name, description, retention } }, { prisma }) => ({
      category: await addCategory(prisma, { id, name, description: description ?? null, retention: retention ?? null }),
    }),
  }),
)

builder.mutationField('updateCategory', (t) =>
  t.field({
    type: CategoryPayload,
    description: 'Renames or describes a category, or changes what it keeps.',
    args: { input: t.arg({ type: UpdateCategoryInput, required: true, description: 'The change.' }) },
    resolve: async (_root, { input: { id, name, description, retention } }, { prisma }) => ({
      category: await updateCategory(prisma, {
        id,
        ...(name != null && { name }),
        ...(description !== undefined && { description }),
        ...(retention !== undefined && { retention }),
      }),
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
