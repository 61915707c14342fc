import { setTimeout as sleep } from 'node:timers/promises'
import { openEventStream } from '../helpers/event-stream.ts'
import { excuse } from './ask.ts'
import { deliveryOf, query, type Connection, type Way } from './subscription.ts'

/**
 * Over server-sent events. Once a server has sent an id, it goes on as an EventSource does: with the header Last-Event-ID, beside
 * the variables that it began with. Else, and at times even so, with the variable `after`. Reads slowly at times.
 * @param first the cursor that the subscriber began after
 */
export function overSse(first: string): Way {
  let id: string | undefined
  return async ({ url, after, filter, random, excuses, leave, onOpen, onArticle, onCursor }: Connection) => {
    const byHeader = id !== undefined && random.chance(0.7)
    const variables = { after: byHeader ? first : after, ...(filter && { filter }) }
    const method = random.pick(['GET', 'POST'] as const)
    const stream = await openEventStream(url, query, { method, variables, ...(byHeader && { lastEventId: after }) }).catch(() => undefined)
    if (!stream) return // nobody there
    onOpen()
    leave.addEventListener('abort', stream.leave)
    try {
      while (!leave.aborted) {
        const block = await stream.block().catch(() => undefined)
        if (!block || block.event === 'complete' || leave.aborted) return
        if (block.data?.errors) excuse(excuses, block.data.errors[0])
        else if (block.event === 'next') onArticle(deliveryOf(block.data.data))
        if (random.chance(0.01)) await sleep(random.int(50, 1_000))
        if (block.id === undefined) continue
        id = block.id
        if (!leave.aborted) onCursor(block.id)
      }
    } finally {
      leave.removeEventListener('abort', stream.leave)
      stream.leave()
    }
  }
}
