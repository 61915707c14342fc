// What is open at a server, as the server says, and as Linux does.
import { readFile } from 'node:fs/promises'

/** A gauge of the server's /metrics; NaN where it has none. */
export async function gauge(url: string, name: string): Promise<number> {
  const response = await fetch(new URL('/metrics', url))
  const text = await response.text()
  return response.ok ? Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, 'm').exec(text)?.[1] ?? NaN) : NaN
}

/** The remote ports of the connections that a server on loopback has, and has not begun to end. */
export async function established(url: string): Promise<Set<number>> {
  const port = Number(new URL(url).port)
  const ports = new Set<number>()
  for (const line of (await readFile('/proc/net/tcp', 'utf8')).split('\n').slice(1)) {
    const [, local = '', remote = '', state] = line.trim().split(/\s+/)
    if (state === '01' && portOf(local) === port) ports.add(portOf(remote))
  }
  return ports
}

const portOf = (address: string) => Number.parseInt(address.split(':')[1] ?? '', 16)
