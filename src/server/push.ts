import type { IncomingMessage, ServerResponse } from 'node:http'
import { parametersOf, pathOf } from './origin.ts'

/** Who hubs talk to, at the callbacks that they were told. */
export type PushReceiver = {
  /** @returns what to answer a question with; null when it is not to be confirmed */
  verify: (token: string, question: URLSearchParams) => Promise<string | null>
  /** @returns what takes a body, or the status for a token that nobody has */
  recipient: (token: string) => Promise<((pushed: { body: Uint8Array; contentType: string | null; signature: string | null }) => Promise<void>) | 404 | 410>
}

export const pushPath = '/websub/'
const bodyLimits = { bytes: 10 * 1024 * 1024, atOnce: 8, atOnceOfOne: 2, ms: 20_000 }

/**
 * Answers hubs (WebSub). Whoever knows a callback's token may ask there, from anywhere; nothing else of the server is reached.
 * @param limits of the bodies that are read: bytes, how many at the same time in all and of one token, and ms for each
 */
export function createPushHandler(receiver: PushReceiver, limits = bodyLimits): (req: IncomingMessage, res: ServerResponse) => Promise<void> {
  const reading = new Map<string, number>()
  let readingInAll = 0

  const question = async (token: string, req: IncomingMessage, res: ServerResponse) => {
    const answer = await receiver.verify(token, parametersOf(req))
    if (answer === null) return end(res, 404)
    res.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' }).end(answer)
  }

  const body = async (token: string, req: IncomingMessage, res: ServerResponse) => {
    const deliver = await receiver.recipient(token)
    if (typeof deliver === 'number') return end(res, deliver)
    if (Number(req.headers['content-length'] ?? 0) > limits.bytes) return end(res, 413)
    const ofOne = reading.get(token) ?? 0
    if (readingInAll >= limits.atOnce || ofOne >= limits.atOnceOfOne) return end(res.setHeader('retry-after', '60'), 503)
    readingInAll++
    reading.set(token, ofOne + 1)
    const tooSlow = setTimeout(() => {
      res.once('finish', () => req.destroy()) // the end of an answer does not end the reading
      end(res, 408)
    }, limits.ms)
    try {
      const bytes = await read(req, limits.bytes)
      if (res.headersSent) return
      if (!bytes) return end(res, 413)
      const header = (name: string) => [req.headers[name] ?? []].flat()[0] ?? null
      await deliver({ body: bytes, contentType: header('content-type'), signature: header('x-hub-signature') })
      end(res, 202)
    } catch (error) {
      if (!req.destroyed || req.complete) throw error // else whoever sent it has left
    } finally {
      clearTimeout(tooSlow)
      readingInAll--
      const rest = (reading.get(token) ?? 1) - 1
      if (rest > 0) reading.set(token, rest)
      else reading.delete(token)
    }
  }

  return async (req, res) => {
    const token = pathOf(req).slice(pushPath.length)
    if (req.method === 'GET') return question(token, req, res)
    if (req.method === 'POST') return body(token, req, res)
    end(res.setHeader('allow', 'GET, POST'), 405)
  }
}

/** Null when it is too large: the rest of it is not read. */
async function read(req: IncomingMessage, most: number): Promise<Uint8Array | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of req as AsyncIterable<Buffer>) {
    if ((bytes += chunk.length) > most) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function end(res: ServerResponse, status: number): void {
  if (res.headersSent) return
  if (!res.req.complete) res.setHeader('connection', 'close') // what is left of a body is not worth reading
  res.writeHead(status).end()
}
