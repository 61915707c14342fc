import type { Notices } from '../db/notices.ts'
import { badInput, notFound } from '../errors.ts'
import { builder } from '../graphql/builder.ts'
import type { Topic } from '../stream/conflate.ts'
import { LiveSource } from '../stream/source.ts'
import { recordRead, recordReads, type ReadResult } from './count.ts'
import type { ReadRecorder } from './record.ts'

declare module '../graphql/context.ts' {
  interface Context {
    notices: Pick<Notices, 'say'>
    recorder: ReadRecorder
    /** The ids of articles whose counters move. */
    reads: Topic<string>
  }
}

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
    resolve: async (_root, { input }, { recorder }) => ({ articleId: input.articleId, counted: await recordRead(recorder, input) }),
  }),
)

const RecordReadsInput = builder.inputType('RecordReadsInput', {
  description: 'Reads of articles.',
  fields: (t) => ({ reads: t.field({ type: [RecordReadInput], required: true, description: '1 to 500 reads.' }) }),
})

const RecordReadResult = builder.objectRef<ReadResult>('RecordReadResult').implement({
  description: 'What became of a read.',
  fields: (t) => ({
    articleId: t.exposeID('articleId', { description: 'Of which article.' }),
    counted: t.exposeBoolean('counted', { description: 'Whether it was counted by this.' }),
    errorCode: t.exposeString('errorCode', {
      nullable: true,
      description: 'NOT_FOUND, or CONFLICT where its key was used for another article. Null when it was counted, now or before.',
    }),
  }),
})

const RecordReadsPayload = builder.objectRef<{ results: ReadResult[] }>('RecordReadsPayload').implement({
  description: 'The reads, stored.',
  fields: (t) => ({ results: t.field({ type: [RecordReadResult], description: 'In the order of the input.', resolve: ({ results }) => results }) }),
})

builder.mutationField('recordReads', (t) =>
  t.field({
    type: RecordReadsPayload,
    description: '1 to 500 reads, in the order of the input, each judged on its own. Answered only once they are stored.',
    args: { input: t.arg({ type: RecordReadsInput, required: true, description: 'The reads.' }) },
    resolve: async (_root, { input }, { recorder }) => {
      if (input.reads.length < 1 || input.reads.length > 500) throw badInput('Give 1 to 500 reads.', 'input.reads')
      return { results: await recordReads(recorder, input.reads) }
    },
  }),
)

const mostIds = 1_000

builder.subscriptionField('articleRead', (t) =>
  t.prismaField({
    type: 'Article',
    description: 'Read counters as they move: at most one event a second for an article, the last value always delivered.',
    args: { articleIds: t.arg.idList({ description: 'Which articles, at most 1,000; all when left out.' }) },
    subscribe: (_root, { articleIds }, { prisma, reads }) => {
      if (articleIds && articleIds.length > mostIds) throw badInput(`At most ${mostIds} members.`, 'articleIds')
      const wanted = articleIds && new Set(articleIds.map((id) => id.toLowerCase()))
      return new LiveSource({
        topic: reads,
        key: wanted ? JSON.stringify([...wanted].sort()) : '',
        wants: (id) => !wanted || wanted.has(id),
        root: (articleId) => ({ articleId }),
        gone: async ({ articleId }) => (await prisma.article.findUnique({ where: { id: articleId! }, select: { id: true } })) === null,
      })
    },
    resolve: (query, root, _args, { prisma }) => prisma.article.findUniqueOrThrow({ ...query, where: { id: (root as { articleId: string }).articleId } }),
  }),
)
