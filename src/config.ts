import { resolve } from 'node:path'

/** Every setting, read once at start. Times are in the unit that the name says. */
export type Config = {
  host: string
  port: number
  databaseUrl: string | undefined
  databasePoolSize: number
  dataDir: string
  logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
  allowPrivateNetworks: boolean
  feedIntervalMinutes: number
  feedConcurrency: number
  hostSpacingMs: number
  maxSockets: number
  subscriptionsPerSocket: number
  connectionInitMs: number
  keepAliveMs: number
  maxMessageKib: number
  unreadKib: number
  replayPage: number
  streamRing: number
  streamRetentionDays: number
  readKeyRetentionDays: number
  publicUrl: string | undefined
  summaryApiUrl: string | undefined
  summaryApiKey: string | undefined
  summaryModel: string | undefined
  summaryDailyBudget: number
}

/** The environment of a process. */
export type Env = Record<string, string | undefined>

/** A setting with a value it cannot have; the message names the variable. */
export class ConfigError extends Error {}

type Setting<T> = {
  variable: string
  type: string
  unit: string
  default: string
  limit: string
  meaning: string
  /** Reads the text of the variable, or of its default. @throws Error that says what would be right */
  read: (text: string) => T
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
/** Where a server listens that nobody told otherwise. */
export const defaultUrl = 'http://127.0.0.1:4000/graphql'

const loopback = ['127.0.0.1', '::1', 'localhost']

/** The settings, in the order of the README's table (a test holds the two together). */
export const settings: { [K in keyof Config]: Setting<Config[K]> } = {
  host: {
    variable: 'HOST',
    type: 'address',
    unit: '',
    default: '127.0.0.1',
    limit: 'loopback only',
    meaning: 'Where the server listens. Nothing is protected by keys yet, so anything but loopback is refused.',
    read: (text) => {
      if (!loopback.includes(text))
        throw new Error(`must be one of ${loopback.join(', ')}: nothing protects the server by keys yet, so it may not be reached from elsewhere`)
      return text
    },
  },
  port: {
    variable: 'PORT',
    type: 'integer',
    unit: '',
    default: '4000',
    limit: '0 to 65535',
    meaning: 'The port of HTTP and WebSocket; 0 takes a free one.',
    read: integer(0, 65_535),
  },
  databaseUrl: {
    variable: 'DATABASE_URL',
    type: 'URL',
    unit: '',
    default: '',
    limit: 'PostgreSQL 15 or newer',
    meaning: 'A postgresql:// URL. Empty: the embedded database in DATA_DIR.',
    read: (text) => {
      if (text === '') return undefined
      if (!/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text)) throw new Error('must be a postgresql:// URL')
      return text
    },
  },
  databasePoolSize: {
    variable: 'DATABASE_POOL_SIZE',
    type: 'integer',
    unit: 'connections',
    default: '10',
    limit: '2 to 100',
    meaning: 'Connections to PostgreSQL, beside one that hears of other servers while somebody subscribes. The embedded database has one.',
    read: integer(2, 100),
  },
  dataDir: {
    variable: 'DATA_DIR',
    type: 'path',
    unit: '',
    default: './data',
    limit: 'one server at a time',
    meaning: 'The folder of the embedded database.',
    read: (text) => resolve(text),
  },
  logLevel: {
    variable: 'LOG_LEVEL',
    type: 'word',
    unit: '',
    default: 'info',
    limit: logLevels.join(', '),
    meaning: 'The least severe level that is logged, as JSON lines on standard error.',
    read: (text) => {
      const level = logLevels.find((known) => known === text)
      if (level === undefined) throw new Error(`must be one of ${logLevels.join(', ')}`)
      return level
    },
  },
  allowPrivateNetworks: {
    variable: 'ALLOW_PRIVATE_NETWORKS',
    type: 'boolean',
    unit: '',
    default: 'false',
    limit: 'true or false',
    meaning: 'Whether feeds may be fetched from loopback, private and link-local addresses.',
    read: (text) => {
      if (text !== 'true' && text !== 'false') throw new Error('must be true or false')
      return text === 'true'
    },
  },
  feedIntervalMinutes: {
    variable: 'FEED_INTERVAL_MINUTES',
    type: 'integer',
    unit: 'minutes',
    default: '30',
    limit: '1 to 1440',
    meaning:
      'How long after its first check a feed is due again. Then halved by each check that brings articles, longer by half with one that does not, from 15 minutes (or this, where it is less) to a day. A failing feed keeps its interval twice, then waits twice as long each time, up to a day.',
    read: integer(1, 1440),
  },
  feedConcurrency: {
    variable: 'FEED_CONCURRENCY',
    type: 'integer',
    unit: 'feeds',
    default: '64',
    limit: '1 to 256',
    meaning: 'Feeds that are fetched at the same time, most of which wait for a slow server; of feeds over 1 MiB at most 4.',
    read: integer(1, 256),
  },
  hostSpacingMs: {
    variable: 'HOST_SPACING_MS',
    type: 'integer',
    unit: 'milliseconds',
    default: '1000',
    limit: '0 to 60000',
    meaning: 'From the end of a request to a host and port to the start of the next one; there is never more than one at a time.',
    read: integer(0, 60_000),
  },
  maxSockets: {
    variable: 'MAX_SOCKETS',
    type: 'integer',
    unit: 'sockets',
    default: '10000',
    limit: '1 to 100000',
    meaning: 'Open WebSockets and event streams; one more is closed with 1013 (try again later), or refused with 503.',
    read: integer(1, 100_000),
  },
  subscriptionsPerSocket: {
    variable: 'SUBSCRIPTIONS_PER_SOCKET',
    type: 'integer',
    unit: 'operations',
    default: '100',
    limit: '1 to 1000',
    meaning: 'Operations that run at the same time on one WebSocket; one more is RATE_LIMITED.',
    read: integer(1, 1_000),
  },
  connectionInitMs: {
    variable: 'CONNECTION_INIT_MS',
    type: 'integer',
    unit: 'milliseconds',
    default: '3000',
    limit: '100 to 60000',
    meaning: "How long a WebSocket may take for the protocol's greeting (connection_init); then it is closed with 4408.",
    read: integer(100, 60_000),
  },
  keepAliveMs: {
    variable: 'KEEP_ALIVE_MS',
    type: 'integer',
    unit: 'milliseconds',
    default: '12000',
    limit: '100 to 60000',
    meaning:
      'How often a WebSocket is pinged, and a silent event stream told that it lives; both are told up to where they have been served. One that does not answer a ping until the next is closed with 1013.',
    read: integer(100, 60_000),
  },
  maxMessageKib: {
    variable: 'MAX_MESSAGE_KIB',
    type: 'integer',
    unit: 'KiB',
    default: '1024',
    limit: '1 to 16384',
    meaning: "A client's message on a WebSocket; a larger one closes it with 1009.",
    read: integer(1, 16_384),
  },
  unreadKib: {
    variable: 'UNREAD_KIB',
    type: 'integer',
    unit: 'KiB',
    default: '1024',
    limit: '64 to 65536',
    meaning:
      'What a subscriber may leave unread. Past it nothing more is queued, its subscription ends with SLOW_CONSUMER and the cursor to go on after, and its socket is ended 30 s later unless it has read all.',
    read: integer(64, 65_536),
  },
  replayPage: {
    variable: 'REPLAY_PAGE',
    type: 'integer',
    unit: 'events',
    default: '500',
    limit: '1 to 500',
    meaning: 'Events that are read, executed and delivered at once; fewer where they are large or go to many.',
    read: integer(1, 500),
  },
  streamRing: {
    variable: 'STREAM_RING',
    type: 'integer',
    unit: 'events',
    default: '4096',
    limit: '1 to 100000',
    meaning: 'The newest events, kept in memory while somebody subscribes; who is further behind reads the table.',
    read: integer(1, 100_000),
  },
  streamRetentionDays: {
    variable: 'STREAM_RETENTION',
    type: 'integer',
    unit: 'days',
    default: '30',
    limit: '1 to 3650',
    meaning: 'How long events are kept. A cursor from before is CURSOR_EXPIRED.',
    read: integer(1, 3_650),
  },
  readKeyRetentionDays: {
    variable: 'READ_KEY_RETENTION',
    type: 'integer',
    unit: 'days',
    default: '7',
    limit: '1 to 3650',
    meaning: 'How long the idempotency keys of reads are remembered. A key from before counts again.',
    read: integer(1, 3_650),
  },
  publicUrl: {
    variable: 'PUBLIC_URL',
    type: 'URL',
    unit: '',
    default: '',
    limit: 'http or https; no credentials, query or fragment',
    meaning:
      'Where hubs of feeds (WebSub) reach this server, e.g. https://news.example.com: a proxy there passes on what is below /websub/. Empty: feeds are polled alone.',
    read: (text) => {
      if (text === '') return undefined
      const url = URL.canParse(text) ? new URL(text) : undefined
      if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || /[?#]/.test(text))
        throw new Error('must be an absolute http(s) URL without credentials, query and fragment')
      return url.href.replace(/\/+$/, '')
    },
  },
  summaryApiUrl: {
    variable: 'SUMMARY_API_URL',
    type: 'URL',
    unit: '',
    default: '',
    limit: 'http or https; no credentials, query or fragment',
    meaning:
      'A language model that makes summaries, behind an OpenAI-compatible API, e.g. http://127.0.0.1:11434/v1: title and text of articles are sent there. Empty: summaries are sentences of the articles alone.',
    read: (text) => {
      if (text === '') return undefined
      const url = URL.canParse(text) ? new URL(text) : undefined
      if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || /[?#]/.test(text))
        throw new Error('must be an absolute http(s) URL without credentials, query and fragment')
      return url.href.replace(/\/+$/, '')
    },
  },
  summaryApiKey: {
    variable: 'SUMMARY_API_KEY',
    type: 'text',
    unit: '',
    default: '',
    limit: 'secret',
    meaning: 'Is sent to SUMMARY_API_URL as a bearer token.',
    read: (text) => text || undefined,
  },
  summaryModel: {
    variable: 'SUMMARY_MODEL',
    type: 'text',
    unit: '',
    default: '',
    limit: '',
    meaning: "The model's name at SUMMARY_API_URL. Empty: the server's own choice, where it has one.",
    read: (text) => text || undefined,
  },
  summaryDailyBudget: {
    variable: 'SUMMARY_DAILY_BUDGET',
    type: 'integer',
    unit: 'requests',
    default: '500',
    limit: '0 to 1000000',
    meaning: 'Requests to SUMMARY_API_URL on a day (UTC), retries included, of all servers on a database; the newest articles come first.',
    read: integer(0, 1_000_000),
  },
}

/**
 * Reads the settings from an environment; an empty variable counts as unset.
 * @throws ConfigError that names the variable
 */
export function parseConfig(env: Env): Config {
  const entries = Object.entries(settings).map(([name, setting]) => {
    const text = env[setting.variable]?.trim() || setting.default
    try {
      return [name, setting.read(text)]
    } catch (error) {
      throw new ConfigError(`${setting.variable}=${setting.variable === 'DATABASE_URL' ? '…' : text}: ${(error as Error).message}`)
    }
  })
  return Object.fromEntries(entries) as Config
}

function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN
    if (!(value >= least && value <= most)) throw new Error(`must be a whole number from ${least} to ${most}`)
    return value
  }
}
