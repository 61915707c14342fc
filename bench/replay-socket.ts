// A subscriber with as little in it as graphql-transport-ws allows, so that the server is measured and not a client library.
import { once } from 'node:events'
import { WebSocket } from 'ws'

export type Message = { type: string; id?: string; payload?: any }

export type Socket = {
  /** Begins a subscription, and hands over what comes for it, parsed. Leave it by `complete`. */
  subscribe: (query: string, variables: object, onMessage: (message: Message) => void) => { complete: () => void }
  close: () => Promise<void>
}

export async function openSocket(url: string): Promise<Socket> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), 'graphql-transport-ws')
  const listeners = new Map<string, (message: Message) => void>()
  let ids = 0
  let greeted: () => void
  const greeting = new Promise<void>((resolve) => (greeted = resolve))
  const send = (message: Message) => socket.send(JSON.stringify(message))
  socket.on('message', (data) => {
    const message = JSON.parse((data as Buffer).toString()) as Message
    if (message.type === 'connection_ack') greeted()
    else if (message.type === 'ping') send({ type: 'pong' })
    else if (message.id !== undefined) listeners.get(message.id)?.(message)
  })
  await once(socket, 'open')
  send({ type: 'connection_init' })
  await greeting
  return {
    subscribe: (query, variables, onMessage) => {
      const id = String(++ids)
      listeners.set(id, onMessage)
      send({ type: 'subscribe', id, payload: { query, variables } })
      return {
        complete: () => {
          listeners.delete(id)
          send({ type: 'complete', id })
        },
      }
    },
    close: async () => {
      const closed = once(socket, 'close')
      socket.close(1000)
      await closed
    },
  }
}
