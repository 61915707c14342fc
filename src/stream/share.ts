import type { GraphQLError } from 'graphql'
import { slowConsumer } from '../errors.ts'
import { expired } from './cursor.ts'
import type { Execution, Root } from './execution.ts'
import { Group, type Follower, type FollowLimits } from './follow.ts'
import { LogPruned, type Head, type LoggedEvent } from './log.ts'
import type { Tail } from './tail.ts'

/** A follower this near to a group, in events, goes with it. */
const near = 16n
/** How long one that was left behind has to take what it was sent. */
const patienceMs = 30_000

export type ShareDeps = {
  tail: Tail
  readHead: () => Promise<Head>
  present: (error: unknown) => GraphQLError
  limits: FollowLimits
}

/**
 * All followers of one shape, in groups by where they are: most at the head, some behind it. Groups that meet become one.
 * @param execute makes the results
 * @param root the root value of an event's execution
 * @param onUnused called when the last one has left
 */
export class Share {
  readonly #deps: ShareDeps
  readonly #execute: Execution
  readonly #root: (event: LoggedEvent) => Root
  readonly #onUnused: () => void
  readonly #groups = new Set<Group>()
  /** Those who are waited for, with what calls that off. */
  readonly #behind = new Map<Follower, () => void>()
  readonly #running = new Set<Promise<void>>()

  constructor(deps: ShareDeps, execute: Execution, root: (event: LoggedEvent) => Root, onUnused: () => void) {
    this.#deps = deps
    this.#execute = execute
    this.#root = root
    this.#onUnused = onUnused
  }

  add(follower: Follower): void {
    const group = this.#near(follower.position)
    if (group) group.add(follower)
    else this.#begin(follower)
  }

  remove(follower: Follower): void {
    this.#behind.get(follower)?.()
    for (const group of this.#groups) group.remove(follower)
  }

  /** Resolves once nothing of it runs any more; all must have been removed. */
  async ended(): Promise<void> {
    await Promise.all(this.#running)
  }

  /** The group that is furthest ahead of those nearby. */
  #near(position: bigint, except?: Group): Group | undefined {
    let found: Group | undefined
    for (const group of this.#groups) {
      const gap = group.position - position
      if (group !== except && gap <= near && gap >= -near && (!found || group.position > found.position)) found = group
    }
    return found
  }

  #begin(follower: Follower): void {
    const { tail, limits } = this.#deps
    const group: Group = new Group(follower.position, {
      tail,
      limits,
      root: this.#root,
      execute: this.#execute,
      onSlow: (slow) => endSlow(slow),
      onBehind: (behind) => this.#waitFor(behind),
      onFailed: (followers, error) => this.#fail(group, followers, error),
      onEnd: () => {
        this.#groups.delete(group)
        this.#checkUse()
      },
    })
    this.#groups.add(group)
    group.add(follower)
    const running = group.run(() => this.#handOver(group)).finally(() => this.#running.delete(running))
    this.#running.add(running)
  }

  /** Two groups that would never meet exactly, since both move, meet nearly. */
  #handOver(group: Group): boolean {
    const other = this.#near(group.position, group)
    if (!other || other.position < group.position) return false
    this.#groups.delete(group)
    for (const follower of group.followers) other.add(follower)
    group.followers.clear()
    return true
  }

  /** It has a pace of its own: nothing more is sent until it has taken what it was sent. */
  #waitFor(follower: Follower): void {
    const settled = () => this.#behind.get(follower)?.()
    const callOff = follower.sink.onDrain(() => {
      this.add(follower)
      settled()
    })
    const patience = setTimeout(() => {
      settled()
      endSlow(follower)
    }, patienceMs)
    this.#behind.set(follower, () => {
      clearTimeout(patience)
      callOff()
      this.#behind.delete(follower)
      this.#checkUse()
    })
  }

  async #fail(group: Group, followers: Follower[], error: unknown): Promise<void> {
    const end = (failed: Follower[], why: GraphQLError) => {
      for (const follower of failed) {
        group.remove(follower)
        follower.sink.fail(why)
      }
    }
    if (!(error instanceof LogPruned)) return end(followers, this.#deps.present(error))
    try {
      const head = await this.#deps.readHead()
      const late = followers.filter(({ position }) => position < head.prunedTo)
      end(late, expired(head, 'after'))
    } catch (failure) {
      end(followers, this.#deps.present(failure))
    }
  }

  #checkUse(): void {
    if (this.#groups.size === 0 && this.#behind.size === 0) this.#onUnused()
  }
}

function endSlow({ sink, cursor }: Follower): void {
  sink.fail(slowConsumer(cursor()))
}
