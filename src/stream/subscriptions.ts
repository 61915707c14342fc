import { createSourceEventStream, type ExecutionArgs, type ExecutionResult } from 'graphql'
import type { Context } from '../graphql/context.ts'
import { subscriptionTooComplex } from '../graphql/limits.ts'
import { createExecution } from './execution.ts'
import type { Follower } from './follow.ts'
import { shapeOf } from './shape.ts'
import { Share, type ShareDeps } from './share.ts'
import type { Sink } from './sink.ts'
import { LogSource } from './source.ts'

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
  const shares = new Map<string, Share>()
  const ending = new Set<Promise<void>>()
  let live = 0

  const shareFor = (args: ExecutionArgs, source: LogSource): Share => {
    const shape = shapeOf(args)
    const key = JSON.stringify([(args.contextValue as Context).rights, shape.key])
    let share = shares.get(key)
    if (!share) {
      const made: Share = new Share(
        deps,
        createExecution(args, shape, deps.present),
        (event) => source.rootOf(event),
        () => {
          if (shares.get(key) === made) shares.delete(key)
          const ended = made.ended().finally(() => ending.delete(ended))
          ending.add(ended)
        },
      )
      shares.set(key, (share = made))
    }
    return share
  }

  const followLog = (args: ExecutionArgs, source: LogSource) => (sink: Sink) => {
    const share = shareFor(args, source)
    const follower: Follower = { selection: source.selection, sink, position: source.after, cursor: () => source.cursorOf(follower.position) }
    share.add(follower)
    live++
    return {
      position: () => follower.position,
      cursor: follower.cursor,
      stop: once(() => {
        live--
        share.remove(follower)
      }),
    }
  }

  return {
    open: async (args) => {
      const refused = subscriptionTooComplex(args)
      if (refused) return { errors: [refused] }
      const source = await createSourceEventStream(args)
      if (source instanceof LogSource) return followLog(args, source)
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

function once(action: () => void): () => void {
  let done = false
  return () => {
    if (!done) action()
    done = true
  }
}
