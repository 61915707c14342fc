import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { until } from '../helpers/until.ts'
import { start } from './follower.ts'
import { startScripted, type Asked } from './scripted.ts'

test.each([1000, 1001, 1011, 1012, 1013, 4408, 4500])('close code %i passes: it goes on after the last article', async (code) => {
  const { url, afters } = await startScripted((asked, nth) => {
    asked.article(`c${nth}`)
    if (nth === 1) asked.close(code)
  })
  const { read } = start({ url, after: 'c0' })
  expect(await read(2)).toEqual(['c1', 'c2'])
  expect(afters()).toEqual(['c0', 'c1'])
})

test.each([1002, 1008, 4400, 4401, 4403, 4406, 4409, 4429])('close code %i is final', async (code) => {
  const { url, afters } = await startScripted((asked, nth) => {
    asked.article(`c${nth}`)
    asked.close(code)
  })
  const { read } = start({ url, after: 'c0' })
  expect(await read(1)).toEqual(['c1'])
  await expect(read(1)).rejects.toMatchObject({ code: `CLOSED_${code}` })
  expect(afters()).toEqual(['c0'])
})

test('goes on after the position that a ping of the server tells, and tells it', async () => {
  const { url, afters } = await startScripted((asked, nth) => {
    asked.article(`c${nth}`, `2026-01-01T00:00:0${nth}.000Z`)
    if (nth > 1) return
    asked.ping({ cursor: 'p1', cursors: { [asked.id]: 'p1' } })
    asked.close(1001)
  })
  const { read, of } = start({ url, after: 'c0' })
  expect(await read(2)).toEqual(['c1', 'c2'])
  expect(afters()).toEqual(['c0', 'p1'])
  expect(of('position')).toEqual([{ state: 'position', cursor: 'p1', since: '2026-01-01T00:00:01.000Z' }])
})

test('a position holds only once what came before it was read', async () => {
  const { url, afters } = await startScripted((asked, nth) => {
    if (nth > 1) return asked.article('c9')
    asked.article('c1')
    asked.article('c2')
    asked.ping({ cursors: { [asked.id]: 'p1' } })
    asked.ping({ cursors: { [asked.id]: 'p2' } })
    asked.close(1001)
  })
  const { read, of } = start({ url, after: 'c0' })
  await read(2)
  expect(of('position')).toEqual([])
  await read(1)
  expect(of('position').map(({ cursor }) => cursor)).toEqual(['p2'])
  expect(afters()).toEqual(['c0', 'p2'])
})

test('a position past articles that were let go is none', async () => {
  const subscriptions: Asked[] = []
  const { url, afters, open } = await startScripted((asked, nth) => {
    subscriptions.push(asked)
    asked.article(nth === 1 ? 'c1' : 'last')
  })
  const { read, of } = start({ url, after: 'c0' })
  await read(1)
  for (let n = 2; n <= 1_200; n++) subscriptions[0]!.article(`c${n}`)
  subscriptions[0]!.ping({ cursors: { [subscriptions[0]!.id]: 'p' } })
  await until(() => open() === 0)
  expect((await read(1_001)).slice(-2)).toEqual(['c1001', 'last'])
  expect(of('position')).toEqual([])
  expect(afters()).toEqual(['c0', 'c1001'])
})

test('pings that say nothing of its subscription change nothing', async () => {
  const { url, afters } = await startScripted((asked, nth) => {
    asked.article(`c${nth}`)
    if (nth > 1) return
    for (const payload of [undefined, {}, { cursors: null }, { cursors: { another: 'p' } }, { cursors: { [asked.id]: 7 } }]) asked.ping(payload)
    asked.close(1001)
  })
  const { read, of } = start({ url, after: 'c0' })
  await read(2)
  expect(of('position')).toEqual([])
  expect(afters()).toEqual(['c0', 'c1'])
})

test('told that it was too slow, it goes on after the last article that was read', async () => {
  const { url, afters } = await startScripted((asked, nth) => {
    asked.article(`c${nth}`)
    if (nth === 1) asked.error('SLOW_CONSUMER', { cursor: 'c7' })
  })
  const { read } = start({ url, after: 'c0' })
  expect(await read(2)).toEqual(['c1', 'c2'])
  expect(afters()).toEqual(['c0', 'c1'])
})

test('a cursor older than the log, and no time to refetch from: says so, and goes on with what the log has', async () => {
  const { url, afters } = await startScripted((asked, nth) => {
    if (nth === 1) asked.error('CURSOR_EXPIRED', { field: 'after', oldest: 'c5' })
    else asked.article('c6')
  })
  const { read, of } = start({ url, after: 'c0' })
  expect(await read(1)).toEqual(['c6'])
  expect(afters()).toEqual(['c0', 'c5'])
  expect(of('missed')).toEqual([{ state: 'missed', cursor: 'c5', since: undefined }])
  expect(of('waiting')).toEqual([])
})

test('a log that outruns it is waited for', async () => {
  const { url, afters } = await startScripted((asked, nth) => {
    if (nth <= 2) asked.error('CURSOR_EXPIRED', { field: 'after', oldest: `c${nth}` })
    else asked.article('c6')
  })
  const { read, of } = start({ url, after: 'c0' })
  await read(1)
  expect(afters()).toEqual(['c0', 'c1', 'c1'])
  expect(of('waiting')).toHaveLength(1)
})

test('a cursor older than the log is final where the server names no other', async () => {
  const { url } = await startScripted((asked) => asked.error('CURSOR_EXPIRED', { field: 'after' }))
  const { read } = start({ url, after: 'c0' })
  await expect(read(1)).rejects.toMatchObject({ code: 'CURSOR_EXPIRED', field: 'after' })
})

test('a page of another origin is told what may be the reason that it never connects', async () => {
  const { url } = await startScripted((asked) => asked.article('c1'))
  const stub = (origin: string) => vi.stubGlobal('location', { origin, href: `${origin}/page` })
  onTestFinished(() => void vi.unstubAllGlobals())
  // What a browser tells of a refused handshake.
  class Refused extends WebSocket {
    constructor(address: string, protocols: string) {
      super(address.replace(/:\d+\//, ':1/'), protocols)
    }
  }
  stub('http://elsewhere.example')
  const foreign = start({ url, after: 'c0', webSocketImpl: Refused })
  void foreign.articles.next()
  await foreign.told('waiting')
  expect(foreign.of('waiting')[0]).toMatchObject({ everConnected: false, reason: expect.stringContaining('another origin') })

  stub(url)
  const own = start({ url, after: 'c0', webSocketImpl: Refused })
  void own.articles.next()
  await own.told('waiting')
  expect(own.of('waiting')[0]!.reason).not.toContain('origin')

  stub('http://elsewhere.example')
  const { url: closing } = await startScripted((asked) => asked.close(1001))
  const taken = start({ url: closing, after: 'c0' })
  void taken.articles.next()
  await taken.told('waiting')
  expect(taken.of('waiting')[0]).toMatchObject({ everConnected: true, reason: expect.not.stringContaining('origin') })
})

test.each(['nonsense', 'ftp://127.0.0.1/', 'http://127.0.0.1/#part'])('the address %s is refused at once', (url) => {
  expect(() => start({ url })).toThrow(TypeError)
})

test('a time that is none is refused at once', () => {
  expect(() => start({ url: 'http://127.0.0.1', after: 'c0', since: 'yesterday' })).toThrow('since')
})
