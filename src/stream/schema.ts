import { articleFilter, filterMatches, type ArticleFilter } from '../articles/filter.ts'
import { loadArticle } from '../articles/load.ts'
import { Article, ArticleFilterInput } from '../articles/types.ts'
import type { Prisma } from '../db/connect.ts'
import { builder } from '../graphql/builder.ts'
import type { Context } from '../graphql/context.ts'
import { selects } from '../graphql/selects.ts'
import { notFound } from '../errors.ts'
import { decodeStreamCursor, encodeStreamCursor } from './cursor.ts'
import type { HeadReader } from './head.ts'
import type { Head, LoggedEvent } from './log.ts'
import { LogSource, type EventRoot, type Selection } from './source.ts'
import type { TextJudge } from './text-judge.ts'
import type { Wake } from './wake.ts'

declare module '../graphql/context.ts' {
  interface Context {
    wake: Pick<Wake, 'hint'>
    readHead: HeadReader
    textJudge: TextJudge
    /** The stream's head, read before any field of the operation when it asks for streamCursor. */
    head?: Promise<Head>
    /** The cursor after which an event stream is taken up again; it goes before the argument `after`. */
    lastEventId?: string | undefined
  }
}

/** @throws CURSOR_INVALID, CURSOR_EXPIRED */
async function follow({ prisma, readHead, lastEventId }: Context, after: string | null | undefined, selection: Selection): Promise<AsyncIterable<EventRoot>> {
  const head = await readHead()
  const cursor = lastEventId ?? after
  const position = cursor == null ? head.position : decodeStreamCursor(cursor, head, lastEventId === undefined ? 'after' : 'Last-Event-ID')
  return new LogSource({
    streamId: head.streamId,
    after: position,
    selection,
    gone: async ({ articleId }) => articleId !== undefined && (await areThere(prisma, [articleId])).size === 0,
  })
}

async function areThere(prisma: Prisma, ids: string[]): Promise<Set<string>> {
  const rows = await prisma.article.findMany({ where: { id: { in: ids } }, select: { id: true } })
  return new Set(rows.map(({ id }) => id))
}

/** Articles that are gone are passed over: where one is asked for, its absence shows; else it is looked for. Who asks for a text finds none. */
function ingested({ prisma, textJudge }: Context, filter: ArticleFilter, looksForThem: boolean): Selection {
  const matches = (event: LoggedEvent) => event.kind === 'INGESTED' && filterMatches(filter, event.facts)
  return {
    key: JSON.stringify(filter),
    wants: (events) => {
      const wanted = events.map(matches)
      if (filter.text) return among(events, wanted, (ids) => textJudge(filter.text!.tsquery, ids))
      return looksForThem ? among(events, wanted, (ids) => areThere(prisma, ids)) : wanted
    },
  }
}

/** What is removed has no text any more: whoever asks for one hears of it when all else holds, since it may be an article that they have. */
function changed({ textJudge }: Context, filter: ArticleFilter): Selection {
  const matches = (event: LoggedEvent) =>
    event.kind !== 'INGESTED' && (filterMatches(filter, event.facts) || (event.before !== null && filterMatches(filter, event.before)))
  return {
    key: JSON.stringify(filter),
    wants: async (events) => {
      const wanted = events.map(matches)
      if (!filter.text) return wanted
      const updated = events.map(({ kind }, i) => wanted[i]! && kind === 'UPDATED')
      const having = await among(events, updated, (ids) => textJudge(filter.text!.tsquery, ids))
      return events.map(({ kind }, i) => (kind === 'REMOVED' ? wanted[i]! : having[i]!))
    },
  }
}

/** Those of the wanted events whose articles are found, which are looked for when there are any. */
async function among(events: readonly LoggedEvent[], wanted: boolean[], find: (ids: string[]) => Promise<ReadonlySet<string>>): Promise<boolean[]> {
  if (!wanted.includes(true)) return wanted
  const found = await find(events.flatMap(({ articleId }, i) => (wanted[i] ? [articleId] : [])))
  return events.map(({ articleId }, i) => wanted[i]! && found.has(articleId))
}

builder.queryField('streamCursor', (t) =>
  t.string({
    description:
      "The stream's newest position, read before any other field of the operation, whatever their order. Ask for it with a page of articles and subscribe after it: nothing is missed; an article of the page may come again.",
    resolve: async (_root, _args, { head, readHead }) => encodeStreamCursor(await (head ?? readHead())),
  }),
)

const ArticleEvent = builder.objectRef<EventRoot>('ArticleEvent').implement({
  description: 'A newly ingested article.',
  fields: (t) => ({
    cursor: t.string({ description: 'Its position on the stream: a subscription after it goes on with the next.', resolve: ({ cursor }) => cursor }),
    article: t.field({
      type: Article,
      description: 'The article as it is now.',
      resolve: ({ articleId }, _args, context, info) => {
        const article = loadArticle(context, info, articleId)
        return article instanceof Promise ? article.then(orNotFound) : orNotFound(article)
      },
    }),
  }),
})

/** @throws NOT_FOUND, and so the event is passed over */
function orNotFound<T>(article: T | null): T {
  if (!article) throw notFound('article')
  return article
}

const ArticleChangeKind = builder.enumType('ArticleChangeKind', {
  description: 'What happened to an article.',
  values: { UPDATED: { description: 'It was edited, or enriched: updatedAt tells which.' }, REMOVED: { description: 'It was removed.' } } as const,
})

const ArticleChange = builder.objectRef<EventRoot>('ArticleChange').implement({
  description: 'An edit or removal of an article.',
  fields: (t) => ({
    cursor: t.string({ description: 'Its position on the same stream; keep one cursor for each subscription.', resolve: ({ cursor }) => cursor }),
    kind: t.field({ type: ArticleChangeKind, description: 'What happened.', resolve: ({ kind }) => kind as 'UPDATED' | 'REMOVED' }),
    articleId: t.exposeID('articleId', { description: 'Which article.' }),
    article: t.field({
      type: Article,
      nullable: true,
      description: 'The article as it is now; null once removed.',
      resolve: ({ articleId }, _args, context, info) => loadArticle(context, info, articleId),
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
    subscribe: (_root, { after, filter }, context, info) => follow(context, after, ingested(context, articleFilter(filter), !selects(info, 'article'))),
    resolve: (event) => event,
  }),
)

builder.subscriptionField('articleChanged', (t) =>
  t.field({
    type: ArticleChange,
    description:
      'Edits and removals. Delivered when the filter holds before or after the change; its text is asked of the article as it is now, and of a removed one not at all.',
    args: {
      after: t.arg.string({ description: 'A cursor of this stream; from now on when left out.' }),
      filter: t.arg({ type: ArticleFilterInput, description: 'Which articles.' }),
    },
    subscribe: (_root, { after, filter }, context) => follow(context, after, changed(context, articleFilter(filter))),
    resolve: (event) => event,
  }),
)
