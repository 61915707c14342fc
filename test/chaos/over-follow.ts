import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { follow } from '../../src/client/follow.ts'
import { Refused } from './ask.ts'
import type { Connection } from './subscription.ts'

/** Through the package's own function, which comes back by itself when its server is killed; reads slowly at times. */
export async function overFollow({ url, after, filter, random, leave, onOpen, onArticle }: Connection): Promise<void> {
  const articles = follow<{ url: string }>({
    url,
    after,
    filter: filter ?? undefined,
    selection: 'url',
    webSocketImpl: WebSocket,
    signal: leave,
    onState: ({ state }) => state === 'connected' && onOpen(),
  })
  try {
    for await (const { cursor, article } of articles) {
      onArticle({ cursor, url: article.url })
      if (random.chance(0.01)) await sleep(random.int(50, 1_000))
    }
  } catch (error) {
    throw new Refused((error as { code?: string }).code ?? 'follow', (error as Error).message)
  }
}
