import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'

/** An operation that a scripted server was asked for, and what it may answer. */
export type Asked = {
  id: string
  query: string
  variables: Record<string, any>
  next: (data: object) => void
  /** An article of the stream; its title is its cursor. */
  article: (cursor: string, createdAt?: string) => void
  complete: () => void
  error: (code: string, extensions?: object) => void
  ping: (payload?: object) => void
  close: (code: number) => void
}

/** A server of graphql-transport-ws alone, which answers operation by operation what the test says. */
export async function startScripted(answer: (asked: Asked, nth: number) => void) {
  const asked: Asked[] = []
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  server.on('connection', (socket) =>
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as { type: string; id: string; payload: { query: string; variables?: object } }
      const send = (answered: object) => socket.send(JSON.stringify(answered))
      if (message.type === 'connection_init') send({ type: 'connection_ack' })
      if (message.type !== 'subscribe') return
      const { id } = message
      const next = (data: object) => send({ type: 'next', id, payload: { data } })
      const operation: Asked = {
        id,
        query: message.payload.query,
        variables: { ...message.payload.variables },
        next,
        article: (cursor, createdAt = '2026-01-01T00:00:00.000Z') =>
          next({ articleIngested: { cursor, article: { follow_id: cursor, follow_createdAt: createdAt, ...articleOf(cursor) } } }),
        complete: () => send({ type: 'complete', id }),
        error: (code, extensions) => send({ type: 'error', id, payload: [{ message: `said ${code}`, extensions: { code, ...extensions } }] }),
        ping: (payload) => send({ type: 'ping', ...(payload && { payload }) }),
        close: (code) => socket.close(code),
      }
      asked.push(operation)
      answer(operation, asked.length)
    }),
  )
  onTestFinished(async () => {
    for (const socket of server.clients) socket.terminate()
    server.close()
    await once(server, 'close')
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open: () => server.clients.size,
    /** The cursors that subscriptions were to go on after. */
    afters: () => asked.filter(({ query }) => query.startsWith('subscription')).map(({ variables }) => variables['after'] as unknown),
  }
}

const articleOf = (title: string) => ({ title, url: `https://example.com/${title}`, createdAt: '2026-01-01T00:00:00.000Z', category: { id: 'world' } })
