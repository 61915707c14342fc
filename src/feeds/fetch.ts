import { readFileSync } from 'node:fs'
import { lookup as resolve } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, buildConnector, request } from 'undici'
import { isPublicAddress } from './address.ts'
import { freshSeconds, retryAfterSeconds } from './freshness.ts'
import { createHosts, HostBusy, type Hosts } from './hosts.ts'
import { BodyRefused, readBounded } from './response-body.ts'

export type Header = { name: string; value: string }
/**
 * `headers` are the feed's own, secret ones. `etag` and `lastModified` are what the last answer said, as it said it.
 * With a `form` it is a POST of that: nothing but 307 and 308 leads it on.
 */
export type FeedRequest = { url: string; headers: Header[]; etag: string | null; lastModified: string | null; form?: URLSearchParams }
export type FeedResponse = {
  status: number
  /** Nothing changed since the answer that the validators are of; `body` is empty. */
  notModified: boolean
  etag: string | null
  lastModified: string | null
  /** Decompressed. */
  body: Uint8Array
  contentType: string | null
  /** Its Link headers (RFC 8288). */
  link: string | null
  /** Where it came from, after redirects; without credentials. */
  finalUrl: string
  /** Where its permanent redirects lead, those before any other; null when the first one is none. Without credentials. */
  movedTo: string | null
  /** For how long it says that it holds; at most a day. */
  freshSeconds: number
}

export type Fetcher = {
  /**
   * Fetches a feed within 20 s, up to 10 MiB, through up to 5 redirects; what it waits for the turn of its hosts does not count.
   * @throws FetchFailed; HostBusy; the signal's reason when it breaks the fetch off
   */
  fetch: (feed: FeedRequest, signal: AbortSignal) => Promise<FeedResponse>
  /** Origins that are being asked, or were a moment ago: one more request to them would wait. */
  busyOrigins: () => string[]
  /** Ends all connections. */
  close: () => Promise<void>
}

/** A feed that could not be fetched: a message for people, without anything secret, and the status where there was an answer. */
export class FetchFailed extends Error {
  readonly httpStatus: number | null
  /** For how long the server wants not to be asked again; at most a day, 0 when it does not say. */
  readonly retryAfterSeconds: number

  constructor(message: string, httpStatus: number | null = null, retryAfter = 0) {
    super(message)
    this.httpStatus = httpStatus
    this.retryAfterSeconds = retryAfter
  }
}

class PrivateAddress extends Error {}

const limits = { connectMs: 5_000, totalMs: 20_000, bytes: 10 * 1024 * 1024, redirects: 5 }
const accept =
  'application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.8, */*;q=0.5'

/** @param hostSpacingMs between the end of a request to a host and port, and the start of the next one */
export function createFetcher({ allowPrivateNetworks, hostSpacingMs }: { allowPrivateNetworks: boolean; hostSpacingMs: number }): Fetcher {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
  const userAgent = `Newswire/${version} (+self-hosted feed reader)`
  const connect = buildConnector({ timeout: limits.connectMs, ...(!allowPrivateNetworks && { lookup: publicLookup }) })
  const agent = new Agent({
    // A name is judged by the addresses that it resolves to for this very connection; an address in a URL is never looked up.
    connect: (options, callback) => {
      const host = options.hostname.replace(/^\[|\]$/g, '')
      if (!allowPrivateNetworks && isIP(host) && !isPublicAddress(host)) callback(new PrivateAddress(), null)
      else connect(options, callback)
    },
  })
  const hosts = createHosts(hostSpacingMs)
  return {
    busyOrigins: () => hosts.busy(),
    fetch: async (feed, signal) => {
      signal.throwIfAborted()
      const ending = new AbortController()
      const stop = () => ending.abort()
      // Not AbortSignal.any: on a signal that lives as long as the process, Node 20 keeps a trace of each one made of it.
      signal.addEventListener('abort', stop)
      const time = stopwatch(limits.totalMs, stop)
      try {
        return await follow({ agent, userAgent, hosts, time }, feed, ending.signal)
      } catch (error) {
        signal.throwIfAborted()
        if (error instanceof FetchFailed || error instanceof HostBusy) throw error
        throw new FetchFailed(ending.signal.aborted ? `It took longer than ${limits.totalMs / 1000} s.` : reasonOf(error))
      } finally {
        time.pause()
        signal.removeEventListener('abort', stop)
      }
    },
    close: () => agent.destroy(),
  }
}

