import pg from 'pg'

/** How long to wait before another connection is tried. What is said meanwhile is not heard. */
const retryMs = 2_000

/**
 * Hears what is said on channels of a PostgreSQL server (LISTEN), on a connection of its own, until it is stopped. A notice can be
 * lost, with its connection for instance: nothing may depend on it.
 * @param onHearing told when a connection begins to hear, and when it no longer does
 */
export function hearNotices(
  connectionString: string,
  channels: readonly string[],
  {
    onNotice,
    onHearing,
    onError,
  }: { onNotice: (channel: string, payload: string) => void; onHearing: (hearing: boolean) => void; onError: (error: Error) => void },
): () => Promise<void> {
  let stopped = false
  let retry: NodeJS.Timeout | undefined
  let client: pg.Client | undefined
  let connecting: Promise<void> | undefined

  const connect = async () => {
    const own = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000, keepAlive: true, application_name: 'newswire notices' })
    client = own
    let over = false
    const lost = (error?: Error) => {
      if (over) return
      over = true
      onHearing(false)
      void own.end().catch(() => undefined)
      if (stopped) return
      if (error) onError(error)
      retry = setTimeout(() => (connecting = connect()), retryMs)
    }
    own.on('error', lost)
    own.on('end', () => lost())
    own.on('notification', ({ channel, payload = '' }) => onNotice(channel, payload))
    try {
      await own.connect()
      for (const channel of channels) await own.query(`LISTEN ${own.escapeIdentifier(channel)}`)
      if (!over) onHearing(true)
    } catch (error) {
      lost(error as Error)
    }
  }
  connecting = connect()

  return async () => {
    stopped = true
    clearTimeout(retry)
    await connecting
    await client?.end().catch(() => undefined)
  }
}
