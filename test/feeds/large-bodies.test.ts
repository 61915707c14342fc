// Few large bodies are in memory at the same time, however many are fetched.
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, it, test, vi } from 'vitest'
import { createFetcher, type Fetcher } from '../../src/feeds/fetch.ts'
import { HostBusy } from '../../src/feeds/hosts.ts'
import { createLargeBodies, smallBytes, type Place } from '../../src/feeds/large-bodies.ts'
import { startFeedServer, type FeedServer, type Served } from '../helpers/feed-server.ts'
import { until } from '../helpers/until.ts'

const never = new AbortController().signal

it('places are taken in turn, by a bounded number, and given back once', async () => {
  const large = createLargeBodies(1, 2)
  const [first, second, third, fourth] = Array.from({ length: 4 }, () => large.place())
  await first!.take(never)
  await first!.take(never)
  const stop = new AbortController()
  const given = second!.take(stop.signal)
  let taken = false
  const waiting = third!.take(never).then(() => (taken = true))
  await expect(fourth!.take(never)).rejects.toBeInstanceOf(HostBusy)
  stop.abort(new Error('stopping'))
  await expect(given).rejects.toThrow('stopping')
  second!.leave() // it had none
  expect(taken).toBe(false)
  first!.leave()
  first!.leave()
  await waiting
  const last = fourth!.take(never).then(() => 'fourth')
  third!.leave()
  expect(await last).toBe('fourth')
})

let site: FeedServer
let fetcher: Fetcher
beforeEach(async () => {
  site = await startFeedServer()
  fetcher = createFetcher({ allowPrivateNetworks: true, hostSpacingMs: 0 })
})
afterEach(async () => {
  await fetcher.close()
  await site.close()
})
const get = (path: string, place: Place, signal = never) =>
  fetcher.fetch({ url: `${site.url}${path}`, headers: [], etag: null, lastModified: null }, signal, { place })
const large = Buffer.alloc(smallBytes + 1, 'x')
const small = Buffer.alloc(smallBytes, 'x')
const gzip = { 'content-encoding': 'gzip' }

test.each<[name: string, served: Served, places: number]>([
  ['a small one', { body: small }, 0],
  ['a small one, compressed', { body: gzipSync(small), headers: gzip }, 0],
  ['a large one', { body: large }, 1],
  ['one that unpacks to a large one', { body: gzipSync(large), headers: gzip }, 1],
  ['a large answer that is no feed', { body: large, status: 500 }, 0],
])('%s takes the places that it needs', async (_name, served, places) => {
  let taken = 0
  site.serve('/', served)
  const fetched = get('/', { take: async () => void taken++, leave: () => {} })
  if (served.status) await expect(fetched).rejects.toThrow('500')
  else expect((await fetched).body.byteLength).toBe(places === 0 ? small.length : large.length)
  expect(taken).toBe(places)
})

test.each([
  ['what arrives', { body: large }],
  ['what is unpacked', { body: gzipSync(large), headers: gzip }],
])('waiting for a place is not counted against the 20 s: %s', async (_name, served) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    site.serve('/', served)
    const places = createLargeBodies(1)
    const [other, own] = [places.place(), places.place()]
    await other.take(never)
    let ask = () => {}
    const asked = new Promise<void>((resolve) => (ask = resolve))
    const take: Place['take'] = async (signal) => {
      ask()
      await own.take(signal)
    }
    const fetched = get('/', { take, leave: own.leave })
    await Promise.race([asked, fetched])
    await vi.advanceTimersByTimeAsync(60_000)
    other.leave()
    expect((await fetched).body.byteLength).toBe(large.length)
  } finally {
    vi.useRealTimers()
  }
})

test('who waits for a place is stopped, or put off', async () => {
  site.serve('/', { body: large })
  const stop = new AbortController()
  const held = get(
    '/',
    { take: (signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))), leave: () => {} },
    stop.signal,
  )
  await until(() => site.requests.length === 1)
  stop.abort(new Error('stopping'))
  await expect(held).rejects.toThrow('stopping')
  await expect(get('/', { take: () => Promise.reject(new HostBusy('later')), leave: () => {} })).rejects.toBeInstanceOf(HostBusy)
})
