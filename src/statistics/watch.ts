import { conflate, type Topic } from '../stream/conflate.ts'
import type { Tail } from '../stream/tail.ts'

const everyMs = 1_000

/** Tells that the statistics may have changed: by an article that came, changed or went, or by a read. */
export function watchStatistics(tail: Tail, reads: Topic<string>): Topic<string> {
  return conflate(everyMs, (push) => {
    let seen = tail.position()
    const stopTail = tail.follow(() => {
      const position = tail.position()
      if (seen !== undefined && position !== seen) push(['changed'])
      seen = position
    })
    const stopReads = reads.follow(() => push(['changed']))
    return () => {
      stopTail()
      stopReads()
    }
  })
}
