import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { GraphQLError, type ExecutionArgs, type ExecutionResult } from 'graphql'
import type { ServerOptions } from 'graphql-ws'
import { useServer } from 'graphql-ws/use/ws'
import type { Logger } from 'pino'
import { WebSocketServer } from 'ws'
import { pathOf, refusal } from './origin.ts'
import { presentError } from './present-error.ts'
import type { Yoga } from './yoga.ts'

/** Bytes of one message from a client; a larger one closes its socket with 1009. */
export const maxMessageBytes = 1024 * 1024
/** Operations that run at the same time on one socket. */
export const maxOperationsPerSocket = 100
const connectionInitWaitMs = 3_000
const pingMs = 12_000

/**
 * graphql-transport-ws at /graphql. Every error of a subscription is the protocol's error message, never a dropped socket.
 * @returns closes all sockets with 1001, so that clients know to come back
 */
export function serveWebSocket({ server, yoga, logger, maxSockets }: { server: Server; yoga: Yoga; logger: Logger; maxSockets: number }): () => Promise<void> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes, perMessageDeflate: false })
  const served = useServer(protocol(yoga, logger), sockets, pingMs)

  server.on('upgrade', (req, socket: Duplex, head) => {
    socket.on('error', () => socket.destroy())
    if (refusal(req.headers)) return void socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    if (pathOf(req) !== '/graphql') return void socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    sockets.handleUpgrade(req, socket, head, (ws) => {
      if (sockets.clients.size > maxSockets) ws.close(1013, 'Try again later')
      else sockets.emit('connection', ws, req)
    })
  })

  return async () => {
    for (const socket of sockets.clients) socket.close(1001, 'Going away')
    const patience = setTimeout(() => sockets.clients.forEach((socket) => socket.terminate()), 2_000)
    await Promise.all([...sockets.clients].map((socket) => new Promise((resolve) => socket.once('close', resolve))))
    clearTimeout(patience)
    await served.dispose()
  }
}

/** What graphql-ws asks of a server, answered by Yoga's own parse, validate, execute and subscribe. */
function protocol(yoga: Yoga, logger: Logger): ServerOptions {
  const running = (args: ExecutionArgs) => args as ExecutionArgs & { rootValue: { execute: (args: ExecutionArgs) => never; subscribe: (args: ExecutionArgs) => never } }
  return {
    connectionInitWaitTimeout: connectionInitWaitMs,
    execute: (args) => running(args).rootValue.execute(args),
    subscribe: (args) => running(args).rootValue.subscribe(args),
    onSubscribe: async (ctx, _id, { query, variables, operationName }) => {
      if (Object.keys(ctx.subscriptions).length > maxOperationsPerSocket) return [new GraphQLError(`At most ${maxOperationsPerSocket} operations run at the same time on one socket.`, { extensions: { code: 'RATE_LIMITED' } })]
      try {
        const { schema, parse, validate, contextFactory, execute, subscribe } = yoga.getEnveloped({ method: 'WS', params: { query, variables, operationName } })
        const document = parse(query)
        const errors = validate(schema, document)
        if (errors.length > 0) return errors
        return { schema, document, operationName: operationName ?? null, variableValues: variables ?? {}, contextValue: await contextFactory(), rootValue: { execute, subscribe } }
      } catch (error) {
        return [error instanceof GraphQLError ? error : new GraphQLError('', { originalError: error as Error })]
      }
    },
    // A subscription that could not start is a result with errors and no data; as a throwing iterator it becomes an error message.
    onOperation: (_ctx, _id, _payload, args, result) => {
      const failed = args.document.definitions.some((d) => d.kind === 'OperationDefinition' && d.operation === 'subscription') && !(Symbol.asyncIterator in result) && (result as ExecutionResult).errors
      return failed ? throwing(failed) : undefined
    },
    onNext: (_ctx, _id, _payload, _args, result) => (result.errors ? { ...result, errors: result.errors.map((error) => presentError(error, logger).toJSON()) } : undefined) as never,
    onError: (_ctx, _id, _payload, errors) => {
      const causes = errors.flatMap((error) => (error.originalError instanceof AggregateError ? (error.originalError.errors as Error[]) : (error.originalError ?? error)))
      return causes.map((error) => presentError(error, logger).toJSON()) as never
    },
  }
}

async function* throwing(errors: readonly Error[]): AsyncGenerator<never> {
  throw new AggregateError(errors)
}

