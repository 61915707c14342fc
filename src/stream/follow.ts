import type { Root } from './execution.ts'
import type { LoggedEvent } from './log.ts'
import type { Delivery, Sink } from './sink.ts'
import type { Selection } from './source.ts'
import type { Tail } from './tail.ts'

/** A subscription to the log. */
export type Follower = {
  selection: Selection
  sink: Sink
  /** It has been given everything that it wants up to here. */
  position: bigint
  /** Its position, as a cursor. */
  cursor: () => string
}

export type FollowLimits = {
  /** Events that are read and executed at once. */
  page: number
  /** Bytes of results at once: for one follower, and for all of those who go together. */
  bytes: number
  bytesInAll: number
  /** Bytes that a follower may leave unread before it is waited for, while there is more to come. */
  unread: number
  /** Bytes that a follower may leave unread at all. */
  mostUnread: number
  /** How long those who go together wait for one of them. */
  waitMs: number
}

type Deps = {
  tail: Tail
  /** The root value of an event's execution. */
  root: (event: LoggedEvent) => Root
  execute: (roots: Root[]) => Promise<(Delivery | undefined)[]>
  limits: FollowLimits
  /** It left too much unread: nothing more is queued for it. */
  onSlow: (follower: Follower) => void
  /** It has to be waited for, while the others go on. */
  onBehind: (follower: Follower) => void
  /** They cannot go on, or not all of them: whoever cannot is to be removed. */
  onFailed: (followers: Follower[], error: unknown) => Promise<void>
  /** Nobody follows any more; called in the same turn in which that was seen. */
  onEnd: () => void
}

/** What an event may take before any was seen, in bytes. */
const firstGuess = 20_000

/**
 * Followers of the log that go together: each event is read once for all of them, judged once for each selection, and executed
 * once. Replay and live are one loop over positions, so that there is no seam between them in which an event could be lost or
 * come twice. Each follower has a position, and a page begins after the smallest: one who is a little behind can join.
 */
export class Group {
  readonly followers = new Set<Follower>()
  /** The furthest position that was delivered. */
  position: bigint
  readonly #deps: Deps
  #bytesEach = firstGuess
  /** The page after the last one, while that is executed. */
  #ahead: { after: bigint; events: Promise<LoggedEvent[]> } | undefined
  #idle: (() => void) | undefined
  #changed = false

  constructor(position: bigint, deps: Deps) {
    this.position = position
    this.#deps = deps
  }

  add(follower: Follower): void {
    this.followers.add(follower)
    this.#wakeUp()
  }

  remove(follower: Follower): void {
    if (this.followers.delete(follower)) this.#wakeUp()
  }

