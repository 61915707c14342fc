import { createHash } from 'node:crypto'
import { readUrl } from '../read-url.ts'

/** `url` is for people: the link as it was given, less fragment and tracking. `key` is the same for every spelling of it. */
export type Link = { url: string; key: string }

/** Parameters that tell where a reader came from, and never what is read. */
const tracking =
  /^(utm_.+|mtm_.+|pk_(campaign|kwd|keyword|source|medium|content|cid)|hsa_.+|_hs(enc|mi)|fb(clid|_action_ids|_action_types|_source|_ref)|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|ysclid|twclid|ttclid|li_fat_id|igshid|igsh|mc_(cid|eid)|mkt_tok|vero_(id|conv)|oly_(anon|enc)_id|wickedid|_openstat|_g[al]|at_(medium|campaign|link_.+)|s_cid|__twitter_impression|guce_referrer(_sig)?)$/i

/**
 * Reads a link. Its key folds what does not tell one page from another: scheme, case of the host, default port, credentials,
 * fragment, tracking parameters, the order of the query, needless percent-encoding, and a slash at the end of the path.
 * @returns undefined for what is no absolute http(s) URL
 */
export function canonicalUrl(text: string): Link | undefined {
  const address = readUrl(text)
  if (!address || !/^https?:$/.test(address.protocol)) return undefined
  address.hash = ''
  // Piece by piece: writing the parameters anew would change the spelling of those that stay.
  const query = address.search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '' && !tracking.test(nameOf(pair)))
  // With a mark of its own: one that the first parameter begins with would be taken for it.
  const search = query.length > 0 ? `?${query.join('&')}` : ''
  address.search = search
  const sorted = new URLSearchParams(search)
  sorted.sort()
  const host = address.host.replace(/\.(?=:|$)/, '')
  const path = plainPath(address.pathname).replace(/\/+$/, '')
  return { url: address.href, key: hash128(`${host}${path}?${sorted}`) }
}

const nameOf = (pair: string) => pair.split('=', 1)[0]!

/** RFC 3986, 6.2.2: characters that need no encoding are written plainly, the rest in upper case. */
function plainPath(path: string): string {
  return path.replace(/%[0-9a-f]{2}/gi, (code) => {
    const character = String.fromCharCode(Number.parseInt(code.slice(1), 16))
    return /[\w.~-]/.test(character) ? character : code.toUpperCase()
  })
}

/** 128 bits of SHA-256 over parts that are kept apart, in the form of a UUID: PostgreSQL stores that in 16 bytes. */
export function hash128(...parts: (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${part.length}:`).update(part)
  return hash
    .digest('hex')
    .slice(0, 32)
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** The advisory lock of a key: its first 64 bits, signed as PostgreSQL wants them. */
export function lockKey(key: string): bigint {
  return BigInt.asIntN(64, BigInt(`0x${key.replaceAll('-', '').slice(0, 16)}`))
}
