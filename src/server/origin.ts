import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Why a request is refused, or undefined. No key protects the server yet, so that a web page which its user visits must not
 * reach it: neither from its own origin, nor through a name of its own that it lets resolve to this machine.
 */
export function refusal({ host, origin }: IncomingHttpHeaders): string | undefined {
  const asked = hostOf(`http://${host ?? ''}`)
  // A Host with a path or a user in it is a URL too, of another place than it seems.
  if (!asked || !/^[^/?#\\@]+$/.test(host!) || !loopbackNames.has(asked.hostname)) return 'This server answers to localhost, 127.0.0.1 and [::1] alone.'
  if (origin === undefined) return undefined
  const from = hostOf(origin)
  if (!from || from.protocol !== 'http:' || from.host !== asked.host) return 'This server takes no requests from other origins.'
  return undefined
}

function hostOf(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined
}

/** The path that is asked for, as it was written: a request's target need not be a URL. */
export const pathOf = (req: IncomingMessage): string => (req.url ?? '').split('?', 1)[0]!

/** What stands behind the path. */
export const parametersOf = (req: IncomingMessage): URLSearchParams => new URLSearchParams((req.url ?? '').split('?').slice(1).join('?'))