  /** Goes on until nobody follows, or all have been handed over. @param handOver called between two pages */
  async run(handOver: () => boolean): Promise<void> {
    const { tail, onFailed, onEnd } = this.#deps
    const stop = tail.follow(() => this.#wakeUp())
    try {
      while (this.followers.size > 0) {
        try {
          if (handOver()) return
          if (!(await this.#deliverPage())) await this.#change()
        } catch (error) {
          await onFailed([...this.followers], error)
        }
      }
    } finally {
      stop()
      onEnd()
      await this.#ahead?.events.catch(() => undefined)
    }
  }

  #wakeUp(): void {
    this.#changed = true
    this.#idle?.()
  }

  /** Resolves at the next change; at once where there was one since the last page was read. */
  async #change(): Promise<void> {
    if (!this.#changed) await new Promise<void>((resolve) => (this.#idle = resolve))
    this.#idle = undefined
  }

  /** @returns false when there is nothing to deliver */
  async #deliverPage(): Promise<boolean> {
    const { tail, limits, execute, root } = this.#deps
    this.#changed = false
    const [first, ...others] = this.followers
    const from = others.reduce((least, { position }) => (position < least ? position : least), first!.position)
    const room = Math.min(limits.bytes, limits.bytesInAll / this.followers.size)
    const fits = Math.max(1, Math.min(limits.page, Math.floor(room / this.#bytesEach)))
    const rewound = this.position > from ? Number(this.position - from) : 0
    const events = await this.#read(from, fits + rewound)
    if (events.length === 0) return false
    const judged = await this.#judge(events)
    const wanted = events.filter((_event, i) => [...judged.values()].some((holds) => holds[i]))
    const results = new Map<LoggedEvent, Delivery>()
    if (wanted.length > 0) {
      const deliveries = await execute(wanted.map(root))
      deliveries.forEach((delivery, i) => delivery && results.set(wanted[i]!, delivery))
      const bytes = deliveries.reduce((sum, delivery) => sum + (delivery?.payload.length ?? 0), 0)
      this.#bytesEach = Math.max(1, (this.#bytesEach + bytes / wanted.length) / 2)
    }
    this.#hand(from, events, judged, results)
    const newest = tail.position()
    if (newest === undefined || newest > this.position) await this.#letRead()
    return true
  }

  /** The events after a position. Where there seem to be more, the next are read as well, since that takes a while. */
  async #read(after: bigint, limit: number): Promise<LoggedEvent[]> {
    const { tail } = this.#deps
    const ahead = this.#ahead
    this.#ahead = undefined
    let events = ahead?.after === after ? (await ahead.events).slice(0, limit) : []
    // None were there when it was read, but there may be some by now.
    if (events.length === 0) events = await tail.read(after, limit)
    if (events.length === limit) {
      const last = events.at(-1)!.position
      const next = tail.read(last, limit)
      next.catch(() => undefined) // it is said to who asks for them
      this.#ahead = { after: last, events: next }
    }
    return events
  }

  /** Of each selection, which of the events it wants. */
  async #judge(events: LoggedEvent[]): Promise<Map<string, boolean[]>> {
    const selections = new Map<string, Selection>()
    for (const { selection } of this.followers) selections.set(selection.key, selection)
    const judged = await Promise.all([...selections.values()].map(async ({ key, wants }) => [key, await wants(events)] as const))
    return new Map(judged)
  }

  /** Synchronous: whoever joins or leaves does so before or after it. */
  #hand(from: bigint, events: LoggedEvent[], judged: Map<string, boolean[]>, results: Map<LoggedEvent, Delivery>): void {
    const last = events.at(-1)!.position
    const whole = new Map<string, Delivery[]>()
    const after = (position: bigint, holds: boolean[]) =>
      events.flatMap((event, i) => (holds[i] && event.position > position && results.has(event) ? [results.get(event)!] : []))
    for (const follower of this.followers) {
      const { selection, sink, position } = follower
      const holds = judged.get(selection.key)
      if (!holds || position < from || position >= last) continue // it joined meanwhile, and has its turn with the next page
      let deliveries = position === from ? whole.get(selection.key) : after(position, holds)
      if (!deliveries) whole.set(selection.key, (deliveries = after(position, holds)))
      if (deliveries.length > 0) {
        if (sink.waiting() > this.#deps.limits.mostUnread) {
          this.followers.delete(follower)
          this.#deps.onSlow(follower)
          continue
        }
        sink.deliver(deliveries)
      }
      follower.position = last
    }
    if (last > this.position) this.position = last
  }

  /** With more to come, whoever has not read is waited for a little, and then left behind. */
  async #letRead(): Promise<void> {
    const { unread, waitMs } = this.#deps.limits
    const unreadBy = () => [...this.followers].filter(({ sink }) => sink.waiting() > unread)
    const slow = unreadBy()
    if (slow.length === 0) {
      await new Promise(setImmediate) // sockets and other requests have their turn
      return
    }
    await new Promise<void>((resolve) => {
      let left = slow.length
      const ready = () => {
        clearTimeout(timer)
        for (const callOff of waited) callOff()
        resolve()
      }
      const timer = setTimeout(ready, waitMs)
      const waited = slow.map(({ sink }) => sink.onDrain(() => --left === 0 && ready()))
    })
    for (const follower of unreadBy()) {
      this.followers.delete(follower)
      this.#deps.onBehind(follower)
    }
  }
}
