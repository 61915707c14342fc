import { lookup as resolve } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, buildConnector } from 'undici'
import { isPublicAddress } from './address.ts'

/** A host that has no address of the public internet. */
export class PrivateAddress extends Error {}

/** To a server, name lookup and TLS included. */
export const connectMs = 5_000

/** What connects to servers. Its requests end with PrivateAddress where only public addresses are allowed and there is none. */
export function createAgent(allowPrivateNetworks: boolean): Agent {
  const connect = buildConnector({ timeout: connectMs, ...(!allowPrivateNetworks && { lookup: publicLookup }) })
  return new Agent({
    // A name is judged by the addresses that it resolves to for this very connection; an address in a URL is never looked up.
    connect: (options, callback) => {
      const host = options.hostname.replace(/^\[|\]$/g, '')
      if (!allowPrivateNetworks && isIP(host) && !isPublicAddress(host)) callback(new PrivateAddress(), null)
      else connect(options, callback)
    },
  })
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
