import { request as open } from 'node:http'

export type Answer = { status: number; headers: Record<string, string | string[] | undefined>; text: string; json: any }

/** One HTTP request as it is written, for what fetch would not send: a target that is no path, another Host, a method of HEAD with a body. */
export function request(
  url: string,
  {
    method = 'GET',
    target,
    headers = {},
    body,
  }: { method?: string; target?: string; headers?: Record<string, string>; body?: string | Iterable<Uint8Array> } = {},
): Promise<Answer> {
  const { hostname, port, pathname } = new URL(url)
  return new Promise((resolve, reject) => {
    const req = open({ hostname, port, method, path: target ?? pathname, headers, agent: false }, (res) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.on('error', reject)
      res.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        let json: unknown
        try {
          json = JSON.parse(text)
        } catch {
          // not everything is JSON
        }
        resolve({ status: res.statusCode!, headers: res.headers, text, json })
      })
    })
    req.on('error', reject)
    if (body === undefined || typeof body === 'string') req.end(body)
    else {
      for (const chunk of body) req.write(chunk)
      req.end()
    }
  })
}

/** The same as JSON by POST. */
export const postJson = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  request(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) })
