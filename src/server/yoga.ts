import type { ExecutionArgs, ExecutionResult, GraphQLSchema } from 'graphql'
import { createYoga, isAsyncIterable, type Plugin, type YogaLogger } from 'graphql-yoga'
import type { Logger } from 'pino'
import type { Context } from '../graphql/context.ts'
import { asksFor, maxTokens, onceInDocument } from '../graphql/limits.ts'
import { subscribeAfresh } from '../graphql/subscribe.ts'
import { readHead } from '../stream/log.ts'
import { exampleTabs, graphiqlPage } from './graphiql.ts'
import { presentError } from './present-error.ts'

export type Yoga = ReturnType<typeof createGraphQL>

/** What a caller of the schema brings: the method of its request, or WS. */
export type ServerContext = { method: string }

/** The GraphQL endpoint as an ordered list of plugins, for HTTP and WebSocket alike. */
export function createGraphQL({ schema, logger, contextFor }: { schema: GraphQLSchema; logger: Logger; contextFor: (method: string) => Context }) {
  return createYoga<ServerContext, Context>({
    schema,
    context: ({ request, method }: { request?: Request; method?: string }) => contextFor(method ?? request?.method ?? ''),
    graphqlEndpoint: '/graphql',
    landingPage: false,
    cors: false, // the HTTP server refuses foreign origins before anything is read
    multipart: false,
    logging: yogaLogger(logger),
    maskedErrors: { errorMessage: 'Internal server error.', maskError: (error) => presentError(error, logger) },
    graphiql: { title: 'Newswire', subscriptionsProtocol: 'WS', defaultTabs: exampleTabs, defaultQuery: exampleTabs[0]!.query },
    renderGraphiQL: graphiqlPage,
    plugins: [limitDocuments(), readHeadFirst(), contextForEachEvent(), presentErrors(logger)],
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
      context.head = readHead(context.prisma)
      await context.head.catch(() => undefined) // the field reports it
    },
  }
}

function contextForEachEvent(): Plugin<Context> {
  return {
    onSubscribe: ({ setSubscribeFn }) => setSubscribeFn((args) => subscribeAfresh(args as ExecutionArgs)),
  }
}

/** Errors that never pass through execution (syntax, validation), and those of a subscription's iterator. */
function presentErrors(logger: Logger): Plugin<Context> {
  const present = (result: ExecutionResult): ExecutionResult =>
    result.errors ? { ...result, errors: result.errors.map((error) => presentError(error, logger)) } : result
  // Not a generator: that would take the client's leaving only once what it waits for has come.
  const presentAll = (source: AsyncIterable<ExecutionResult>): AsyncIterableIterator<ExecutionResult> => {
    const results = source[Symbol.asyncIterator]()
    let failed = false
    const presented: AsyncIterableIterator<ExecutionResult> = {
      next: async () => {
        if (failed) return { done: true, value: undefined }
        try {
          const { done, value } = await results.next()
          return done ? { done, value: undefined } : { done: false, value: present(value) }
        } catch (error) {
          failed = true
          return { done: false, value: { errors: [presentError(error, logger)] } }
        }
      },
      return: async () => {
        await results.return?.()
        return { done: true, value: undefined }
      },
      [Symbol.asyncIterator]: () => presented,
    }
    return presented
  }
  return {
    onResultProcess: (hook) => {
      const { result } = hook
      if (isAsyncIterable(result)) hook.setResult(presentAll(result as AsyncIterable<ExecutionResult>))
      else if (!Array.isArray(result)) hook.setResult(present(result as ExecutionResult))
    },
  }
}
