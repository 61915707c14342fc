import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { follow, type Followed, type FollowOptions, type FollowState } from '../../src/client/follow.ts'
import { until } from '../helpers/until.ts'

/** A follower that reads only when asked to, and what it told of itself. */
export function start(options: Partial<FollowOptions> & { url: string }) {
  const states: FollowState[] = []
  const articles = follow({ webSocketImpl: WebSocket, onState: (state) => states.push(state), ...options })
  onTestFinished(async () => void (await articles.return?.()))
  const readAll = async (count: number): Promise<Followed[]> => {
    const read: Followed[] = []
    while (read.length < count) read.push((await articles.next()).value as Followed)
    return read
  }
  const read = async (count: number): Promise<string[]> => (await readAll(count)).map(({ article }) => article.title)
  const of = <Name extends FollowState['state']>(name: Name) => states.filter((one): one is Extract<FollowState, { state: Name }> => one.state === name)
  const told = (name: FollowState['state'], times = 1) => until(() => of(name).length >= times, `${name}, ${times} times`)
  return { articles, read, readAll, states, of, told }
}
