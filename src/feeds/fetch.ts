import { readFileSync } from 'node:fs'
import { lookup as resolve } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, buildConnector, request } from 'undici'
import { isPublicAddress } from './address.ts'
import { BodyRefused, readBounded } from './response-body.ts'

export type Header = { name: string; value: string }
/** `headers` are the feed's own, secret ones. `etag` and `lastModified` are what the last answer said, as it said it. */
export type FeedRequest = { url: string; headers: Header[]; etag: string | null; lastModified: string | null }
type FeedResponse = {
  status: number
  /** Nothing changed since the answer that the validators are of; `body` is empty. */
  notModified: boolean
  etag: string | null
  lastModified: string | null
  /** Decompressed. */
  body: Uint8Array
  contentType: string | null
  /** Where it came from, after redirects; without credentials. */
  finalUrl: string
}

export type Fetcher = {
  /**
   * Fetches a feed within 20 s, up to 10 MiB, through up to 5 redirects.
   * @throws FetchFailed; the signal's reason when it breaks the fetch off
   */
  fetch: (feed: FeedRequest, signal: AbortSignal) => Promise<FeedResponse>
  /** Ends all connections. */
  close: () => Promise<void>
}

/** A feed that could not be fetched: a message for people, without anything secret, and the status where there was an answer. */
export class FetchFailed extends Error {
  readonly httpStatus: number | null

  constructor(message: string, httpStatus: number | null = null) {
    super(message)
    this.httpStatus = httpStatus
  }
}

class PrivateAddress extends Error {}

const limits = { connectMs: 5_000, totalMs: 20_000, bytes: 10 * 1024 * 1024, redirects: 5 }
const accept =
  'application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.8, */*;q=0.5'

export function createFetcher({ allowPrivateNetworks }: { allowPrivateNetworks: boolean }): Fetcher {
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
  return {
    fetch: async (feed, signal) => {
      signal.throwIfAborted()
      const ending = new AbortController()
      const stop = () => ending.abort()
      // Not AbortSignal.any: on a signal that lives as long as the process, Node 20 keeps a trace of each one made of it.
      signal.addEventListener('abort', stop)
      const timer = setTimeout(stop, limits.totalMs)
      try {
        return await follow(agent, userAgent, feed, ending.signal)
      } catch (error) {
        signal.throwIfAborted()
        if (error instanceof FetchFailed) throw error
        throw new FetchFailed(ending.signal.aborted ? `It took longer than ${limits.totalMs / 1000} s.` : reasonOf(error))
      } finally {
        clearTimeout(timer)
        signal.removeEventListener('abort', stop)
      }
    },
    close: () => agent.destroy(),
  }
}

async function follow(agent: Agent, userAgent: string, feed: FeedRequest, signal: AbortSignal): Promise<FeedResponse> {
  let url = new URL(feed.url)
  let own = ownHeaders(feed.headers, url)
  for (let redirects = 0; ; redirects++) {
    if (!/^https?:$/.test(url.protocol)) throw new FetchFailed('Only http and https addresses are fetched.')
    url.username = url.password = url.hash = ''
    const validators = {
      ...(feed.etag !== null && { 'if-none-match': feed.etag }),
      ...(feed.lastModified !== null && { 'if-modified-since': feed.lastModified }),
    }
    const headers = { 'user-agent': userAgent, accept, ...own, 'accept-encoding': 'gzip, br, deflate', ...validators }
    const response = await request(url, { dispatcher: agent, headers, signal })
    const status = response.statusCode
    const header = (name: string) => [response.headers[name] ?? []].flat()[0] ?? null
    const discard = () => response.body.on('error', () => {}).destroy()

    if (status >= 200 && status <= 299) {
      const body = await readBounded(response.body, response.headers['content-encoding'], limits.bytes).catch((error: unknown) => {
        throw error instanceof BodyRefused ? new FetchFailed(error.message, status) : error
      })
      return {
        status,
        notModified: false,
        etag: header('etag'),
        lastModified: header('last-modified'),
        body,
        contentType: header('content-type'),
        finalUrl: url.href,
      }
    }
    discard()
    if (status === 304 && Object.keys(validators).length > 0) {
      const kept = { etag: header('etag') ?? feed.etag, lastModified: header('last-modified') ?? feed.lastModified }
      return { status, notModified: true, ...kept, body: new Uint8Array(), contentType: header('content-type'), finalUrl: url.href }
    }
    const location = [301, 302, 303, 307, 308].includes(status) ? header('location') : null
    if (location === null) throw new FetchFailed(meaningOf(status, Object.keys(own).length === 0 && feed.headers.length > 0), status)
    if (redirects === limits.redirects) throw new FetchFailed(`It redirects more than ${limits.redirects} times.`, status)
    if (!URL.canParse(location, url)) throw new FetchFailed('It redirects to an address that is none.', status)
    const next = new URL(location, url)
    // What a feed is given to authorise itself is for its own origin; who was redirected elsewhere and back has lost it.
    if (next.origin !== url.origin) own = {}
    url = next
  }
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
