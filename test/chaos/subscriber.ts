import { setTimeout as sleep } from 'node:timers/promises'
import type { Excuses } from './ask.ts'
import { isEnd, type Filter } from './drafts.ts'
import { overFollow } from './over-follow.ts'
import { overSse } from './over-sse.ts'
import { overWebSocket } from './over-websocket.ts'
import type { Random } from './random.ts'
import type { Server } from './servers.ts'
import { positionOf, type Delivery, type Way } from './subscription.ts'

/** Somebody who comes and goes, and wants each article that matches the filter. */
export type Subscriber = {
  name: string
  filter: Filter
  /** The cursor that it began after. */
  first: string
  /** All that it was given, in the order in which it came. */
  seen: Delivery[]
  /** How often a server took it. */
  connections: number
  /** Why it gave up, where it did. */
  faults: string[]
  /** Whether it has seen the end. */
  done: boolean
}

export type WayName = 'websocket' | 'sse' | 'follow'

export const createSubscriber = (name: string, filter: Filter, first: string): Subscriber => ({
  name,
  filter,
  first,
  seen: [],
  connections: 0,
  faults: [],
  done: false,
})

/** Subscribes again and again, always after its last cursor, on whichever server, until it has seen the end or is called off. */
export async function subscribe(
  subscriber: Subscriber,
  by: WayName,
  { servers, random, excuses, callOff }: { servers: Server[]; random: Random; excuses: Excuses; callOff: AbortSignal },
): Promise<void> {
  const { first, filter, seen, faults } = subscriber
  const ways: Record<WayName, Way> = {
    websocket: overWebSocket,
    sse: overSse(first),
    follow: overFollow,
  }
  let after = first
  const goOnAfter = (cursor: string) => {
    if (positionOf(cursor) < positionOf(after)) faults.push(`was sent back from ${positionOf(after)} to ${positionOf(cursor)}`)
    after = cursor
  }
  while (!subscriber.done && !callOff.aborted) {
    const leaving = new AbortController()
    const most = random.chance(0.5) ? random.int(1, 200) : Infinity
    // Most stay a moment; the others long enough for a ping, and for the reader by `follow` to come back by itself.
    const stays = setTimeout(() => leaving.abort(), random.chance(by === 'follow' ? 0.2 : 0.6) ? random.int(0, 4_000) : random.int(4_000, 25_000))
    let count = 0
    try {
      await ways[by]({
        url: random.pick(servers).url,
        after,
        filter,
        random,
        excuses,
        leave: AbortSignal.any([leaving.signal, callOff]),
        onOpen: () => subscriber.connections++,
        onArticle: (delivery) => {
          if (leaving.signal.aborted) return
          seen.push(delivery)
          goOnAfter(delivery.cursor)
          subscriber.done = isEnd(delivery.url)
          if (subscriber.done || ++count >= most) leaving.abort()
        },
        onCursor: goOnAfter,
      })
    } catch (error) {
      faults.push(`gave up: ${(error as Error).message}`)
      return
    } finally {
      clearTimeout(stays)
    }
    await sleep(random.int(0, 400))
  }
}