/** Calls `end` once it has run for `ms`, pauses left out. */
function stopwatch(ms: number, end: () => void) {
  let left = ms
  let started = 0
  let timer: NodeJS.Timeout | undefined
  return {
    run: () => {
      started = performance.now()
      timer = setTimeout(end, Math.max(left, 0))
    },
    pause: () => {
      if (timer === undefined) return
      clearTimeout(timer)
      timer = undefined
      left -= performance.now() - started
    },
  }
}

type Connection = { agent: Agent; userAgent: string; hosts: Hosts; time: ReturnType<typeof stopwatch> }
/** Where a request leads to: the end, or on. */
type Hop = { response: Omit<FeedResponse, 'finalUrl' | 'movedTo'> } | { next: URL; permanent: boolean }

async function follow(connection: Connection, feed: FeedRequest, signal: AbortSignal): Promise<FeedResponse> {
  const { hosts, time } = connection
  let url = new URL(feed.url)
  let own = ownHeaders(feed.headers, url)
  let movedTo: string | null = null
  let permanentSoFar = true
  for (let redirects = 0; ; redirects++) {
    if (!/^https?:$/.test(url.protocol)) throw new FetchFailed('Only http and https addresses are fetched.')
    url.username = url.password = url.hash = ''
    const leave = await hosts.enter(url.origin, signal)
    time.run()
    const hop = await ask(connection, { url, own, redirects }, feed, signal).finally(() => {
      time.pause()
      leave()
    })
    if ('response' in hop) return { ...hop.response, finalUrl: url.href, movedTo }
    permanentSoFar &&= hop.permanent
    if (permanentSoFar) movedTo = withoutCredentials(hop.next)
    // What a feed is given to authorise itself is for its own origin; who was redirected elsewhere and back has lost it.
    if (hop.next.origin !== url.origin) own = {}
    url = hop.next
  }
}

function withoutCredentials(address: URL): string {
  const url = new URL(address)
  url.username = url.password = url.hash = ''
  return url.href
}

type Ask = { url: URL; own: Record<string, string>; redirects: number }

