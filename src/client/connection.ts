import { createClient } from 'graphql-ws/client'
import { ConnectionLost, problem, refusal, type GraphQLProblem } from './errors.ts'

/** What is needed of a WebSocket class: the browser's, Node 22's, or that of the package ws. */
export type WebSocketConstructor = new (url: string, protocols: string) => { addEventListener(type: 'error', listener: () => void): void }

export type Connection = {
  /** @throws ConnectionLost, FollowError */
  request: <T>(operation: Operation) => Promise<T>
  /**
   * The results of a subscription, and the positions on the stream that the server's pings tell of it, in the order in which
   * they came. When `most` of them lie unread it returns, having closed the connection: a WebSocket cannot be asked to wait,
   * and a list without a bound is no answer to a slow reader.
   * @throws ConnectionLost, FollowError
   */
  subscribe: <T>(operation: Operation, most: number) => AsyncIterable<Arrival<T>>
}

/** A position is a cursor up to which the subscription has been served. */
type Arrival<T> = { data: T } | { position: string }

type Operation = { query: string; variables?: Record<string, unknown> }
type Result = { data?: unknown; errors?: readonly GraphQLProblem[] }
type End = { error?: Error }

const connectWithinMs = 10_000
/** A network can vanish without a word: ask after this much silence, and give up when no answer comes. */
const pingMs = 10_000
const pongWithinMs = 5_000

/**
 * One WebSocket, opened at once, held until the signal, and never a second one: graphql-ws would repeat a subscription with the
 * variables it had, and so with a cursor that is no longer the last.
 * @param signal closes it, and ends what waits
 */
export function openConnection({
  url,
  webSocketImpl,
  signal,
  onConnected,
}: {
  url: string
  webSocketImpl: WebSocketConstructor
  signal: AbortSignal
  onConnected: () => void
}): Connection {
  let connected = false
  let count = 0
  const positions = new Map<string, (cursor: string) => void>()
  let gone: Error | undefined
  // ws emits an error when it is closed while it connects, which ends the process where nobody listens.
  const Socket = class extends webSocketImpl {
    constructor(address: string, protocols: string) {
      super(address, protocols)
      this.addEventListener('error', () => undefined)
    }
  }
  const client = createClient({
    url,
    webSocketImpl: Socket,
    lazy: false, // a reader may take its time between two requests
    onNonLazyError: () => undefined, // `closed` has told it
    generateID: () => String(count),
    retryAttempts: 0,
    keepAlive: pingMs,
    on: {
      connected: () => {
        connected = true
        clearTimeout(patience)
        onConnected()
      },
      ping: (received, payload) => {
        if (!received) patience = setTimeout(() => client.terminate(), pongWithinMs)
        else for (const [id, cursor] of Object.entries(payload?.['cursors'] ?? {})) if (typeof cursor === 'string') positions.get(id)?.(cursor)
      },
      pong: (received) => {
        if (received) clearTimeout(patience)
      },
      error: (error) => {
        gone ??= problem(error) // says more than the close event after it
      },
      closed: (event) => {
        gone ??= problem(event)
        clearTimeout(patience)
        dispose() // even without retries graphql-ws comes back by itself after code 1000
      },
    },
  })
  const dispose = () => void Promise.resolve(client.dispose()).catch(() => undefined)
  let patience = setTimeout(() => client.terminate(), connectWithinMs)
  signal.addEventListener(
    'abort',
    () => {
      clearTimeout(patience)
      if (connected) dispose()
      else client.terminate()
    },
    { once: true },
  )

  /** Tells `end` exactly once. @returns lets the operation go */
  const run = (operation: Operation, next: (data: never) => void, end: (end: End) => void, at?: (position: string) => void): (() => void) => {
    const id = String(++count)
    if (at) positions.set(id, at)
    let ended = false
    const finish = (how: End) => {
      if (ended) return
      ended = true
      positions.delete(id)
      signal.removeEventListener('abort', abort)
      end(how)
    }
    const abort = () => finish({})
    signal.addEventListener('abort', abort)
    if (gone) {
      finish({ error: gone })
      return () => undefined
    }
    const letGo = client.subscribe(operation, {
      next: (result: Result) => {
        if (ended) return
        if (result.data) next(result.data as never)
        else {
          finish({ error: refusal(result.errors ?? []) })
          queueMicrotask(letGo) // graphql-ws counts one that is let go twice when its `complete` is in the same packet, and closes the socket
        }
      },
      error: (error) => finish({ error: problem(error) }),
      complete: () => finish({ error: gone ?? new ConnectionLost('the server ended the operation') }),
    })
    return () => {
      finish({})
      letGo()
    }
  }

  return {
    request: (operation) => new Promise((resolve, reject) => void run(operation, resolve, ({ error }) => reject(error ?? new ConnectionLost('closed')))),
    subscribe: async function* (operation, most) {
      const unread: Arrival<never>[] = []
      let ended: End | undefined
      let wake = () => {}
      const stop = run(
        operation,
        (data) => {
          if (unread.length < most) unread.push({ data })
          else {
            stop()
            dispose()
          }
          wake()
        },
        (end) => {
          ended = end
          wake()
        },
        (position) => {
          const last = unread.at(-1)
          if (last && 'position' in last) last.position = position
          else unread.push({ position })
          wake()
        },
      )
      try {
        for (;;) {
          while (unread.length > 0) yield unread.shift()!
          if (ended?.error) throw ended.error
          if (ended) return
          await new Promise<void>((resolve) => (wake = resolve))
        }
      } finally {
        stop()
      }
    },
  }
}
