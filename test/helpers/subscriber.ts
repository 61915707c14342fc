import { createClient, type Client } from 'graphql-ws'
import { WebSocket } from 'ws'

/** One subscription on a socket of its own, through the public client library. */
export type Subscriber = {
  /** Everything that came, in order. */
  events: any[]
  /** Resolves with the first `count` events once they are there; rejects when the subscription ends before. */
  first: (count: number) => Promise<any[]>
  /** How it ended: undefined for a completed one, otherwise the errors of the protocol or the close event. */
  ended: Promise<unknown>
  stop: () => Promise<void>
}

/** Subscribes over graphql-transport-ws. What is ingested now comes for certain where the variables hold a cursor. */
export function subscribe(url: string, query: string, variables: Record<string, unknown> = {}): Subscriber {
  const client: Client = createClient({ url: url.replace(/^http/, 'ws'), webSocketImpl: WebSocket, lazy: true, retryAttempts: 0, lazyCloseTimeout: 0 })
  const events: any[] = []
  const waiting = new Set<() => void>()
  let over = false
  let end: (reason: unknown) => void
  const ended = new Promise<unknown>((resolve) => (end = resolve))
  const finish = (reason: unknown) => {
    over = true
    end(reason)
    for (const check of waiting) check()
  }
  const release = client.subscribe(
    { query, variables },
    {
      next: ({ data, errors }) => {
        events.push(errors ? { errors } : Object.values(data as object)[0])
        for (const check of waiting) check()
      },
      error: finish,
      complete: () => finish(undefined),
    },
  )
  return {
    events,
    ended,
    first: (count) =>
      new Promise((resolve, reject) => {
        const check = () => {
          if (events.length < count && !over) return
          waiting.delete(check)
          if (events.length >= count) resolve(events.slice(0, count))
          else reject(new Error(`ended after ${events.length} of ${count} events`))
        }
        waiting.add(check)
        check()
      }),
    stop: async () => {
      release()
      await client.dispose()
    },
  }
}
