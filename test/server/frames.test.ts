import { once } from 'node:events'
import { createServer } from 'node:http'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { nextFrames, nextPrefix } from '../../src/server/frames.ts'

let raw: Duplex
let client: WebSocket
const http = createServer()

beforeAll(async () => {
  const sockets = new WebSocketServer({ noServer: true })
  http.on('upgrade', (req, socket: Duplex, head) => sockets.handleUpgrade(req, socket, head, () => (raw = socket)))
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  client = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`)
  await once(client, 'open')
})

afterAll(() => {
  client.terminate()
  http.close()
})

it('are read by a client as the messages that they are, of any length and id', async () => {
  const payload = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    // Around the lengths at which the header grows.
    fc.tuple(fc.constantFrom(126, 65_536), fc.integer({ min: -60, max: 20 })).map(([edge, near]) => 'x'.repeat(Math.max(0, edge - 40 + near))),
  )
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.array(payload, { minLength: 1, maxLength: 5 }), async (id, values) => {
      const received: unknown[] = []
      const all = new Promise<void>((resolve) => {
        const take = (data: Buffer) => {
          received.push(JSON.parse(data.toString()))
          if (received.length < values.length) return
          client.off('message', take)
          resolve()
        }
        client.on('message', take)
      })
      raw.write(
        nextFrames(
          nextPrefix(id),
          values.map((value) => ({ cursor: undefined, payload: Buffer.from(JSON.stringify({ data: value })) })),
        ),
      )
      await all
      expect(received).toEqual(values.map((value) => ({ id, type: 'next', payload: { data: value } })))
    }),
    { numRuns: 200 },
  )
})
