import type { Root } from './execution.ts'
import { encodeStreamCursor } from './cursor.ts'
import type { LoggedEvent } from './log.ts'

/** Which events somebody wants. Equal keys want the same. */
export type Selection = {
  key: string
  /** Of each event whether it is wanted; asked once for all that want the same. */
  wants: (events: readonly LoggedEvent[]) => boolean[] | Promise<boolean[]>
}

/** What a subscription to the log gives to the server, which delivers the events of all of them together. */
export class LogSource implements AsyncIterable<never> {
  readonly streamId: string
  readonly after: bigint
  readonly selection: Selection
  /** Whether what an event tells of has gone meanwhile. */
  readonly gone: (event: LoggedEvent) => Promise<boolean>

  constructor(source: Pick<LogSource, 'streamId' | 'after' | 'selection' | 'gone'>) {
    this.streamId = source.streamId
    this.after = source.after
    this.selection = source.selection
    this.gone = source.gone
  }

  cursorOf(position: bigint): string {
    return encodeStreamCursor({ streamId: this.streamId, position })
  }

  rootOf(event: LoggedEvent): LoggedEvent & Root {
    return { ...event, cursor: this.cursorOf(event.position), gone: () => this.gone(event) }
  }

  /** GraphQL asks every source to be one. */
  [Symbol.asyncIterator](): never {
    throw new Error('A source of the log is delivered by the server, to all of its subscribers together.')
  }
}
