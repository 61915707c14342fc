import { WebSocket } from 'ws'

/** A bare WebSocket, for what the public client would never send. */
export type RawSocket = {
  socket: WebSocket
  /** Sends a text as it is, and anything else as JSON. */
  send: (message: unknown) => void
  /** The next message that was not taken yet. Rejects when the socket closes before it. */
  next: () => Promise<any>
  /** Messages until one of the type, that one last. */
  until: (type: string) => Promise<any[]>
  closed: Promise<{ code: number; reason: string }>
}

type Options = { protocol?: string | string[] | undefined; headers?: Record<string, string> }

/** Opens a socket. @throws the HTTP status where the upgrade is refused */
export async function openSocket(url: string, { protocol = 'graphql-transport-ws', headers = {} }: Options = {}): Promise<RawSocket> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), protocol, { headers })
  const messages: any[] = []
  const waiting: { resolve: (message: any) => void; reject: (error: Error) => void }[] = []
  socket.on('message', (data) => {
    const message = JSON.parse((data as Buffer).toString())
    const first = waiting.shift()
    if (first) first.resolve(message)
    else messages.push(message)
  })
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.on('close', (code, reason) => {
      for (const { reject } of waiting) reject(new Error(`closed: ${code} ${reason.toString()}`))
      resolve({ code, reason: String(reason) })
    }),
  )
  await new Promise<void>((resolve, reject) => {
    socket.on('open', resolve)
    socket.on('error', reject)
    socket.on('unexpected-response', (request, response) => {
      response.resume()
      request.destroy()
      reject(new Error(`HTTP ${response.statusCode}`))
    })
  })
  const next = () =>
    messages.length > 0
      ? Promise.resolve(messages.shift())
      : socket.readyState === WebSocket.CLOSED
        ? Promise.reject(new Error('closed'))
        : new Promise<any>((resolve, reject) => waiting.push({ resolve, reject }))
  return {
    socket,
    closed,
    next,
    until: async (type) => {
      const taken = [await next()]
      while (taken.at(-1).type !== type) taken.push(await next())
      return taken
    },
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
  }
}

/** A socket that the server has greeted. */
export async function openGreeted(url: string, options?: Options): Promise<RawSocket> {
  const raw = await openSocket(url, options)
  raw.send({ type: 'connection_init' })
  await raw.until('connection_ack')
  return raw
}
