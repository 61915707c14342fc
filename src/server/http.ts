import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { sendNodeResponse } from '@whatwg-node/server'
import type { Logger } from 'pino'
import { createEventStreams, wantsEvents } from './event-stream.ts'
import type { Params } from './operation.ts'
import { parametersOf, pathOf, refusal } from './origin.ts'
import { createPushHandler, pushPath, type PushReceiver } from './push.ts'
import { refuse } from './refuse.ts'
import type { Slots } from './slots.ts'
import type { Subscriptions } from '../stream/subscriptions.ts'
import type { Yoga } from './yoga.ts'

/** Bytes of a request's body; a larger one is refused with 413. */
export const maxBodyBytes = 16 * 1024 * 1024

/**
 * The HTTP server: who may ask is decided before anything is read, and bodies are limited before anything is parsed.
 * @param healthy whether the database answers
 * @param metrics what Prometheus is answered
 * @param push what hubs reach, under whatever name and from anywhere
 * @returns it, and what cuts off the event streams: without their complete event, so that a client comes back for the rest
 */
export function createHttpServer({
  yoga,
  subscriptions,
  slots,
  logger,
  keepAliveMs,
  healthy,
  metrics,
  push,
}: {
  yoga: Yoga
  subscriptions: Subscriptions
  slots: Slots
  logger: Logger
  keepAliveMs: number
  healthy: () => Promise<boolean>
  metrics: () => Promise<string>
  push?: PushReceiver | undefined
}): {
  server: Server
  endStreams: () => void
} {
  const streams = createEventStreams({ yoga, subscriptions, logger, slots, keepAliveMs })
  const answerHub = push && createPushHandler(push)
  const handle = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const path = pathOf(req)
    if (answerHub && path.startsWith(pushPath)) return answerHub(req, res)
    const refused = refusal(req.headers)
    if (refused) return refuse(res, 403, 'FORBIDDEN', refused)
    if (path === '/health') return answer(res, (await healthy()) ? 200 : 503)
    if (path === '/metrics') {
      const text = await metrics()
      return void res.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text)
    }
    if (path === '/') return void res.writeHead(302, { location: '/graphql' }).end()
    if (path !== '/graphql') return refuse(res, 404, 'NOT_FOUND', 'There is nothing here: the API is at /graphql.')
    let body: string | null = null
    if (req.method === 'POST') {
      if (!/^application\/json\s*(;|$)/i.test(req.headers['content-type'] ?? ''))
        return refuse(res, 415, 'BAD_USER_INPUT', 'Send the body as application/json.')
      body = await readBody(req)
      if (body === null) return refuse(res, 413, 'BAD_USER_INPUT', `A body has at most ${maxBodyBytes / 1024 / 1024} MiB.`)
    } else if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.setHeader('allow', 'GET, POST')
      return refuse(res, 405, 'BAD_USER_INPUT', 'Use GET or POST.')
    } else {
      const field = brokenParameter(req)
      if (field) return refuse(res, 400, 'BAD_USER_INPUT', `${field} must be JSON.`)
    }
    if (wantsEvents(req)) {
      const params = paramsOf(req, body)
      if (!params) return refuse(res, 400, 'BAD_USER_INPUT', 'This is no GraphQL request: it has no query.')
      return streams.answer(req, res, params)
    }
    const gone = new AbortController()
    res.once('close', () => gone.abort())
    const headers = Object.fromEntries(Object.entries(req.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])))
    if (body !== null) headers['content-type'] = 'application/json' // as it was found to be; Yoga would take one spelling alone
    const response = await yoga.fetch(
      `http://${req.headers.host}${req.url}`,
      { method: req.method!, headers, body, signal: gone.signal },
      { method: req.method! },
    )
    await sendNodeResponse(response, res, req, true)
  }
  const server = createServer((req, res) => {
    handle(req, res).catch((error: unknown) => {
      if (res.destroyed || res.writableEnded) return
      logger.error({ err: error }, 'request failed')
      if (res.headersSent) res.destroy()
      else refuse(res, 500, 'INTERNAL_SERVER_ERROR', 'Internal server error.')
    })
  })
  server.requestTimeout = 60_000 // the whole request; a slow answer or a stream is not meant
  return {
    server,
    endStreams: streams.endAll,
  }
}

/** The parameter of a GET that must be JSON and is not: Yoga would take it for a failure of the server. */
function brokenParameter(req: IncomingMessage): string | undefined {
  const parameters = parametersOf(req)
  return ['variables', 'extensions'].find((name) => {
    try {
      JSON.parse(parameters.get(name) || '{}')
      return false
    } catch {
      return true
    }
  })
}

/** What a request asks to run; undefined when that cannot be told. */
function paramsOf(req: IncomingMessage, body: string | null): Params | undefined {
  const parameters = parametersOf(req)
  const given = body === null ? Object.fromEntries(parameters) : parsed(body)
  if (typeof given !== 'object' || given === null) return undefined
  const { query, operationName, variables } = given as Record<string, unknown>
  const values = typeof variables === 'string' ? parsed(variables || 'null') : variables
  if (typeof query !== 'string' || !isOptional(operationName, 'string') || !isOptional(values, 'object') || Array.isArray(values)) return undefined
  return { query, operationName: (operationName as string) || null, variables: values as Record<string, unknown> | null }
}

const isOptional = (value: unknown, type: string) => value === undefined || value === null || typeof value === type

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The body as text, or null when it is too large: the rest of it is not read. */
async function readBody(req: IncomingMessage): Promise<string | null> {
  if (Number(req.headers['content-length'] ?? 0) > maxBodyBytes) return null
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of req as AsyncIterable<Buffer>) {
    if ((bytes += chunk.length) > maxBodyBytes) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function answer(res: ServerResponse, status: number): void {
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify({ status: status === 200 ? 'ok' : 'unavailable' }))
}
