import type { ExecutionResult, GraphQLSchema } from 'graphql'
import { createYoga, isAsyncIterable, type Plugin, type YogaLogger } from 'graphql-yoga'
import type { Logger } from 'pino'
import { badInput } from '../errors.ts'
import type { Context } from '../graphql/context.ts'
import { asksFor, maxTokens, onceInDocument } from '../graphql/limits.ts'
import { exampleTabs, graphiqlPage } from './graphiql.ts'
import { presentResult } from './operation.ts'
import { presentError } from './present-error.ts'

export type Yoga = ReturnType<typeof createGraphQL>

/** What a caller of the schema brings: the method of its request, or WS, and the cursor after which an event stream goes on. */
export type ServerContext = { method: string; lastEventId?: string }

/** The GraphQL endpoint as an ordered list of plugins, for HTTP and WebSocket alike. */
export function createGraphQL({ schema, logger, contextFor }: { schema: GraphQLSchema; logger: Logger; contextFor: (method: string) => Context }) {
  return createYoga<ServerContext, Context>({
    schema,
    context: ({ request, method, lastEventId }: { request?: Request; method?: string; lastEventId?: string }) => ({
      ...contextFor(method ?? request?.method ?? ''),
      lastEventId,
    }),
    graphqlEndpoint: '/graphql',
    landingPage: false,
    cors: false, // the HTTP server refuses foreign origins before anything is read
    multipart: false,
    logging: yogaLogger(logger),
    maskedErrors: { errorMessage: 'Internal server error.', maskError: (error) => presentError(error, logger) },
    graphiql: { title: 'Newswire', subscriptionsProtocol: 'WS', defaultTabs: exampleTabs, defaultQuery: exampleTabs[0]!.query },
    renderGraphiQL: graphiqlPage,
    plugins: [limitDocuments(), readHeadFirst(), refuseSubscriptions(), presentErrors(logger)],
  })
}

/** Yoga reports every error that a client sees, its mistakes too; what matters of them presentError has logged, with its id. */
function yogaLogger(logger: Logger): YogaLogger {
  const as =
    (level: 'debug' | 'info' | 'warn') =>
    (...details: unknown[]) =>
      logger[level]({ details }, 'yoga')
  return { debug: as('debug'), info: as('info'), warn: as('warn'), error: as('debug') }
}

/** Tokens are counted while parsing; the rest of the limits is the schema's own (graphql/limits.ts). */
function limitDocuments(): Plugin<Context> {
  return {
    onParse: ({ params }) => {
      params.options = { ...params.options, maxTokens }
    },
    onValidate: ({ addValidationRule }) => addValidationRule(onceInDocument('previewFeed', 'discoverFeeds', 'importOpml', 'exportOpml')),
  }
}

/** The position of a page must not be newer than the page. */
function readHeadFirst(): Plugin<Context> {
  return {
    onExecute: async ({ args }) => {
      if (!asksFor(args.document, 'streamCursor')) return
      const context = args.contextValue
      context.head = context.readHead()
      await context.head.catch(() => undefined) // the field reports it
    },
  }
}

/** Subscriptions go over WebSocket, or as event streams: neither passes through here. */
function refuseSubscriptions(): Plugin<Context> {
  const errors = [badInput('Subscribe over WebSocket, or ask with accept: text/event-stream.', 'accept')]
  return {
    onSubscribe: ({ setSubscribeFn }) => setSubscribeFn(() => ({ errors })),
  }
}

/** Errors that never pass through execution: of syntax, and of validation. */
function presentErrors(logger: Logger): Plugin<Context> {
  return {
    onResultProcess: (hook) => {
      const { result } = hook
      if (!Array.isArray(result) && !isAsyncIterable(result)) hook.setResult(presentResult(result as ExecutionResult, logger))
    },
  }
}
