import { createSourceEventStream, execute, type ExecutionArgs, type ExecutionResult, type GraphQLError } from 'graphql'
import { subscriptionTooComplex } from './limits.ts'

/** What a subscription's source yields: the root value of one execution. */
export type SourceEvent = {
  /** Asked when the execution failed: whether what the event tells of has gone meanwhile, so that it is passed over. */
  gone?: () => Promise<boolean>
}

/**
 * GraphQL's subscribe, but that each event has a context of its own: what a loader read for one event is not what holds at
 * the next, and a subscription that lasts for days would keep all of it.
 * @returns the results, or the errors that kept it from starting
 */
export async function subscribeAfresh(args: ExecutionArgs): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
  const refused = subscriptionTooComplex(args)
  if (refused) return { errors: [refused as GraphQLError] }
  const source = await createSourceEventStream(args)
  if (!(Symbol.asyncIterator in source)) return source
  const events = (source as AsyncIterable<SourceEvent>)[Symbol.asyncIterator]()
  const results: AsyncIterableIterator<ExecutionResult> = {
    next: async () => {
      for (;;) {
        const { done, value: event } = await events.next()
        if (done) return { done, value: undefined }
        const value = await execute({ ...args, rootValue: event, contextValue: { ...(args.contextValue as object) } })
        if (!value.errors || !(await event.gone?.())) return { done: false, value }
      }
    },
    // Not a generator: that would take a return only once what it waits for has come.
    return: async () => {
      await events.return?.()
      return { done: true, value: undefined }
    },
    throw: async (error) => {
      await events.return?.()
      throw error
    },
    [Symbol.asyncIterator]: () => results,
  }
  return results
}
