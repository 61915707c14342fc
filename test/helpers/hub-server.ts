import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { request, type Answer } from './request.ts'

/** What the servers of the tests say that hubs reach them at. */
export const publicUrl = 'http://news.example'

/** A hub on loopback (WebSub). It does by itself nothing but to keep what it is asked. */
export type HubServer = {
  url: string
  /** The forms that were posted to it. */
  requests: Record<string, string>[]
  /** How it answers from now on. */
  answer: (status: number, headers?: Record<string, string>) => void
  close: () => Promise<void>
}

export async function startHub(): Promise<HubServer> {
  const requests: HubServer['requests'] = []
  let now: { status: number; headers: Record<string, string> } = { status: 202, headers: {} }
  const server = createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      requests.push(Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString())))
      res.writeHead(now.status, now.headers).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests,
    answer: (status, headers = {}) => (now = { status, headers }),
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** The callback as a proxy passes it on: to the server's own address, with the name that was asked for. */
const passedOn = (server: { url: string }, callback: string) => new URL(callback.slice(publicUrl.length), server.url).href
const host = new URL(publicUrl).host

/** What a hub asks a subscriber, by what the subscriber asked of it. */
export function askBack(server: { url: string }, form: Record<string, string>, changes: Record<string, string> = {}): Promise<Answer> {
  const question = {
    'hub.mode': form['hub.mode']!,
    'hub.topic': form['hub.topic']!,
    'hub.challenge': '<b>challenge</b>',
    'hub.lease_seconds': '864000',
    ...changes,
  }
  const url = passedOn(server, form['hub.callback']!)
  return request(url, { target: `${new URL(url).pathname}?${new URLSearchParams(question)}`, headers: { host } })
}

/** What a hub sends. */
export function sendTo(
  server: { url: string },
  form: Record<string, string>,
  body: string,
  signature: string | null = sign(form, body, 'sha256'),
): Promise<Answer> {
  const headers = { host, 'content-type': 'application/rss+xml', ...(signature !== null && { 'x-hub-signature': signature }) }
  return request(passedOn(server, form['hub.callback']!), { method: 'POST', headers, body })
}

export const sign = (form: Record<string, string>, body: string, method: string) =>
  `${method}=${createHmac(method, form['hub.secret']!).update(body).digest('hex')}`
