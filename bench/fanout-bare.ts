// The limit: a server that has nothing but package ws, and writes one prebuilt frame to every client in a loop.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocketServer, type WebSocket } from 'ws'
import { answer, now } from './calls.ts'

export type BareCalls = typeof handlers

/** What a socket may have buffered before the broadcast waits for it. */
const mostBuffered = 64 * 1_024
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false, handleProtocols: () => 'graphql-transport-ws' })
const listening = once(server, 'listening')
const clients: { ws: WebSocket; raw: Duplex }[] = []
let frames: Buffer[] = []
let messages: string[] = []

server.on('connection', (ws, req) => {
  clients.push({ ws, raw: req.socket })
  ws.on('message', (data) => {
    if ((data as Buffer).includes('connection_init')) ws.send('{"type":"connection_ack"}')
  })
})

function frameOf(message: string): Buffer {
  const payload = Buffer.from(message)
  const long = payload.length > 125
  const head = Buffer.alloc(long ? 4 : 2)
  head[0] = 129
  head[1] = long ? 126 : payload.length
  if (long) head.writeUInt16BE(payload.length, 2)
  return Buffer.concat([head, payload])
}

/** As many clients as the filters of a scenario let through: those whose number is up to `width` behind the event's, of 100. */
const wants = (i: number, event: number, width: number) => (((event - i) % 100) + 100) % 100 < width

const drained = async () => {
  for (const { raw } of clients) if (raw.writableLength > mostBuffered) await once(raw, 'drain')
}

const handlers = {
  url: async (): Promise<string> => {
    await listening
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  },

  /** The messages that are sent: the very ones that the server under test sent for the same events. */
  load: (given: string[]): void => {
    messages = given
    frames = given.map(frameOf)
  },

  /**
   * Sends some messages to all clients, as fast as they take them.
   * @param width send an event only to clients that want it, that many of 100
   * @param how FRAMES: prebuilt; SEND: by ws.send(), which makes a frame for each client; JOINED: all frames of a client at once,
   * which costs this process little, and so shows how much the clients take
   */
  flat: async ({ from, count, how, width }: { from: number; count: number; how: 'FRAMES' | 'SEND' | 'JOINED'; width?: number }): Promise<void> => {
    if (how === 'JOINED') {
      const joined = Buffer.concat(frames.slice(from, from + count))
      for (const { raw } of clients) raw.write(joined)
      return
    }
    for (let event = from; event < from + count; event++) {
      const frame = frames[event]!
      const message = messages[event]!
      if (width !== undefined) {
        for (const [i, { raw }] of clients.entries()) if (wants(i, event, width)) raw.write(frame)
      } else if (how === 'SEND') for (const { ws } of clients) ws.send(message)
      else for (const { raw } of clients) raw.write(frame)
      await drained()
      await new Promise(setImmediate)
    }
  },

  /** Sends so many messages a second to all. @returns their places among the messages, and when each was begun */
  paced: async ({ from, count, perSecond }: { from: number; count: number; perSecond: number }): Promise<[number, number][]> => {
    const sent: [number, number][] = []
    const begin = now()
    for (let event = from; event < from + count; event++) {
      const due = begin + (sent.length / perSecond) * 1_000
      if (due > now()) await sleep(due - now())
      sent.push([event, now()])
      for (const { raw } of clients) raw.write(frames[event]!)
    }
    return sent
  },
}
answer(handlers)
