import type { Logger } from 'pino'
import type { Prisma } from '../db/connect.ts'
import { FetchFailed, type Fetcher } from './fetch.ts'
import { HostBusy } from './hosts.ts'
import { claimRequests, dropUnwanted, leaseSeconds, putOff, recordFailure, type LeftHub, type PushRequest } from './push-rows.ts'

export type PushRequests = {
  /** Makes the requests that are due, and ends with them. */
  look: () => Promise<void>
  /** Looks from now on by itself; again, to look at once. */
  start: () => void
  /** Tells a hub to send nothing more: once, and whatever comes of it. */
  leave: (left: LeftHub) => void
  /** Begins nothing more, and waits for what is under way; aborting the signal is the caller's. */
  close: () => Promise<void>
}

const tickMs = 5_000
/** Hubs that are asked at the same time. */
const mostAsking = 4
/** Hubs that are left at the same time, and that wait for it; one more is not told, and stops once its lease has ended. */
const left = { hands: 2, waiting: 1000, atOnce: 50 }
/** For how long a request is put off to a host that too many wait for. */
const busyMs = 60_000

/**
 * Asks the hubs of feeds to send, again before their leases end, and to stop.
 * @param callbackOf the address that a hub sends to, by its token
 */
export function createPushRequests(
  { prisma, fetcher, logger, clock }: { prisma: Prisma; fetcher: Pick<Fetcher, 'fetch'>; logger: Logger; clock: () => Date },
  { callbackOf, signal }: { callbackOf: (token: string) => string; signal: AbortSignal },
): PushRequests {
  /** By the origin of the hub. */
  const asking = new Map<string, Promise<void>>()
  const leaving: LeftHub[] = []
  const handsLeaving = new Set<Promise<void>>()
  let looking: Promise<Promise<void>[]> | undefined
  let timer: NodeJS.Timeout | undefined
  let closed = false

  const post = (hub: string, form: Record<string, string>) =>
    fetcher.fetch({ url: hub, headers: [], etag: null, lastModified: null, form: new URLSearchParams(form) }, signal)
  const formOf = (mode: string, { topic, token }: LeftHub) => ({ 'hub.mode': mode, 'hub.topic': topic, 'hub.callback': callbackOf(token) })

  const ask = async (request: PushRequest): Promise<void> => {
    const { feedId, hub, secret } = request
    try {
      await post(hub, { ...formOf('subscribe', request), 'hub.secret': secret, 'hub.lease_seconds': String(leaseSeconds) })
      logger.info({ feedId, hub }, 'asked a hub')
    } catch (error) {
      const now = clock().getTime()
      if (signal.aborted) return putOff(prisma, request, new Date(now))
      if (error instanceof HostBusy) return putOff(prisma, request, new Date(now + busyMs))
      const known = error instanceof FetchFailed ? error : undefined
      if (!known) logger.error({ err: error, feedId }, 'a hub could not be asked')
      const message = known?.message ?? 'Something went wrong in the server: its log says what.'
      await recordFailure(prisma, request, message, new Date(now + (known?.retryAfterSeconds ?? 0) * 1000))
    }
  }

  const claim = async (): Promise<Promise<void>[]> => {
    try {
      for (const unwanted of await dropUnwanted(prisma, left.atOnce)) leave(unwanted)
      const free = mostAsking - asking.size
      const requests = free > 0 ? await claimRequests(prisma, free, [...asking.keys()], clock()) : []
      return requests.map((request) => {
        const { origin } = new URL(request.hub)
        const asked = ask(request)
          .catch((error: unknown) => logger.error({ err: error, feedId: request.feedId }, 'the answer of a hub could not be kept'))
          .finally(() => {
            asking.delete(origin)
            tick()
          })
        asking.set(origin, asked)
        return asked
      })
    } catch (error) {
      logger.error({ err: error }, 'could not look for hubs that are to be asked')
      return []
    }
  }
  const take = () => (looking ??= claim().finally(() => (looking = undefined)))
  const tick = () => {
    if (timer !== undefined && !closed) void take()
  }

  const leaveAll = async () => {
    for (let hub = leaving.shift(); hub && !closed; hub = leaving.shift())
      await post(hub.hub, formOf('unsubscribe', hub)).catch((error: unknown) =>
        logger.info({ hub: hub?.hub, reason: String(error) }, 'a hub could not be left'),
      )
  }
  const leave = (hub: LeftHub) => {
    if (closed || leaving.length >= left.waiting) return
    leaving.push(hub)
    if (handsLeaving.size >= left.hands) return
    const hand = leaveAll().finally(() => handsLeaving.delete(hand))
    handsLeaving.add(hand)
  }

  return {
    look: async () => {
      await Promise.all(await take())
      await Promise.all(handsLeaving)
    },
    start: () => {
      timer ??= setInterval(tick, tickMs)
      tick()
    },
    leave,
    close: async () => {
      closed = true
      clearInterval(timer)
      await Promise.all((await looking) ?? [])
      await Promise.all([...asking.values(), ...handsLeaving])
    },
  }
}
