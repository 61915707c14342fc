import { getOperationAST, GraphQLError, type ExecutionArgs, type ExecutionResult } from 'graphql'
import type { ServerOptions } from 'graphql-ws'
import type { Logger } from 'pino'
import type { Sink } from '../stream/sink.ts'
import type { Live, Subscriptions } from '../stream/subscriptions.ts'
import { nextFrames, nextPrefix } from './frames.ts'
import { prepare, presentResult, type Prepared } from './operation.ts'
import type { Outlet } from './outlet.ts'
import { presentError } from './present-error.ts'
import type { Yoga } from './yoga.ts'

/** One socket, as the protocol's hooks know it. */
export type Client = {
  outlet: Outlet
  /** Its subscriptions, by the ids of their operations. */
  live: Map<string, Live & { fail: Sink['fail'] }>
}

type Options = ServerOptions<Record<string, unknown> | undefined, Client>
type Opened = (sink: Sink) => Live

/**
 * What graphql-ws asks of a server. It has the rules of the protocol; the results of subscriptions go past it, as bytes that are
 * the same for everybody.
 */
export function protocol(deps: { yoga: Yoga; subscriptions: Subscriptions; logger: Logger }, limits: { operations: number; initMs: number }): Options {
  const { yoga, subscriptions, logger } = deps
  const prepared = new WeakMap<object, Prepared>()
  return {
    connectionInitWaitTimeout: limits.initMs,
    execute: (args) => prepared.get(args)!.execute(args) as never,
    subscribe: (args) => subscriptions.open(args) as never,
    onSubscribe: async (ctx, _id, { query, variables, operationName }) => {
      if (Object.keys(ctx.subscriptions).length > limits.operations)
        return [new GraphQLError(`At most ${limits.operations} operations run at the same time on one socket.`, { extensions: { code: 'RATE_LIMITED' } })]
      const operation = await prepare(yoga, { query, variables, operationName }, { method: 'WS' })
      if (!('args' in operation)) return operation
      // What Yoga prepared is let go with the answer: a subscription would keep it for days.
      if (!isSubscription(operation.args)) prepared.set(operation.args, operation)
      return operation.args
    },
    onOperation: ({ extra }, id, _payload, args, result: unknown) => {
      if (typeof result === 'function') return delivering(result as Opened, extra, id)
      const { errors } = result as ExecutionResult
      // A subscription that could not start is a result with errors; as a throwing iterator it becomes an error message.
      return errors && isSubscription(args) ? throwing(errors) : undefined
    },
    onNext: (_ctx, _id, _payload, _args, result) => (result.errors ? presentResult(result as ExecutionResult, logger) : undefined) as never,
    onError: (_ctx, _id, _payload, errors) => {
      const causes = errors.flatMap((error) =>
        error.originalError instanceof AggregateError ? (error.originalError.errors as Error[]) : (error.originalError ?? error),
      )
      return causes.map((error) => presentError(error, logger).toJSON()) as never
    },
  }
}

const isSubscription = ({ document, operationName }: ExecutionArgs) => getOperationAST(document, operationName)?.operation === 'subscription'

/** What graphql-ws iterates over for a subscription: it yields nothing, throws when the subscription fails, and can be returned. */
function delivering(begin: Opened, { outlet, live }: Client, id: string): AsyncIterableIterator<never> {
  const prefix = nextPrefix(id)
  let end: (error?: Error) => void = () => undefined
  let over = false
  const next = (): Promise<IteratorResult<never>> =>
    new Promise((resolve, reject) => {
      if (over) return resolve({ done: true, value: undefined })
      const fail = (error: Error) => end(new AggregateError([error]))
      const began = begin({
        deliver: (deliveries) => outlet.write(nextFrames(prefix, deliveries)),
        waiting: outlet.waiting,
        onDrain: outlet.onDrain,
        fail: (error) => {
          fail(error)
          outlet.endUnlessDrained()
        },
      })
      live.set(id, { ...began, fail })
      end = (error) => {
        if (over) return
        over = true
        live.delete(id)
        began.stop()
        if (error) reject(error)
        else resolve({ done: true, value: undefined })
      }
    })
  const finish = (): Promise<IteratorResult<never>> => {
    end()
    over = true
    return Promise.resolve({ done: true, value: undefined })
  }
  const iterator: AsyncIterableIterator<never> = { next, return: finish, throw: finish, [Symbol.asyncIterator]: () => iterator }
  return iterator
}

function throwing(errors: readonly Error[]): AsyncIterableIterator<never> {
  const iterator: AsyncIterableIterator<never> = {
    next: () => Promise.reject(new AggregateError(errors)),
    [Symbol.asyncIterator]: () => iterator,
  }
  return iterator
}