/** One request. @throws FetchFailed, and what the connection throws */
async function ask({ agent, userAgent }: Connection, { url, own, redirects }: Ask, feed: FeedRequest, signal: AbortSignal): Promise<Hop> {
  const now = new Date()
  const validators = {
    ...(feed.etag !== null && { 'if-none-match': feed.etag }),
    ...(feed.lastModified !== null && { 'if-modified-since': feed.lastModified }),
  }
  const headers = { 'user-agent': userAgent, accept, ...own, 'accept-encoding': 'gzip, br, deflate', ...validators }
  const posted = feed.form && { method: 'POST' as const, body: feed.form.toString() }
  const typed = feed.form && { 'content-type': 'application/x-www-form-urlencoded' }
  const response = await request(url, { dispatcher: agent, ...posted, headers: { ...headers, ...typed }, signal })
  const status = response.statusCode
  const header = (name: string) => [response.headers[name] ?? []].flat()[0] ?? null
  const link = [response.headers['link'] ?? []].flat().join(', ') || null
  const discard = () => response.body.on('error', () => {}).destroy()

  if (status >= 200 && status <= 299) {
    const body = await readBounded(response.body, response.headers['content-encoding'], limits.bytes).catch((error: unknown) => {
      throw error instanceof BodyRefused ? new FetchFailed(error.message, status) : error
    })
    return {
      response: {
        status,
        notModified: false,
        etag: header('etag'),
        lastModified: header('last-modified'),
        body,
        contentType: header('content-type'),
        link,
        freshSeconds: freshSeconds(header, now),
      },
    }
  }
  discard()
  if (status === 304 && Object.keys(validators).length > 0) {
    const kept = { etag: header('etag') ?? feed.etag, lastModified: header('last-modified') ?? feed.lastModified }
    return {
      response: {
        status,
        notModified: true,
        ...kept,
        body: new Uint8Array(),
        contentType: header('content-type'),
        link,
        freshSeconds: freshSeconds(header, now),
      },
    }
  }
  const location = (feed.form ? [307, 308] : [301, 302, 303, 307, 308]).includes(status) ? header('location') : null
  if (location === null) {
    const retryAfter = status === 429 || status === 503 ? retryAfterSeconds(header('retry-after'), now) : 0
    throw new FetchFailed(meaningOf(status, Object.keys(own).length === 0 && feed.headers.length > 0), status, retryAfter)
  }
  if (redirects === limits.redirects) throw new FetchFailed(`It redirects more than ${limits.redirects} times.`, status)
  if (!URL.canParse(location, url)) throw new FetchFailed('It redirects to an address that is none.', status)
  return { next: new URL(location, url), permanent: status === 301 || status === 308 }
}

/** The feed's own headers by lower-case name, with the credentials of its URL. */
function ownHeaders(headers: Header[], url: URL): Record<string, string> {
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  return {
    ...(credentials !== ':' && { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }),
    ...Object.fromEntries(headers.map(({ name, value }) => [name.toLowerCase(), value])),
  }
}

/** Of a name's addresses those that are public. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, found) => {
    const addresses = error ? [] : found.filter(({ address }) => isPublicAddress(address))
    const [first] = addresses
    if (error) callback(error, '')
    else if (!first) callback(new PrivateAddress(), '')
    else if (options.all) callback(null, addresses)
    else callback(null, first.address, first.family)
  })
}

function meaningOf(status: number, headersLeftBehind: boolean): string {
  if (status === 401 || status === 403)
    return `The server refuses to give it out (${status}).${headersLeftBehind ? " It is on another host than the feed's address, which its headers are not sent to." : ''}`
  if (status === 404) return 'There is nothing at this address (404).'
  if (status === 410) return 'It is gone for good (410).'
  if (status === 429) return 'The server has been asked too often (429).'
  if (status >= 500) return `The server has a problem (${status}).`
  return `The server answered ${status}.`
}

const reasons: Record<string, string> = {
  ENOTFOUND: 'Its host is not known.',
  EAI_AGAIN: 'Its host could not be looked up.',
  ECONNREFUSED: 'Its server takes no connection.',
  ECONNRESET: 'Its server broke the connection off.',
  UND_ERR_SOCKET: 'Its server broke the connection off.',
  UND_ERR_CONNECT_TIMEOUT: `Its server could not be reached within ${limits.connectMs / 1000} s.`,
  UND_ERR_HEADERS_OVERFLOW: 'Its server sent headers that are too large.',
  CERT_HAS_EXPIRED: "Its server's certificate has expired.",
  ERR_TLS_CERT_ALTNAME_INVALID: "Its server's certificate is for another host.",
}

function reasonOf(error: unknown): string {
  if (error instanceof PrivateAddress) return 'Its address is not on the public internet. ALLOW_PRIVATE_NETWORKS=true allows such feeds.'
  const { code, errors } = error as { code?: unknown; errors?: { code?: unknown }[] }
  const known = typeof code === 'string' ? code : errors?.[0]?.code
  return typeof known === 'string' ? (reasons[known] ?? `It could not be fetched (${known}).`) : 'It could not be fetched.'
}
