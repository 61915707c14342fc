/** A block of a stream, keep-alive comments left out. One with an id alone has no event: it only moves on what the id stands for. */
type Block = { event: string | undefined; data: any; id: string | undefined }

/** A subscription over server-sent events. */
export type EventStream = {
  response: Response
  /** The next event; blocks with an id alone are passed over. Rejects when the stream ends before it. */
  next: () => Promise<{ event: string; data: any; id?: string }>
  /** The next block, be it an event or an id alone. */
  block: () => Promise<Block>
  /** Leaves, as a browser does that closes its tab. */
  leave: () => void
}

/** Asks for an event stream, by POST, or by GET where it is said; with the header Last-Event-ID where one is given. */
export async function openEventStream(
  url: string,
  query: string,
  { method = 'POST', variables = {}, lastEventId }: { method?: 'GET' | 'POST'; variables?: object; lastEventId?: string | undefined } = {},
): Promise<EventStream> {
  const leaving = new AbortController()
  const asked = method === 'GET' ? `${url}?${new URLSearchParams({ query, variables: JSON.stringify(variables) })}` : url
  const response = await fetch(asked, {
    method,
    headers: {
      accept: 'text/event-stream',
      ...(method === 'POST' && { 'content-type': 'application/json' }),
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    },
    ...(method === 'POST' && { body: JSON.stringify({ query, variables }) }),
    signal: leaving.signal,
  })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const block = async (): Promise<Block> => {
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
      const [event, id, data] = [field('event'), field('id'), field('data')]
      if (event !== undefined || id !== undefined) return { event, data: data ? JSON.parse(data) : undefined, id }
    }
  }
  return {
    response,
    leave: () => leaving.abort(),
    block,
    next: async () => {
      for (;;) {
        const { event, data, id } = await block()
        if (event !== undefined) return { event, data, ...(id !== undefined && { id }) }
      }
    },
  }
}
