import { request, type Agent } from 'undici'
import { connectMs, PrivateAddress } from './agent.ts'
import { freshSeconds, retryAfterSeconds } from './freshness.ts'
import { smallBytes } from './large-bodies.ts'
import { BodyRefused, readBounded } from './response-body.ts'
import { readUrl } from '../read-url.ts'

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

/** What is asked for, and how much of it is taken. */
export type Wanted = {
  /** The Accept header. */
  accept: string
  /** Of a body, decompressed. */
  bytes: number
  /** For all of it: headers, body and redirects; what it waits for the turn of its hosts does not count. */
  totalMs: number
}

export const aFeed: Wanted = {
  accept:
    'application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.8, */*;q=0.5',
  bytes: 10 * 1024 * 1024,
  totalMs: 20_000,
}

/** A web page; one that is larger holds more than an article. */
export const aPage: Wanted = { accept: 'text/html, application/xhtml+xml;q=0.9, */*;q=0.1', bytes: 5 * 1024 * 1024, totalMs: 20_000 }

/** What a server answered. */
export type Answer = {
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
  /** For how long it says that it holds; at most a day. */
  freshSeconds: number
}

/** Where a request leads to: the end, or on. */
export type Hop = { answer: Answer } | { next: URL; permanent: boolean; status: number }

export type Asker = {
  agent: Agent
  userAgent: string
  wanted: Wanted
  /** Is waited for before a body becomes large. */
  grow: () => Promise<void>
}

type Question = {
  url: URL
  /** Those by which it is authorised, by lower-case name. */
  own: Record<string, string>
  /** Whether headers were given that are not sent here. */
  headersLeftBehind: boolean
  etag: string | null
  lastModified: string | null
  /** What is posted; nothing is: it is a GET. */
  form?: URLSearchParams
}

/**
 * One request, and its answer or where it leads on.
 * @throws FetchFailed where the answer is none; what `grow` throws; what the connection throws, which `reasonOf` puts into words
 */
export async function ask(
  { agent, userAgent, wanted, grow }: Asker,
  { url, own, headersLeftBehind, etag, lastModified, form }: Question,
  signal: AbortSignal,
): Promise<Hop> {
  const now = new Date()
  const validators = {
    ...(etag !== null && { 'if-none-match': etag }),
    ...(lastModified !== null && { 'if-modified-since': lastModified }),
  }
  const headers = { 'user-agent': userAgent, accept: wanted.accept, ...own, 'accept-encoding': 'gzip, br, deflate', ...validators }
  const posted = form && { method: 'POST' as const, body: form.toString() }
  const typed = form && { 'content-type': 'application/x-www-form-urlencoded' }
  const response = await request(url, { dispatcher: agent, ...posted, headers: { ...headers, ...typed }, signal })
  const status = response.statusCode
  const header = (name: string) => [response.headers[name] ?? []].flat()[0] ?? null
  const link = [response.headers['link'] ?? []].flat().join(', ') || null
  const discard = () => response.body.on('error', () => {}).destroy()

  if (status >= 200 && status <= 299) {
    const body = await readBounded(response.body, response.headers['content-encoding'], { small: smallBytes, most: wanted.bytes, grow }).catch(
      (error: unknown) => {
        throw error instanceof BodyRefused ? new FetchFailed(error.message, status) : error
      },
    )
    return {
      answer: {
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
    const kept = { etag: header('etag') ?? etag, lastModified: header('last-modified') ?? lastModified }
    return {
      answer: {
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
  const location = (form ? [307, 308] : [301, 302, 303, 307, 308]).includes(status) ? header('location') : null
  if (location === null) {
    const retryAfter = status === 429 || status === 503 ? retryAfterSeconds(header('retry-after'), now) : 0
    throw new FetchFailed(meaningOf(status, headersLeftBehind), status, retryAfter)
  }
  const next = readUrl(location, url)
  if (!next) throw new FetchFailed('It redirects to an address that is none.', status)
  return { next, permanent: status === 301 || status === 308, status }
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
  UND_ERR_CONNECT_TIMEOUT: `Its server could not be reached within ${connectMs / 1000} s.`,
  UND_ERR_HEADERS_OVERFLOW: 'Its server sent headers that are too large.',
  CERT_HAS_EXPIRED: "Its server's certificate has expired.",
  ERR_TLS_CERT_ALTNAME_INVALID: "Its server's certificate is for another host.",
}

/** Why there was no answer, in words for people, from what a connection threw. */
export function reasonOf(error: unknown): string {
  if (error instanceof PrivateAddress) return 'Its address is not on the public internet. ALLOW_PRIVATE_NETWORKS=true allows such feeds.'
  const { code, errors } = error as { code?: unknown; errors?: { code?: unknown }[] }
  const known = typeof code === 'string' ? code : errors?.[0]?.code
  return typeof known === 'string' ? (reasons[known] ?? `It could not be fetched (${known}).`) : 'It could not be fetched.'
}
