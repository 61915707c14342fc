import pg from 'pg'

/** How long to wait before another connection is tried. */
const retryMs = 2_000

type Listener = {
  onNotice: (payload: string) => void
  /** What was said since then may have been missed. */
  onGap: (since: Date) => void
}

/**
 * Short notices from whoever writes to whoever listens, of this process or another on the same database. A notice can be lost, with a
 * connection for instance.
 */
export type Notices = {
  /** Said after a commit. On a PostgreSQL server that transaction says it too (pg_notify), and everybody hears it from there. */
  say: (channel: Channel, payload: string) => void
  /** Hears a channel; nothing is connected while nobody does. @returns stops it */
  listen: (channel: Channel, listener: Listener) => () => void
  close: () => Promise<void>
}

const channels = ['newswire_appended', 'newswire_read'] as const
export type Channel = (typeof channels)[number]

/** @param databaseUrl where others are heard; without one, all who write are in this process */
export function createNotices({ databaseUrl, onError }: { databaseUrl: string | undefined; onError: (error: Error) => void }): Notices {
  const listeners = new Map<Listener, Channel>()
  let connection: { hears: () => boolean; close: () => Promise<void> } | undefined
  const closing = new Set<Promise<void>>()

  const tell = (channel: string, payload: string) => {
    for (const [{ onNotice }, of] of listeners) if (of === channel) onNotice(payload)
  }
  const gap = (since: Date) => {
    for (const { onGap } of listeners.keys()) onGap(since)
  }
  const disconnect = () => {
    const closed = connection?.close().finally(() => closing.delete(closed!))
    connection = undefined
    if (closed) closing.add(closed)
  }

  return {
    say: (channel, payload) => {
      if (!connection?.hears()) tell(channel, payload)
    },
    listen: (channel, listener) => {
      listeners.set(listener, channel)
      if (databaseUrl !== undefined) connection ??= hear(databaseUrl, { tell, gap, onError })
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) disconnect()
      }
    },
    close: async () => {
      disconnect()
      await Promise.all(closing)
    },
  }
}

/** A connection of its own that listens, and is made again when it is lost. */
function hear(
  connectionString: string,
  { tell, gap, onError }: { tell: (channel: string, payload: string) => void; gap: (since: Date) => void; onError: (error: Error) => void },
): { hears: () => boolean; close: () => Promise<void> } {
  let closed = false
  let hearing = false
  let deafSince = new Date()
  let retry: NodeJS.Timeout | undefined
  let client: pg.Client | undefined
  let connecting: Promise<void>

  const connect = async () => {
    const own = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000, keepAlive: true, application_name: 'newswire notices' })
    client = own
    let over = false
    const lost = (error?: Error) => {
      if (over) return
      over = true
      if (hearing) deafSince = new Date()
      hearing = false
      void own.end().catch(() => undefined)
      if (closed) return
      if (error) onError(error)
      retry = setTimeout(() => (connecting = connect()), retryMs)
    }
    own.on('error', lost)
    own.on('end', () => lost())
    own.on('notification', ({ channel, payload = '' }) => tell(channel, payload))
    try {
      await own.connect()
      for (const channel of channels) await own.query(`LISTEN ${channel}`)
      if (over || closed) return
      hearing = true
      gap(deafSince)
    } catch (error) {
      lost(error as Error)
    }
  }
  connecting = connect()

  return {
    hears: () => hearing,
    close: async () => {
      closed = true
      clearTimeout(retry)
      await connecting
      await client?.end().catch(() => undefined)
    },
  }
}
