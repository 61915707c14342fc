/** A subscription over server-sent events. */
export type EventStream = {
  response: Response
  /** The next event, keep-alive comments left out. Rejects when the stream ends before it. */
  next: () => Promise<{ event: string; data: any }>
  /** Leaves, as a browser does that closes its tab. */
  leave: () => void
}

/** Asks for an event stream, by POST, or by GET where it is said. */
export async function openEventStream(
  url: string,
  query: string,
  { method = 'POST', variables = {} }: { method?: 'GET' | 'POST'; variables?: object } = {},
): Promise<EventStream> {
  const leaving = new AbortController()
  const asked = method === 'GET' ? `${url}?${new URLSearchParams({ query, variables: JSON.stringify(variables) })}` : url
  const response = await fetch(asked, {
    method,
    headers: { accept: 'text/event-stream', ...(method === 'POST' && { 'content-type': 'application/json' }) },
    ...(method === 'POST' && { body: JSON.stringify({ query, variables }) }),
    signal: leaving.signal,
  })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  return {
    response,
    leave: () => leaving.abort(),
    next: async () => {
      for (;;) {
        const end = text.indexOf('\n\n')
        if (end < 0) {
          const { done, value } = await reader.read()
          if (done) throw new Error('the stream ended')
          text += value
          continue
        }
        const lines = text.slice(0, end).split('\n')
        text = text.slice(end + 2)
        const field = (name: string) =>
          lines
            .find((line) => line.startsWith(`${name}:`))
            ?.slice(name.length + 1)
            .trim()
        const event = field('event')
        if (event !== undefined) return { event, data: field('data') ? JSON.parse(field('data')!) : undefined }
      }
    },
  }
}
