import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { getOperationAST, GraphQLError, type ExecutionArgs, type ExecutionResult } from 'graphql'
import { CloseCode, handleProtocols, makeServer, type Server as ProtocolServer, type ServerOptions } from 'graphql-ws'
import type { Logger } from 'pino'
import { WebSocketServer, type WebSocket } from 'ws'
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
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes, perMessageDeflate: false, handleProtocols })
  const served = makeServer(protocol(yoga, logger))
  let closing = false

  server.on('upgrade', (req, socket: Duplex, head) => {
    const refuse = (status: string) => void socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
    socket.on('error', () => socket.destroy())
    if (closing) return refuse('503 Service Unavailable')
    if (refusal(req.headers)) return refuse('403 Forbidden')
    if (pathOf(req) !== '/graphql') return refuse('404 Not Found')
    sockets.handleUpgrade(req, socket, head, (ws) => {
      // Without a listener, a frame that is none would end the process. ws has closed the socket with the right code by then.
      ws.on('error', (error) => logger.debug({ err: error }, 'a client broke the WebSocket protocol'))
      if (sockets.clients.size > maxSockets) ws.close(1013, 'Try again later')
      else serveSocket(ws, served, logger)
    })
  })

  return async () => {
    closing = true
    const ended = [...sockets.clients].map((socket) => new Promise((resolve) => socket.once('close', resolve)))
    for (const socket of sockets.clients) socket.close(1001, 'Going away')
    const patience = setTimeout(() => sockets.clients.forEach((socket) => socket.terminate()), 2_000)
    await Promise.all(ended)
    clearTimeout(patience)
    await new Promise((resolve) => sockets.close(resolve))
  }
}

/** One socket of the protocol, as graphql-ws/use/ws has it, but that nothing goes to the console, or unmasked to the client. */
function serveSocket(socket: WebSocket, served: ProtocolServer, logger: Logger): void {
  let answered = true
  const beat = setInterval(() => {
    if (!answered) return socket.terminate()
    answered = false
    socket.ping()
  }, pingMs)
  socket.on('pong', () => (answered = true))

  const failed = (error: unknown) => {
    if (socket.readyState !== socket.OPEN) return // what could not be sent to who is gone
    logger.error({ err: error }, 'a message failed')
    socket.close(CloseCode.InternalServerError, 'Internal server error')
  }
  const closed = served.opened(
    {
      protocol: socket.protocol,
      send: (data) =>
        new Promise((resolve, reject) => {
          if (socket.readyState !== socket.OPEN) resolve()
          else socket.send(data, (error) => (error ? reject(error) : resolve()))
        }),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (take) => socket.on('message', (data) => void take((data as Buffer).toString()).catch(failed)),
    },
    undefined,
  )
  socket.once('close', (code, reason) => {
    clearInterval(beat)
    closed(code, String(reason)).catch((error: unknown) => logger.error({ err: error }, 'a subscription did not end cleanly'))
  })
}

/** What graphql-ws asks of a server, answered by Yoga's own parse, validate, execute and subscribe. */
function protocol(yoga: Yoga, logger: Logger): ServerOptions {
  const running = (args: ExecutionArgs) =>
    args as ExecutionArgs & { rootValue: { execute: (args: ExecutionArgs) => never; subscribe: (args: ExecutionArgs) => never } }
  return {
    connectionInitWaitTimeout: connectionInitWaitMs,
    execute: (args) => running(args).rootValue.execute(args),
    subscribe: (args) => running(args).rootValue.subscribe(args),
    onSubscribe: async (ctx, _id, { query, variables, operationName }) => {
      if (Object.keys(ctx.subscriptions).length > maxOperationsPerSocket)
        return [new GraphQLError(`At most ${maxOperationsPerSocket} operations run at the same time on one socket.`, { extensions: { code: 'RATE_LIMITED' } })]
      try {
        const { schema, parse, validate, contextFactory, execute, subscribe } = yoga.getEnveloped({ method: 'WS', params: { query, variables, operationName } })
        const document = parse(query)
        const errors = validate(schema, document)
        if (errors.length > 0) return errors
        return {
          schema,
          document,
          operationName: operationName ?? null,
          variableValues: variables ?? {},
          contextValue: await contextFactory(),
          rootValue: { execute, subscribe },
        }
      } catch (error) {
        return [error instanceof GraphQLError ? error : new GraphQLError('', { originalError: error as Error })]
      }
    },
    // A subscription that could not start is a result with errors and no data; as a throwing iterator it becomes an error message.
    onOperation: (_ctx, _id, _payload, args, result) => {
      const isSubscription = getOperationAST(args.document, args.operationName)?.operation === 'subscription'
      const failed = isSubscription && !(Symbol.asyncIterator in result) && (result as ExecutionResult).errors
      return failed ? throwing(failed) : undefined
    },
    onNext: (_ctx, _id, _payload, _args, result) =>
      (result.errors ? { ...result, errors: result.errors.map((error) => presentError(error, logger).toJSON()) } : undefined) as never,
    onError: (_ctx, _id, _payload, errors) => {
      const causes = errors.flatMap((error) =>
        error.originalError instanceof AggregateError ? (error.originalError.errors as Error[]) : (error.originalError ?? error),
      )
      return causes.map((error) => presentError(error, logger).toJSON()) as never
    },
  }
}

function throwing(errors: readonly Error[]): AsyncIterableIterator<never> {
  const iterator: AsyncIterableIterator<never> = {
    next: () => Promise.reject(new AggregateError(errors)),
    [Symbol.asyncIterator]: () => iterator,
  }
  return iterator
}
