// The feeds of a round: what each kind does, and what a server that tells the truth says of it.

/** What the API tells of a feed. */
export type Told = { state: string; httpStatus: number | null; lastError: string | null; repaired: string[] }
type Variant = { kind: string; path: string; refused?: true; truth: (told: Told) => boolean }

const healthy = ({ state, httpStatus, lastError }: Told) => state === 'HEALTHY' && httpStatus === 200 && lastError === null
const failing =
  (httpStatus: number | null, error: RegExp) =>
  (told: Told): boolean =>
    told.state === (httpStatus === 410 ? 'GONE' : 'FAILING') && told.httpStatus === httpStatus && error.test(told.lastError ?? '')
/** Whether such a feed can be read is the parser's choice: then it says what it repaired. */
const failingOrRepaired = (told: Told) => (told.repaired.length > 0 ? healthy(told) : failing(200, /./)(told))

const kinds: Record<string, Omit<Variant, 'kind'>[]> = {
  slow: [{ path: '/slow', truth: healthy }],
  stalled: [
    { path: '/stalled/body', truth: failing(null, /longer than 20 s/) },
    { path: '/stalled/answer', truth: failing(null, /longer than 20 s/) },
  ],
  failing: [
    { path: '/status/500', truth: failing(500, /500/) },
    { path: '/status/404', truth: failing(404, /404/) },
    { path: '/status/410', truth: failing(410, /410/) },
    { path: '/reset', truth: failing(null, /broke the connection off/) },
    { path: '/refused', refused: true, truth: failing(null, /takes no connection/) },
  ],
  redirecting: [
    { path: '/redirect/301', truth: healthy },
    { path: '/redirect/302', truth: healthy },
    { path: '/redirect/loop', truth: failing(302, /more than 5/) },
  ],
  huge: [
    { path: '/huge', truth: failing(200, /larger than 10 MiB/) },
    { path: '/bomb', truth: failing(200, /larger than 10 MiB/) },
  ],
  malformed: [
    { path: '/malformed/cut', truth: failingOrRepaired },
    { path: '/malformed/noise', truth: failing(200, /./) },
  ],
  'no feed': [{ path: '/page', truth: failing(200, /./) }],
  empty: [{ path: '/empty', truth: failing(200, /./) }],
  healthy: [
    { path: '/healthy/rss', truth: healthy },
    { path: '/healthy/atom', truth: healthy },
    { path: '/healthy/json', truth: healthy },
  ],
}

/** A tenth of each kind, and what is left healthy. */
const turns = [...Object.keys(kinds), 'healthy']

/** The n-th feed: at an address of its own, of 127.0.0.0/8. Kinds take turns, and so do a kind's variants. */
export function feedOf(n: number, ports: { open: number; closed: number }): Variant & { url: string } {
  const kind = turns[n % turns.length]!
  const variants = kinds[kind]!
  const variant = variants[Math.floor(n / turns.length) % variants.length]!
  const address = `127.${1 + Math.floor(n / 62_500)}.${Math.floor(n / 250) % 250}.${1 + (n % 250)}`
  return { kind, ...variant, url: `http://${address}:${variant.refused ? ports.closed : ports.open}${variant.path}` }
}
