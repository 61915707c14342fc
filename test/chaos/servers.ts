import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { runChild, type Child } from '../helpers/child.ts'
import type { Random } from './random.ts'

/** A server that is killed and comes back, at the same address. */
export type Server = {
  url: string
  isUp: () => boolean
  /** Resolves once it answers, or has ended without. @returns how long that takes, in ms */
  ready: () => Promise<number>
  /** SIGKILL, and at once another start, which this does not wait for. */
  kill: () => Promise<void>
  /** SIGTERM, and nothing after it. */
  stop: () => Promise<void>
  /** SIGKILL, and nothing after it: for a run that has failed. */
  end: () => Promise<void>
  /** What no kill explains: ends by itself, a stop that is not clean. */
  faults: string[]
  /** What it logged, in all its lives. */
  logged: () => string
}

export async function startServer(main: string, env: Record<string, string>): Promise<Server> {
  const port = await freePort()
  const faults: string[] = []
  const killed = new Set<Child>()
  let logged = ''
  let up = false
  let over = false
  const launch = () => {
    const started = runChild([main], { ...env, PORT: `${port}`, LOG_LEVEL: 'warn' })
    const from = Date.now()
    const ready = started
      .said(/GraphQL\s+http/)
      .then(
        () => (up = true),
        () => undefined,
      )
      .then(() => Date.now() - from)
    const gone = started.ended.then((how) => {
      up = false
      logged += started.output.stderr
      if (!killed.has(started)) faults.push(`the server on port ${port} ended by itself with ${how}: ${started.output.stderr.slice(-2_000)}`)
    })
    return { started, ready, gone }
  }
  let life = launch()

  const end = async (signal: NodeJS.Signals) => {
    killed.add(life.started)
    life.started.process.kill(signal)
    await life.gone
  }
  const server: Server = {
    url: `http://127.0.0.1:${port}/graphql`,
    isUp: () => up,
    ready: () => life.ready,
    kill: async () => {
      await end('SIGKILL')
      if (!over) life = launch()
    },
    stop: async () => {
      await end('SIGTERM')
      const how = await life.started.ended
      if (how !== 0) faults.push(`the server on port ${port} ended with ${how} after SIGTERM: ${life.started.output.stderr.slice(-2_000)}`)
    },
    end: () => {
      over = true
      return end('SIGKILL')
    },
    faults,
    logged: () => logged,
  }
  await life.ready
  if (!up) throw new Error(`no server: ${faults.join()}`)
  return server
}

/**
 * One below those that the kernel gives to outgoing connections: while the server is down, a client that comes back could
 * otherwise be given the server's own port, and keep it.
 */
async function freePort(): Promise<number> {
  for (let tries = 1; ; tries++) {
    const probe = createServer()
    probe.listen(20_000 + Math.floor(Math.random() * 10_000), '127.0.0.1')
    try {
      await once(probe, 'listening')
    } catch (error) {
      if (tries === 50) throw error
      continue
    }
    const { port } = probe.address() as AddressInfo
    probe.close()
    await once(probe, 'close')
    return port
  }
}

/** No kill for so long, somewhere in a run that has the time: cursors in pings, every 12 s, are to come. */
const quietMs = 14_000

/**
 * Kills servers at random moments, some while they start.
 * @param ms how long it goes on at least; longer where the starts take so long
 * @returns how many kills hit a server that had not come up yet
 */
export async function killAtRandom(servers: Server[], { kills, ms, random }: { kills: number; ms: number; random: Random }): Promise<number> {
  const quiet = ms > 3 * quietMs ? quietMs : 0
  const quietFrom = random.int(0, ms - quiet)
  const moments = Array.from({ length: kills }, () => random.int(0, ms - quiet)).sort((a, b) => a - b)
  const from = Date.now()
  let early = 0
  for (const moment of moments) {
    await sleep(from + moment + (moment > quietFrom ? quiet : 0) - Date.now())
    const server = random.pick(servers)
    const whileItStarts = random.chance(0.15)
    const lives = random.int(10, 150) / 100
    if (!server.isUp() && whileItStarts) early++
    else if (!server.isUp()) {
      // On a busy machine a start takes long, and the life after it is to be worth it.
      await sleep(lives * (await server.ready()))
    }
    await server.kill()
  }
  await sleep(from + ms - Date.now())
  return early
}
