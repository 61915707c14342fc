import { createSourceEventStream, type ExecutionArgs, type ExecutionResult } from 'graphql'
import type { Context } from '../graphql/context.ts'
import { subscriptionTooComplex } from '../graphql/limits.ts'
import { createExecution, type Execution } from './execution.ts'
import type { Follower } from './follow.ts'
import { LiveShare } from './live-share.ts'
import { shapeOf } from './shape.ts'
import { Share, type ShareDeps } from './share.ts'
import type { Sink } from './sink.ts'
import { LiveSource, LogSource } from './source.ts'

/** A subscription that delivers to its sink, until it is stopped or has failed. */
export type Live = {
  /** Up to where it has been served, where it has a place on the stream. */
  position: () => bigint | undefined
  /** The same, as a cursor. */
  cursor: () => string | undefined
  stop: () => void
}

export type Subscriptions = {
  /** @returns how to begin, or the errors that keep it from beginning */
  open: (args: ExecutionArgs) => Promise<((sink: Sink) => Live) | ExecutionResult>
  /** How many live. */
  live: () => number
  /** Waits for what still runs; all must have been stopped. */
  close: () => Promise<void>
}

/** Subscriptions of the same shape and the same rights share their work. */
export function createSubscriptions(deps: ShareDeps): Subscriptions {
  const shares = new Map<string, Share | LiveShare>()
  const ending = new Set<Promise<void>>()
  let live = 0

  /** The share of a shape, made where there is none. @param make is given what lets it go */
  const shareFor = <S extends Share | LiveShare>(
    args: ExecutionArgs,
    options: Pick<Parameters<typeof createExecution>[2], 'planned' | 'gone'>,
    make: (execute: Execution, letGo: () => void) => S,
  ): { share: S; letGo: () => void } => {
    const shape = shapeOf(args)
    const key = JSON.stringify([(args.contextValue as Context).rights, shape.key])
    let share = shares.get(key) as S | undefined
    const letGo = () => {
      if (!share || shares.get(key) !== share) return
      shares.delete(key)
      const ended = share.ended().finally(() => ending.delete(ended))
      ending.add(ended)
    }
    if (!share) shares.set(key, (share = make(createExecution(args, shape, { present: deps.present, ...options }), letGo)))
    return { share, letGo }
  }
  const counted = (stop: () => void): (() => void) => {
    live++
    let stopped = false
    return () => {
      if (stopped) return
      stopped = true
      live--
      stop()
    }
  }

  const followLog =
    (args: ExecutionArgs, source: LogSource) =>
    (sink: Sink): Live => {
      const { share } = shareFor(
        args,
        { planned: true, gone: source.gone },
        (execute, letGo) => new Share(deps, execute, (event) => source.rootOf(event), letGo),
      )
      const follower: Follower = { selection: source.selection, sink, position: source.after, cursor: () => source.cursorOf(follower.position) }
      share.add(follower)
      return { position: () => follower.position, cursor: follower.cursor, stop: counted(() => share.remove(follower)) }
    }

  const followValues =
    (args: ExecutionArgs, source: LiveSource) =>
    (sink: Sink): Live => {
      const { share, letGo } = shareFor(
        args,
        { planned: false, gone: source.gone },
        (execute) => new LiveShare(source, execute, { present: deps.present, mostUnread: deps.limits.mostUnread }),
      )
      share.add(sink, source)
      return { position: () => undefined, cursor: () => undefined, stop: counted(() => share.remove(sink) && letGo()) }
    }

  return {
    open: async (args) => {
      const refused = subscriptionTooComplex(args)
      if (refused) return { errors: [refused] }
      const source = await createSourceEventStream(args)
      if (source instanceof LogSource) return followLog(args, source)
      if (source instanceof LiveSource) return followValues(args, source)
      if (Symbol.asyncIterator in source) throw new TypeError('This is no source of a subscription.')
      return source
    },
    live: () => live,
    close: async () => {
      await Promise.all([...shares.values()].map((share) => share.ended()))
      await Promise.all(ending)
    },
  }
}
