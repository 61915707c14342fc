import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Logger } from 'pino'
import type { Prisma } from '../db/connect.ts'
import { isUuid } from '../graphql/ids.ts'
import type { Wake } from '../stream/wake.ts'
import { makeDue } from './due.ts'
import type { Fetcher } from './fetch.ts'
import type { Hub } from './hub-links.ts'
import { createDeliveries } from './push-deliveries.ts'
import { createPushRequests } from './push-requests.ts'
import { confirmLease, noteHub, recordDenial, type LeftHub } from './push-rows.ts'

/** What a hub sends to a callback, as it sent it. */
type PushedBody = { body: Uint8Array; contentType: string | null; signature: string | null }

/** The subscriber of WebSub (W3C, 2018), and of PubSubHubbub 0.4. */
export type Push = {
  /** Takes note of the hub that a feed names now; null: of none. */
  note: (feedId: string, hub: Hub | null) => Promise<void>
  /** Until when a hub sends what is new in a feed; null when none has agreed to. */
  leaseUntil: (feedId: string) => Promise<Date | null>
  /** Tells the hub of a feed that is no more to send nothing more. */
  leave: (left: LeftHub) => void
  /** A hub's question at a callback. @returns what to answer; null when there is nothing to say yes to */
  verify: (token: string, question: URLSearchParams) => Promise<string | null>
  /** Who is sent to at a callback: takes a body. 404: nobody; 410: nobody any more. */
  recipient: (token: string) => Promise<((pushed: PushedBody) => Promise<void>) | 404 | 410>
  /** Makes the requests to hubs that are due now. */
  look: () => Promise<void>
  start: () => void
  close: () => Promise<void>
}

/** @param publicUrl without a slash at the end */
export function createPush(
  deps: { prisma: Prisma; wake: Pick<Wake, 'hint'>; logger: Logger; clock: () => Date; fetcher: Pick<Fetcher, 'fetch'> },
  { publicUrl, signal }: { publicUrl: string; signal: AbortSignal },
): Push {
  const { prisma, logger, clock } = deps
  const requests = createPushRequests(deps, { callbackOf: (token) => `${publicUrl}/websub/${token}`, signal })
  const deliveries = createDeliveries(deps, { signal })
  let started = false
  const wanted = (token: string) =>
    prisma.feedPush.findUnique({ where: { token }, select: { feedId: true, secret: true, feed: { select: { enabled: true, nextCheckAt: true } } } })
  const isWanted = ({ enabled, nextCheckAt }: { enabled: boolean; nextCheckAt: Date | null }) => enabled && nextCheckAt !== null

  return {
    note: async (feedId, hub) => {
      const { toAsk, left } = await noteHub(prisma, feedId, hub, clock())
      if (left) requests.leave(left)
      if (toAsk && started) requests.start()
    },
    leaseUntil: async (feedId) => (await prisma.feedPush.findUnique({ where: { feedId }, select: { leaseUntil: true } }))?.leaseUntil ?? null,
    leave: requests.leave,
    verify: async (token, question) => {
      const topic = text(question.get('hub.topic'))
      const challenge = question.get('hub.challenge')
      if (!isUuid(token) || topic === '') return null
      if (question.get('hub.mode') === 'denied') {
        const feedId = await recordDenial(prisma, { token, topic, reason: text(question.get('hub.reason')).slice(0, 200) }, clock())
        if (feedId === undefined) return null
        await makeDue(prisma, feedId, clock())
        return ''
      }
      if (!challenge) return null
      if (question.get('hub.mode') === 'subscribe') {
        const seconds = Number(question.get('hub.lease_seconds'))
        return (await confirmLease(prisma, { token, topic, seconds }, clock())) ? challenge : null
      }
      if (question.get('hub.mode') !== 'unsubscribe') return null
      // A token that was left is known no more, on whichever server: to stop what nobody waits for harms nobody.
      const push = await wanted(token)
      return push && isWanted(push.feed) ? null : challenge
    },
    recipient: async (token) => {
      const push = isUuid(token) ? await wanted(token) : null
      if (!push) return 404
      if (!isWanted(push.feed)) return 410
      return async ({ body, contentType, signature }) => {
        if (!isSignedBy(push.secret, body, signature)) return logger.warn({ feedId: push.feedId }, 'what a hub sent is not signed by it: ignored')
        await prisma.feedPush.updateMany({ where: { token }, data: { lastPushAt: clock() } })
        await deliveries.accept({ feedId: push.feedId, body, contentType })
      }
    },
    look: requests.look,
    start: () => {
      started = true
      requests.start()
    },
    close: async () => {
      await requests.close()
      await deliveries.close()
    },
  }
}

/** What a column can hold. */
const text = (value: string | null) => (value ?? '').replaceAll('\0', '').toWellFormed()

/** X-Hub-Signature (WebSub, 7.1): the method, and the HMAC of the body's bytes in hexadecimal digits. */
function isSignedBy(secret: string, body: Uint8Array, signature: string | null): boolean {
  const [, method, digits] = /^(sha1|sha256|sha384|sha512)=([0-9a-f]{40,128})$/i.exec(signature?.trim() ?? '') ?? []
  if (method === undefined || digits === undefined) return false
  const right = createHmac(method.toLowerCase(), secret).update(body).digest()
  // The length first: odd digits are dropped in silence, and bytes of another number cannot be compared.
  return digits.length === right.byteLength * 2 && timingSafeEqual(Buffer.from(digits, 'hex'), right)
}
