// The process with the subscribers: a socket for each, which counts messages, and notes when they came.
import { answer, now } from './calls.ts'
import { openLight, type LightSocket } from './light-socket.ts'

/** How many messages came since arm(), and when; times by now(). Disorder: messages that did not have a greater number than the one before. */
export type Arrived = { count: number; firstAt: number; lastAt: number; disorder: number; problems: string[] }
export type Percentiles = { count: number; p50: number; p99: number; most: number }
export type ClientCalls = typeof handlers

const openingAtOnce = 100
const sockets: LightSocket[] = []
let subscription = 0
let current = ''

let expected = 0
let state: Arrived = { count: 0, firstAt: 0, lastAt: 0, disorder: 0, problems: [] }
let last: Int32Array = new Int32Array(0)
let complete: () => void = () => undefined
/** When asked for: the numbers and times of all messages, and the texts of the first socket's. */
let kept: { numbers: number[]; times: number[] } | undefined
let texts: string[] | undefined

function take(i: number, bytes: Buffer, from: number, to: number, at: number): void {
  const head = bytes.toString('latin1', from, Math.min(from + 48, to))
  if (!head.includes('"type":"next"')) return other(i, bytes.toString('utf8', from, to))
  if (!head.includes(current)) return // what a subscription that has ended had on its way
  const number = numberOf(bytes, from, to)
  if (number <= last[i]!) state.disorder++
  last[i] = number
  if (state.count === 0) state.firstAt = at
  state.lastAt = at
  kept?.numbers.push(number)
  kept?.times.push(at)
  if (i === 0) texts?.push(bytes.toString('utf8', from, to))
  if (++state.count === expected) complete()
}

/** The number at the end of the article's URL: all that tells one event from another. */
function numberOf(bytes: Buffer, from: number, to: number): number {
  let number = 0
  const at = bytes.indexOf('/e/', from, 'latin1')
  if (at < 0 || at > to) return -1
  for (let p = at + 3; bytes[p]! >= 48 && bytes[p]! <= 57; p++) number = number * 10 + bytes[p]! - 48
  return number
}

function other(i: number, text: string): void {
  const { type } = JSON.parse(text) as { type: string }
  if (type === 'ping') return sockets[i]!.send({ type: 'pong' })
  if (type !== 'pong' && type !== 'complete') problem(text)
}

/** The first few are enough to know. */
function problem(text: string): void {
  if (state.problems.length < 3) state.problems.push(text.slice(0, 200))
}

const handlers = {
  /** Opens sockets, all of which the server has greeted at the end. */
  open: async ({ url, count }: { url: string; count: number }): Promise<void> => {
    last = new Int32Array(count)
    let next = 0
    const opening = async () => {
      while (next < count) {
        const i = next++
        const socket = await openLight(url, (bytes, from, to, at) => take(i, bytes, from, to, at))
        sockets[i] = socket
        void socket.closed.then(problem)
      }
    }
    await Promise.all(Array.from({ length: openingAtOnce }, opening))
  },

  /** Ends the subscription of each socket, and begins another: the i-th socket's payload is payloads[i % length]. */
  subscribe: (payloads: object[]): void => {
    const before = subscription++
    current = `"id":"${subscription}"`
    for (const [i, socket] of sockets.entries()) {
      if (before > 0) socket.send({ id: String(before), type: 'complete' })
      socket.send({ id: String(subscription), type: 'subscribe', payload: payloads[i % payloads.length] })
    }
  },

  /** Begins to count. @param keep for percentiles() @param sample the texts of the first socket's messages, for texts() */
  arm: ({ count, keep = false, sample = false }: { count: number; keep?: boolean; sample?: boolean }): void => {
    expected = count
    state = { count: 0, firstAt: 0, lastAt: 0, disorder: 0, problems: [] }
    last.fill(-1)
    kept = keep ? { numbers: [], times: [] } : undefined
    texts = sample ? [] : undefined
  },

  /** What came, once all of it is there, or the patience is over. */
  arrived: async (withinMs: number): Promise<Arrived> => {
    let timer: NodeJS.Timeout | undefined
    if (state.count < expected)
      await new Promise<void>((resolve) => {
        complete = resolve
        timer = setTimeout(resolve, withinMs)
      })
    clearTimeout(timer)
    return state
  },

  /** How long after it was sent each message came, in milliseconds. @param sent the numbers of events and their times by now() */
  percentiles: (sent: [number, number][]): Percentiles => {
    const at = new Map(sent)
    const { numbers, times } = kept ?? { numbers: [], times: [] }
    const waits = Float64Array.from(numbers, (number, i) => times[i]! - (at.get(number) ?? NaN))
      .filter((wait) => !Number.isNaN(wait))
      .toSorted()
    const of = (part: number) => waits[Math.max(0, Math.ceil(part * waits.length) - 1)] ?? NaN
    return { count: waits.length, p50: of(0.5), p99: of(0.99), most: of(1) }
  },

  texts: (): string[] => texts ?? [],
  now,
}
answer(handlers)
