import type { IncomingMessage, ServerResponse } from 'node:http'
import { getOperationAST, type ExecutionResult, type GraphQLError } from 'graphql'
import type { Logger } from 'pino'
import type { Delivery } from '../stream/sink.ts'
import type { Subscriptions } from '../stream/subscriptions.ts'
import { prepare, presentResult, type Params } from './operation.ts'
import { createOutlet, type Outlet } from './outlet.ts'
import { presentError } from './present-error.ts'
import { refuse } from './refuse.ts'
import type { Slots } from './slots.ts'
import type { Yoga } from './yoga.ts'

type Deps = { yoga: Yoga; subscriptions: Subscriptions; logger: Logger; slots: Slots; keepAliveMs: number }

/** Whether an event stream is what a request asks for, rather than one of several things that it would take. */
export const wantsEvents = ({ headers }: IncomingMessage): boolean => /^\s*text\/event-stream\b/i.test(headers.accept ?? '')

/**
 * GraphQL over server-sent events, in distinct connections: a response for each operation. A result of the stream has its cursor
 * as the event's id, so that a browser comes back after the last one by itself (Last-Event-ID).
 * @param keepAliveMs how long a stream may be silent: a proxy takes one that is so for long for a dead one
 * @returns what answers a request, and what cuts off all streams: without their complete event, so that clients come back
 */
export function createEventStreams({ yoga, subscriptions, logger, slots, keepAliveMs }: Deps) {
  const open = new Set<ServerResponse>()

  const answer = async (req: IncomingMessage, res: ServerResponse, params: Params): Promise<void> => {
    const lastEventId = req.headers['last-event-id']
    const prepared = await prepare(yoga, params, { method: req.method!, ...(typeof lastEventId === 'string' && lastEventId !== '' && { lastEventId }) })
    const failed = (errors: readonly GraphQLError[]) => answerOnce(res, { errors: errors.map((error) => presentError(error, logger)) })
    if (!('args' in prepared)) return failed(prepared)
    const { args, execute } = prepared
    const kind = getOperationAST(args.document, args.operationName)?.operation
    if (kind === 'mutation' && req.method !== 'POST') {
      res.setHeader('allow', 'POST')
      return refuse(res, 405, 'BAD_USER_INPUT', 'A mutation is to be asked by POST.')
    }
    if (kind !== 'subscription') return answerOnce(res, presentResult(await execute(args), logger))
    const opened = await subscriptions.open(args)
    if (typeof opened !== 'function') return failed(opened.errors ?? [])
    if (res.destroyed) return
    if (!slots.take()) {
      res.setHeader('retry-after', '10')
      return refuse(res, 503, 'RATE_LIMITED', 'There are as many sockets and event streams as may be: try again later.')
    }
    open.add(res)
    res.once('close', () => {
      open.delete(res)
      slots.free()
    })
    begin(res)
    const outlet = createOutlet(res, () => res.destroy())
    let told: string | undefined
    const live = opened({
      deliver: (deliveries) => {
        outlet.write(blocksOf(deliveries))
        told = deliveries.at(-1)!.cursor
      },
      waiting: outlet.waiting,
      onDrain: outlet.onDrain,
      fail: (error) => {
        end()
        outlet.write(`${nextBlock(JSON.stringify({ errors: [presentError(error, logger)] }))}${completeBlock}`)
        outlet.endUnlessDrained()
        res.end()
      },
    })
    const beat = setInterval(() => keepAlive(outlet), keepAliveMs)
    const keepAlive = ({ write, waiting }: Outlet) => {
      if (waiting() > 0) return
      const cursor = live.cursor()
      write(cursor === told ? ':\n\n' : `id: ${cursor}\n\n`)
      told = cursor
    }
    const end = () => {
      clearInterval(beat)
      live.stop()
    }
    res.once('close', end)
  }

  return {
    answer,
    endAll: () => {
      for (const res of open) res.destroy()
    },
  }
}

function begin(res: ServerResponse): void {
  res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', 'x-accel-buffering': 'no' })
  res.write(':\n\n') // the client learns that it is connected before the first event
}

function answerOnce(res: ServerResponse, result: ExecutionResult): void {
  begin(res)
  res.end(`${nextBlock(JSON.stringify(result))}${completeBlock}`)
}

const nextBlock = (payload: string) => `event: next\ndata: ${payload}\n\n`
const completeBlock = 'event: complete\ndata:\n\n'

/** The same bytes for everybody who is given the same results. */
const blocks = new WeakMap<readonly Delivery[], Buffer>()

function blocksOf(deliveries: readonly Delivery[]): Buffer {
  let bytes = blocks.get(deliveries)
  if (!bytes) {
    const parts = deliveries.flatMap(({ cursor, payload }) => [
      Buffer.from(`event: next\n${cursor === undefined ? '' : `id: ${cursor}\n`}data: `),
      payload, // JSON has no line breaks of its own
      Buffer.from('\n\n'),
    ])
    blocks.set(deliveries, (bytes = Buffer.concat(parts)))
  }
  return bytes
}
