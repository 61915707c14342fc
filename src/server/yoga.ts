import type { ExecutionArgs, ExecutionResult, GraphQLSchema } from 'graphql'
import { createYoga, isAsyncIterable, type Plugin } from 'graphql-yoga'
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
    logging: { debug: (...args) => logger.debug(args), info: (...args) => logger.info(args), warn: (...args) => logger.warn(args), error: (...args) => logger.error(args) },
    maskedErrors: { errorMessage: 'Internal server error.', maskError: (error) => presentError(error, logger) },
    graphiql: { title: 'Newswire', subscriptionsProtocol: 'WS', defaultTabs: exampleTabs, defaultQuery: exampleTabs[0]!.query },
    renderGraphiQL: graphiqlPage,
    plugins: [limitDocuments(), readHeadFirst(), contextForEachEvent(), presentErrors(logger)],
  })
}

/** Tokens are counted while parsing; the rest of the limits is the schema's own (graphql/limits.ts). */
function limitDocuments(): Plugin<Context> {
  return {
    onParse: ({ params }) => {
      params.options = { ...params.options, maxTokens }
    },
    onValidate: ({ addValidationRule }) => addValidationRule(onceInDocument('previewFeed')),
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
  const present = (result: ExecutionResult): ExecutionResult => (result.errors ? { ...result, errors: result.errors.map((error) => presentError(error, logger)) } : result)
  async function* presentAll(results: AsyncIterable<ExecutionResult>): AsyncGenerator<ExecutionResult> {
    try {
      for await (const result of results) yield present(result)
    } catch (error) {
      yield { errors: [presentError(error, logger)] }
    }
  }
  return {
    onResultProcess: ({ result, setResult }) => {
      if (isAsyncIterable(result)) setResult(presentAll(result as AsyncIterable<ExecutionResult>))
      else if (!Array.isArray(result)) setResult(present(result as ExecutionResult))
    },
  }
}
