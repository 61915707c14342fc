import type { Root } from './execution.ts'
import type { Topic } from './conflate.ts'
import { cursorsOf } from './cursor.ts'
import type { LoggedEvent } from './log.ts'

/** Which events somebody wants. Equal keys want the same. */
export type Selection = {
  key: string
  /** Of each event whether it is wanted; asked once for all that want the same. */
  wants: (events: readonly LoggedEvent[]) => boolean[] | Promise<boolean[]>
}

/** GraphQL asks every source to be iterable; these are delivered by the server, to all of their subscribers together. */
class Source implements AsyncIterable<never> {
  [Symbol.asyncIterator](): never {
    throw new Error('The server delivers this, and nobody iterates over it.')
  }
}

/** The root value of an event's execution. */
export type EventRoot = Pick<LoggedEvent, 'kind' | 'articleId'> & { cursor: string }

/** What a subscription to the log gives to the server. */
export class LogSource extends Source {
  readonly after: bigint
  readonly selection: Selection
  readonly cursorOf: (position: bigint) => string
  /** Whether the article that a root tells of has gone meanwhile. */
  readonly gone: (root: Root) => Promise<boolean>

  constructor(source: Pick<LogSource, 'after' | 'selection' | 'gone'> & { streamId: string }) {
    super()
    this.after = source.after
    this.selection = source.selection
    this.cursorOf = cursorsOf(source.streamId)
    this.gone = source.gone
  }

  rootOf({ position, kind, articleId }: LoggedEvent): EventRoot {
    return { cursor: this.cursorOf(position), kind, articleId }
  }
}

/** What a subscription to values as they are now gives to the server: keys of what changes. */
export class LiveSource extends Source {
  readonly topic: Topic<string>
  /** Equal keys want the same. */
  readonly key: string
  readonly wants: (value: string) => boolean
  /** The root value of the execution for a value. */
  readonly root: (value: string) => Root
  /** Whether what a root tells of has gone meanwhile; nothing goes when left out. */
  readonly gone: (root: Root) => Promise<boolean>
  /** Whether all that changes is one thing: a result that is as the last one then tells nothing, and is not sent. */
  readonly isOne: boolean

  constructor(source: Pick<LiveSource, 'topic' | 'key' | 'wants' | 'root'> & Partial<Pick<LiveSource, 'gone' | 'isOne'>>) {
    super()
    this.topic = source.topic
    this.key = source.key
    this.wants = source.wants
    this.root = source.root
    this.gone = source.gone ?? (() => Promise.resolve(false))
    this.isOne = source.isOne ?? false
  }
}
