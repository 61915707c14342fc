// What is read of strangers at a callback.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, it, onTestFinished } from 'vitest'
import { createPushHandler, type PushReceiver } from '../../src/server/push.ts'
import { request } from '../helpers/request.ts'
import { until } from '../helpers/until.ts'

const limits = { bytes: 1000, atOnce: 3, atOnceOfOne: 2, ms: 60_000 }

async function useCallback(changes: Partial<typeof limits> = {}) {
  const bodies: string[] = []
  let asked = 0
  const receiver: PushReceiver = {
    verify: async () => null,
    recipient: async (token) => {
      asked++
      return token === 'gone' ? 410 : async ({ body }) => void bodies.push(`${token} ${Buffer.from(body).toString()}`)
    },
  }
  const answer = createPushHandler(receiver, { ...limits, ...changes })
  const server = createServer((req, res) => void answer(req, res).catch(() => res.destroy()))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(async () => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  })
  const { port } = server.address() as AddressInfo
  /** Sends the head of a request, and of its body nothing yet. */
  const begin = async (token: string) => {
    const before = asked
    const socket = connect(port, '127.0.0.1').on('error', () => {})
    socket.write(`POST /websub/${token} HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\n`)
    await until(() => asked > before)
    return socket
  }
  const post = (token: string, body: string | Iterable<Uint8Array>) => request(`http://127.0.0.1:${port}/websub/${token}`, { method: 'POST', body })
  return { begin, post, bodies }
}

it('takes bodies up to their limit, and reads no larger one', async () => {
  const { post, bodies } = await useCallback()
  expect((await post('a', 'x'.repeat(1000))).status).toBe(202)
  expect((await post('a', 'x'.repeat(1001))).status).toBe(413)
  expect(
    (
      await post(
        'a',
        Array.from({ length: 11 }, () => Buffer.alloc(100)),
      )
    ).status,
  ).toBe(413)
  expect((await post('gone', 'x')).status).toBe(410)
  expect(bodies).toHaveLength(1)
})

it('reads few at the same time, and fewer of one sender; the others are to come again', async () => {
  const { begin, post, bodies } = await useCallback()
  const [first, second] = [await begin('a'), await begin('a')]
  expect(await post('a', 'more')).toMatchObject({ status: 503, headers: { 'retry-after': '60' } })
  const third = await begin('b')
  expect((await post('c', 'more')).status).toBe(503)
  first.write('done')
  await until(() => bodies.length === 1)
  second.destroy()
  third.destroy()
  for (let status = 503; status !== 202;) ({ status } = await post('a', 'late'))
  expect(bodies).toEqual(['a done', 'a late'])
  first.destroy()
})

it('gives up a body that does not come', async () => {
  const { begin, post, bodies } = await useCallback({ ms: 20, atOnce: 1 })
  const socket = await begin('a')
  expect(await text(socket)).toMatch(/^HTTP\/1.1 408 /)
  for (let status = 503; status !== 202;) ({ status } = await post('a', 'late'))
  expect(bodies).toEqual(['a late'])
})
