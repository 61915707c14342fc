import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { CloseCode, handleProtocols, makeServer, type Server as ProtocolServer } from 'graphql-ws'
import type { Logger } from 'pino'
import { WebSocketServer, type WebSocket } from 'ws'
import { slowConsumer } from '../errors.ts'
import type { Subscriptions } from '../stream/subscriptions.ts'
import { pathOf, refusal } from './origin.ts'
import { createOutlet } from './outlet.ts'
import { protocol, type Client } from './protocol.ts'
import type { Slots } from './slots.ts'
import type { Yoga } from './yoga.ts'

type Deps = { server: Server; yoga: Yoga; subscriptions: Subscriptions; logger: Logger; slots: Slots }
type Limits = { messageBytes: number; operations: number; initMs: number; keepAliveMs: number }

/**
 * graphql-transport-ws at /graphql. Every error of a subscription is the protocol's error message, never a dropped socket.
 * @param limits bytes of a client's message, operations at the same time on a socket, ms until the greeting, and from a ping to the next
 * @returns closes all sockets with 1001, so that clients know to come back
 */
export function serveWebSocket({ server, yoga, subscriptions, logger, slots }: Deps, limits: Limits): () => Promise<void> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: limits.messageBytes, perMessageDeflate: false, handleProtocols })
  const served = makeServer(protocol({ yoga, subscriptions, logger }, limits))
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
      if (!slots.take()) return ws.close(1013, 'Try again later')
      ws.once('close', slots.free)
      serveSocket(ws, socket, { served, logger, keepAliveMs: limits.keepAliveMs })
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

type Serving = { served: ProtocolServer<Client>; logger: Logger; keepAliveMs: number }

/**
 * One socket of the protocol, as graphql-ws/use/ws has it, but that nothing goes to the console, or unmasked to the client.
 * Results are written past ws, as whole frames: it writes whole ones too, since nothing is compressed.
 */
function serveSocket(ws: WebSocket, socket: Duplex, { served, logger, keepAliveMs }: Serving): void {
  const outlet = createOutlet(socket, () => ws.terminate())
  const write = (bytes: Buffer | string) => {
    if (ws.readyState === ws.OPEN) outlet.write(bytes)
  }
  const client: Client = { outlet: { ...outlet, write }, live: new Map() }

  let answered = true
  const beat = setInterval(() => {
    if (!answered) {
      clearInterval(beat)
      return giveUp(ws, client)
    }
    answered = false
    ws.ping()
    const positions = positionsOf(client)
    if (positions && outlet.waiting() === 0) ws.send(JSON.stringify({ type: 'ping', payload: positions }))
  }, keepAliveMs)
  ws.on('pong', () => (answered = true))

  const failed = (error: unknown) => {
    if (ws.readyState !== ws.OPEN) return // what could not be sent to who is gone
    logger.error({ err: error }, 'a message failed')
    ws.close(CloseCode.InternalServerError, 'Internal server error')
  }
  const closed = served.opened(
    {
      protocol: ws.protocol,
      send: (data) =>
        new Promise((resolve, reject) => {
          if (ws.readyState !== ws.OPEN) resolve()
          else ws.send(data, (error) => (error ? reject(error) : resolve()))
        }),
      close: (code, reason) => ws.close(code, reason),
      onMessage: (take) => ws.on('message', (data) => void take((data as Buffer).toString()).catch(failed)),
    },
    client,
  )
  ws.once('close', (code, reason) => {
    clearInterval(beat)
    closed(code, String(reason)).catch((error: unknown) => logger.error({ err: error }, 'a subscription did not end cleanly'))
  })
}

/** Gone, or not reading: what it may still read ends with the cursors to come back with. */
function giveUp(ws: WebSocket, { live }: Client): void {
  for (const { cursor, fail } of live.values()) fail(slowConsumer(cursor()))
  // Once those errors are written. ws cuts off who does not answer that either.
  setImmediate(() => ws.close(1013, 'No answer to a ping'))
}

/** Up to where the subscriptions of a socket have been served, of all and of each; its results until then are sent already. */
function positionsOf({ live }: Client): { cursor: string; cursors: Record<string, string> } | undefined {
  const placed = [...live].flatMap(([id, { cursor, position }]) => {
    const at = position()
    return at === undefined ? [] : [{ id, at, cursor: cursor()! }]
  })
  if (placed.length === 0) return undefined
  const oldest = placed.reduce((a, b) => (b.at < a.at ? b : a))
  return { cursor: oldest.cursor, cursors: Object.fromEntries(placed.map(({ id, cursor }) => [id, cursor])) }
}
