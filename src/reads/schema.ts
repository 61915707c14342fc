import { notFound } from '../errors.ts'
import { builder } from '../graphql/builder.ts'
import { recordRead } from './record.ts'

const RecordReadInput = builder.inputType('RecordReadInput', {
  description: 'A read of an article.',
  fields: (t) => ({
    articleId: t.id({ required: true, description: 'Which article.' }),
    idempotencyKey: t.string({ description: 'The same key counts once. 1 to 200 characters.' }),
  }),
})

const RecordReadPayload = builder.objectRef<{ articleId: string; counted: boolean }>('RecordReadPayload').implement({
  description: 'The read, stored.',
  fields: (t) => ({
    article: t.prismaField({
      type: 'Article',
      description: 'The article with its new count.',
      // It may have been deleted since it was read, also since its key was counted.
      resolve: async (query, { articleId }, _args, { prisma }) => {
        const article = await prisma.article.findUnique({ ...query, where: { id: articleId } })
        if (!article) throw notFound('article', 'input.articleId')
        return article
      },
    }),
    counted: t.exposeBoolean('counted', { description: 'False when the idempotencyKey had been counted before.' }),
  }),
})

builder.mutationField('recordRead', (t) =>
  t.field({
    type: RecordReadPayload,
    description: 'Counts one read. Answered only once it is stored. The same idempotencyKey counts once; for another article it is CONFLICT.',
    args: { input: t.arg({ type: RecordReadInput, required: true, description: 'The read.' }) },
    resolve: async (_root, { input: { articleId, idempotencyKey } }, { prisma, clock }) => ({
      articleId,
      counted: await recordRead(prisma, { articleId, ...(idempotencyKey != null && { idempotencyKey }) }, clock()),
    }),
  }),
)
