import { articleFilter, filterMatches, type ArticleFilter } from '../articles/filter.ts'
import { ArticleFilterInput } from '../articles/types.ts'
import { builder } from '../graphql/builder.ts'
import type { Context } from '../graphql/context.ts'
import type { SourceEvent } from '../graphql/subscribe.ts'
import { decodeStreamCursor, encodeStreamCursor, type Position } from './cursor.ts'
import { follow } from './follow.ts'
import { readHead, type LoggedEvent } from './log.ts'
import type { Wake } from './wake.ts'

declare module '../graphql/context.ts' {
  interface Context {
    wake: Wake
    /** The stream's head, read before any field of the operation when it asks for streamCursor. */
    head?: Promise<Position>
  }
}

/** An event with the cursor that names its position. */
type Delivered = LoggedEvent & SourceEvent & { cursor: string }

/** @throws CURSOR_INVALID */
async function subscribe(
  context: Context,
  after: string | null | undefined,
  wants: (event: LoggedEvent) => boolean | Promise<boolean>,
): Promise<AsyncIterable<Delivered>> {
  const head = await readHead(context.prisma)
  const position = after == null ? head.position : decodeStreamCursor(after, head, 'after')
  const events = follow(context, position, wants, context.stopping)
  const delivered = (event: LoggedEvent): Delivered => ({
    ...event,
    cursor: encodeStreamCursor({ streamId: head.streamId, position: event.position }),
    gone: async () => !(await isThere(context, event)),
  })
  const next = async (): Promise<IteratorResult<Delivered>> => {
    const { done, value } = await events.next()
    return done ? { done, value: undefined } : { done: false, value: delivered(value) }
  }
  const iterator: AsyncIterableIterator<Delivered> = {
    next,
    return: async () => {
      await events.return?.()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]: () => iterator,
  }
  return iterator
}

const isThere = async ({ prisma }: Context, { articleId }: LoggedEvent) =>
  (await prisma.article.findUnique({ where: { id: articleId }, select: { id: true } })) !== null

const wantsIngested = (context: Context, filter: ArticleFilter) => async (event: LoggedEvent) =>
  event.kind === 'INGESTED' && filterMatches(filter, event.facts) && (await isThere(context, event))

const wantsChanged = (filter: ArticleFilter) => (event: LoggedEvent) =>
  event.kind !== 'INGESTED' && (filterMatches(filter, event.facts) || (event.before !== null && filterMatches(filter, event.before)))

builder.queryField('streamCursor', (t) =>
  t.string({
    description:
      "The stream's newest position, read before any other field of the operation, whatever their order. Ask for it with a page of articles and subscribe after it: nothing is missed; an article of the page may come again.",
    resolve: async (_root, _args, { head, prisma }) => encodeStreamCursor(await (head ?? readHead(prisma))),
  }),
)

const ArticleEvent = builder.objectRef<Delivered>('ArticleEvent').implement({
  description: 'A newly ingested article.',
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: 'Its position on the stream: a subscription after it goes on with the next.' }),
    article: t.prismaField({
      type: 'Article',
      description: 'The article as it is now.',
      resolve: (query, { articleId }, _args, { prisma }) => prisma.article.findUniqueOrThrow({ ...query, where: { id: articleId } }),
    }),
  }),
})

const ArticleChangeKind = builder.enumType('ArticleChangeKind', {
  description: 'What happened to an article.',
  values: { UPDATED: { description: 'It was edited.' }, REMOVED: { description: 'It was removed.' } } as const,
})

const ArticleChange = builder.objectRef<Delivered>('ArticleChange').implement({
  description: 'An edit or removal of an article.',
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: 'Its position on the same stream; keep one cursor for each subscription.' }),
    kind: t.field({ type: ArticleChangeKind, description: 'What happened.', resolve: ({ kind }) => kind as 'UPDATED' | 'REMOVED' }),
    articleId: t.exposeID('articleId', { description: 'Which article.' }),
    article: t.prismaField({
      type: 'Article',
      nullable: true,
      description: 'The article as it is now; null once removed.',
      resolve: (query, { articleId }, _args, { prisma }) => prisma.article.findUnique({ ...query, where: { id: articleId } }),
    }),
  }),
})

builder.subscriptionField('articleIngested', (t) =>
  t.field({
    type: ArticleEvent,
    description:
      'Every newly ingested article, once, in stream order. With after: first everything since that cursor, then live, with no gap and no repeat. Articles removed since are passed over.',
    args: {
      after: t.arg.string({ description: 'A cursor of this stream; from now on when left out.' }),
      filter: t.arg({ type: ArticleFilterInput, description: 'Which articles.' }),
    },
    subscribe: (_root, { after, filter }, context) => subscribe(context, after, wantsIngested(context, articleFilter(filter))),
    resolve: (event) => event,
  }),
)

builder.subscriptionField('articleChanged', (t) =>
  t.field({
    type: ArticleChange,
    description: 'Edits and removals. Delivered when the filter holds before or after the change.',
    args: {
      after: t.arg.string({ description: 'A cursor of this stream; from now on when left out.' }),
      filter: t.arg({ type: ArticleFilterInput, description: 'Which articles.' }),
    },
    subscribe: (_root, { after, filter }, context) => subscribe(context, after, wantsChanged(articleFilter(filter))),
    resolve: (event) => event,
  }),
)
