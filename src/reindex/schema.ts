import { builder } from '../graphql/builder.ts'
import { beginWalk, readProgress, type Progress } from './walk.ts'

const Reindex = builder.objectRef<Progress>('Reindex').implement({
  description: 'A walk over all articles that makes anew what they are found by and what enriches them.',
  fields: (t) => ({
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true, description: 'When it began; null where there never was one.' }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true, description: 'When it got to the end; null while it is under way.' }),
    articles: t.exposeInt('articles', { description: 'Articles that were there when it began, or have been indexed since, where these are more.' }),
    indexed: t.exposeInt('indexed', { description: 'Articles that can be found anew.' }),
    enriching: t.exposeInt('enriching', { description: 'How many times articles, these or others, are still to be enriched; at most 100,000 are counted.' }),
  }),
})

builder.queryField('reindex', (t) =>
  t.field({ type: Reindex, description: 'How far the walk begun last is.', resolve: (_root, _args, { prisma }) => readProgress(prisma) }),
)

builder.mutationField('reindex', (t) =>
  t.field({
    type: Reindex,
    description: 'Begins to index all articles anew, while everything goes on; one that is under way goes on.',
    resolve: async (_root, _args, { prisma, clock }) => {
      await beginWalk(prisma, clock())
      return readProgress(prisma)
    },
  }),
)
