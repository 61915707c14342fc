import { readFileSync } from 'node:fs'
import { createAgent } from './agent.ts'
import { aFeed, ask, FetchFailed, reasonOf, type Answer, type Asker, type Wanted } from './ask.ts'
import { createHosts, HostBusy, type Hosts } from './hosts.ts'
import type { Place } from './large-bodies.ts'

export { FetchFailed } from './ask.ts'

export type Header = { name: string; value: string }
/**
 * `headers` are the feed's own, secret ones. `etag` and `lastModified` are what the last answer said, as it said it.
 * With a `form` it is a POST of that: nothing but 307 and 308 leads it on.
 */
export type FeedRequest = { url: string; headers: Header[]; etag: string | null; lastModified: string | null; form?: URLSearchParams }
export type FeedResponse = Answer & {
  /** Where it came from, after redirects; without credentials. */
  finalUrl: string
  /** Where its permanent redirects lead, those before any other; null when the first one is none. Without credentials. */
  movedTo: string | null
}

type How = {
  /** A feed when left out, which is given 20 s and 10 MiB. */
  wanted?: Wanted
  /** Is taken for a large body, and left taken; without one nothing is waited for. */
  place?: Place
}

export type Fetcher = {
  /**
   * Fetches what is at an address, through up to 5 redirects.
   * @throws FetchFailed; HostBusy; the signal's reason when it breaks the fetch off
   */
  fetch: (what: FeedRequest, signal: AbortSignal, how?: How) => Promise<FeedResponse>
  /** Origins that are being asked, or were a moment ago: one more request to them would wait. */
  busyOrigins: () => string[]
  /** Ends all connections. */
  close: () => Promise<void>
}

const mostRedirects = 5

/** @param hostSpacingMs between the end of a request to a host and port, and the start of the next one */
export function createFetcher({ allowPrivateNetworks, hostSpacingMs }: { allowPrivateNetworks: boolean; hostSpacingMs: number }): Fetcher {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
  const userAgent = `Newswire/${version} (+self-hosted feed reader)`
  const agent = createAgent(allowPrivateNetworks)
  const hosts = createHosts(hostSpacingMs)
  return {
    busyOrigins: () => hosts.busy(),
    fetch: async (what, signal, { wanted = aFeed, place } = {}) => {
      signal.throwIfAborted()
      const ending = new AbortController()
      const stop = () => ending.abort()
      // Not AbortSignal.any: on a signal that lives as long as the process, Node 20 keeps a trace of each one made of it.
      signal.addEventListener('abort', stop)
      const time = stopwatch(wanted.totalMs, stop)
      const grow = async () => {
        if (!place) return
        time.pause()
        await place.take(ending.signal).finally(time.run)
      }
      try {
        return await follow({ agent, userAgent, wanted, grow, hosts, time }, what, ending.signal)
      } catch (error) {
        signal.throwIfAborted()
        if (error instanceof FetchFailed || error instanceof HostBusy) throw error
        throw new FetchFailed(ending.signal.aborted ? `It took longer than ${wanted.totalMs / 1000} s.` : reasonOf(error))
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

type Connection = Asker & { hosts: Hosts; time: ReturnType<typeof stopwatch> }

async function follow(connection: Connection, what: FeedRequest, signal: AbortSignal): Promise<FeedResponse> {
  const { hosts, time } = connection
  let url = new URL(what.url)
  const first = url.origin
  let own = ownHeaders(what.headers, url)
  let movedTo: string | null = null
  let permanentSoFar = true
  for (let redirects = 0; ; redirects++) {
    if (!/^https?:$/.test(url.protocol)) throw new FetchFailed('Only http and https addresses are fetched.')
    url.username = url.password = url.hash = ''
    const leave = await hosts.enter(url.origin, signal, url.origin !== first)
    time.run()
    const headersLeftBehind = what.headers.length > 0 && Object.keys(own).length === 0
    const hop = await ask(connection, { ...what, url, own, headersLeftBehind }, signal).finally(() => {
      time.pause()
      leave()
    })
    if ('answer' in hop) return { ...hop.answer, finalUrl: url.href, movedTo }
    if (redirects === mostRedirects) throw new FetchFailed(`It redirects more than ${mostRedirects} times.`, hop.status)
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

/** The feed's own headers by lower-case name, with the credentials of its URL. */
function ownHeaders(headers: Header[], url: URL): Record<string, string> {
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  return {
    ...(credentials !== ':' && { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }),
    ...Object.fromEntries(headers.map(({ name, value }) => [name.toLowerCase(), value])),
  }
}
