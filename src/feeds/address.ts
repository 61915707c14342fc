import ipaddr from 'ipaddr.js'

/** Public by its range, and yet the inside of a cloud: Azure's host answers there. */
const inside = ['168.63.129.16']

/**
 * Whether an IP address is one of the public internet. An address of IPv6 that stands for one of IPv4 (mapped, or translated
 * by NAT64) is as public as that one; tunnels (6to4, Teredo) and all that is reserved are not.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.process(address)
  if (parsed.kind() === 'ipv4') return parsed.range() === 'unicast' && !inside.includes(parsed.toString())
  if (parsed.match(nat64)) return isPublicAddress(ipaddr.fromByteArray(parsed.toByteArray().slice(12)).toString())
  // 2000::/3 is all that is given out of IPv6.
  return parsed.range() === 'unicast' && parsed.match(global)
}

const nat64 = ipaddr.parseCIDR('64:ff9b::/96')
const global = ipaddr.parseCIDR('2000::/3')
