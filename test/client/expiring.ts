import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'

type Message = { id?: string; type: string; payload?: any }

/**
 * Stands between a follower and a real server, message by message: says CURSOR_EXPIRED of the cursors that are to have expired,
 * passes on everything else, and may change or cut off an answer.
 * @param answering is told each `next` with the query that it answers; false cuts the connection in place of it
 */
export async function startExpiring(target: string, answering: (payload: any, query: string) => boolean = () => true) {
  const expired = new Set<unknown>()
  const queries: string[] = []
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'graphql-transport-ws' })
  await once(server, 'listening')
  server.on('connection', (near) => {
    const far = new WebSocket(target.replace(/^http/, 'ws'), 'graphql-transport-ws')
    const asked = new Map<string, string>()
    const early: string[] = []
    far.on('open', () => early.splice(0).forEach((text) => far.send(text)))
    near.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as Message
      if (message.type === 'subscribe') {
        queries.push(message.payload.query)
        asked.set(message.id!, message.payload.query)
        if (message.payload.query.startsWith('subscription') && expired.has(message.payload.variables.after)) {
          const errors = [{ message: 'too old', extensions: { code: 'CURSOR_EXPIRED', field: 'after', oldest: 'unused' } }]
          near.send(JSON.stringify({ id: message.id, type: 'next', payload: { errors } }))
          near.send(JSON.stringify({ id: message.id, type: 'complete' }))
          return
        }
      }
      if (far.readyState === WebSocket.OPEN) far.send(data.toString())
      else early.push(data.toString())
    })
    far.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as Message
      if (message.type === 'next' && !answering(message.payload, asked.get(message.id!)!)) near.terminate()
      else near.send(JSON.stringify(message))
    })
    near.on('close', () => far.terminate())
    far.on('close', (code) => near.close(code === 1006 ? 1011 : code))
    for (const socket of [near, far]) socket.on('error', () => undefined)
  })
  const cut = () => {
    for (const socket of server.clients) socket.terminate()
  }
  onTestFinished(async () => {
    cut()
    server.close()
    await once(server, 'close')
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`,
    queries,
    cut,
    /** From now on these are older than the log. */
    expire: (...cursors: string[]) => cursors.forEach((cursor) => expired.add(cursor)),
  }
}
