import type { GraphQLError } from 'graphql'
import { slowConsumer } from '../errors.ts'
import type { Execution } from './execution.ts'
import type { Delivery, Sink } from './sink.ts'
import type { LiveSource } from './source.ts'

/** Subscribers of one shape to values as they are now, without a past: each value is executed once for all who want it. */
export class LiveShare {
  readonly #source: LiveSource
  readonly #execute: Execution
  readonly #present: (error: unknown) => GraphQLError
  readonly #mostUnread: number
  readonly #sinks = new Map<Sink, LiveSource>()
  /** What each was sent last, where that is remembered. */
  readonly #sent = new Map<Sink, Buffer>()
  readonly #pending = new Set<string>()
  #stop: (() => void) | undefined
  #running: Promise<void> | undefined

  constructor(source: LiveSource, execute: Execution, { present, mostUnread }: { present: (error: unknown) => GraphQLError; mostUnread: number }) {
    this.#source = source
    this.#execute = execute
    this.#present = present
    this.#mostUnread = mostUnread
  }

  add(sink: Sink, source: LiveSource): void {
    this.#sinks.set(sink, source)
    this.#stop ??= this.#source.topic.follow((values) => {
      for (const value of values) this.#pending.add(value)
      this.#running ??= this.#run().finally(() => (this.#running = undefined))
    })
  }

  /** @returns whether it was the last */
  remove(sink: Sink): boolean {
    this.#sinks.delete(sink)
    this.#sent.delete(sink)
    if (this.#sinks.size > 0) return false
    this.#stop?.()
    this.#stop = undefined
    return true
  }

  async ended(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    while (this.#pending.size > 0 && this.#sinks.size > 0) {
      const sources = new Map([...this.#sinks.values()].map((source) => [source.key, source]))
      const wanted = [...this.#pending].filter((value) => [...sources.values()].some(({ wants }) => wants(value)))
      this.#pending.clear()
      try {
        const results = await this.#execute(wanted.map((value) => this.#source.root(value)))
        this.#hand(new Map(wanted.flatMap((value, i) => (results[i] ? [[value, results[i]]] : []))))
      } catch (error) {
        const shown = this.#present(error)
        for (const sink of this.#sinks.keys()) sink.fail(shown)
      }
    }
  }

  #hand(results: Map<string, Delivery>): void {
    const made = new Map<string, Delivery[]>()
    for (const [sink, { key, wants, isOne }] of this.#sinks) {
      let deliveries = made.get(key)
      if (!deliveries) made.set(key, (deliveries = [...results].flatMap(([value, delivery]) => (wants(value) ? [delivery] : []))))
      const last = deliveries.at(-1)?.payload
      if (!last || (isOne && this.#sent.get(sink)?.equals(last))) continue
      if (isOne) this.#sent.set(sink, last)
      if (sink.waiting() > this.#mostUnread) sink.fail(slowConsumer())
      else sink.deliver(deliveries)
    }
  }
}
