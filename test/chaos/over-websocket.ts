import { WebSocket } from 'ws'
import { excuse } from './ask.ts'
import { deliveryOf, query, type Connection } from './subscription.ts'

/**
 * Over graphql-transport-ws, spoken by hand: what a client library would smooth over is to be seen. Goes on after the cursor of a
 * ping too, leaves in every way there is, begins another subscription on the same socket now and then, and reads slowly at times.
 */
export function overWebSocket({ url, after, filter, random, excuses, leave, onOpen, onArticle, onCursor }: Connection): Promise<void> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), 'graphql-transport-ws')
  const say = (message: object) => socket.readyState === WebSocket.OPEN && socket.send(JSON.stringify(message))
  let subscriptions = 0
  const subscribe = (from: string) =>
    say({ id: `${++subscriptions}`, type: 'subscribe', payload: { query, variables: { after: from, ...(filter && { filter }) } } })
  const complete = () => say({ id: `${subscriptions}`, type: 'complete' })

  const take = (message: any) => {
    if (message.type === 'connection_ack') {
      onOpen()
      subscribe(after)
    }
    if (message.type === 'ping') {
      say({ type: 'pong' })
      const { cursor, cursors } = message.payload ?? {}
      const own = cursors?.[subscriptions]
      // A ping that was sent before the server knew this subscription speaks of the one that was let go.
      if (own !== undefined) onCursor(random.chance(0.5) ? cursor : own)
    }
    if (message.id !== `${subscriptions}`) return // of one that was let go
    if (message.type === 'complete') socket.close()
    if (message.type === 'error') {
      const [error] = message.payload
      excuse(excuses, error)
      if (error.extensions.cursor !== undefined) onCursor(error.extensions.cursor)
      socket.close()
    }
    if (message.type !== 'next') return
    if (message.payload.errors) return excuse(excuses, message.payload.errors[0])
    const delivery = deliveryOf(message.payload.data)
    onArticle(delivery)
    if (leave.aborted) return
    if (random.chance(0.02)) {
      complete()
      subscribe(delivery.cursor)
    }
    if (random.chance(0.01)) {
      socket.pause()
      setTimeout(() => socket.resume(), random.int(50, 1_000))
    }
  }

  return new Promise((resolve, reject) => {
    const over = () => {
      leave.removeEventListener('abort', go)
      resolve()
    }
    const go = () => {
      const how = random.int(1, 4)
      if (how === 1) complete()
      if (how === 2) socket.terminate()
      else socket.close(1000)
      over() // not waiting for the other side's goodbye: the next connection may come before it
    }
    leave.addEventListener('abort', go)
    socket.on('error', () => undefined) // the close event follows
    socket.on('open', () => say({ type: 'connection_init' }))
    socket.on('close', over)
    socket.on('message', (data) => {
      if (leave.aborted) return
      try {
        take(JSON.parse((data as Buffer).toString()))
      } catch (error) {
        socket.terminate()
        reject(error as Error)
      }
    })
    if (leave.aborted) go()
  })
}
