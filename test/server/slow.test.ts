// A client that does not read costs a fixed number of bytes, is told so, and nobody else notices.
import { once } from 'node:events'
import { createServer, connect, type AddressInfo, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createOutlet } from '../../src/server/outlet.ts'
import { addCategory, draft, ingest, useApp } from '../helpers/app.ts'
import { openGreeted } from '../helpers/raw-socket.ts'
import { subscribe } from '../helpers/subscriber.ts'
import { until } from '../helpers/until.ts'

const ingested = 'subscription ($after: String) { articleIngested(after: $after) { cursor article { title content } } }'

describe('a subscriber that stops to read', () => {
  it('is sent what it left unread, then SLOW_CONSUMER with the cursor after it, and comes back there without a gap', { timeout: 60_000 }, async () => {
    const app = await useApp({ env: { UNREAD_KIB: '64' } })
    await addCategory(app)
    const stalled = await openGreeted(app.url)
    const others = Array.from({ length: 3 }, () => subscribe(app.url, 'subscription { articleIngested { cursor article { title } } }'))
    stalled.send({ type: 'subscribe', id: 'stalled', payload: { query: ingested } })
    await until(() => app.subscriptions.live() === 4)
    stalled.socket.pause()
    // Some megabytes are taken by the system's own buffers.
    const content = 'x'.repeat(400_000)
    let count = 0
    while (app.subscriptions.live() === 4) {
      await ingest(app, [draft(count++, { content })])
      await Promise.all(others.map(({ first }) => first(count)))
    }
    await ingest(app, [draft(count++)])
    await Promise.all(others.map(({ first }) => first(count)))

    stalled.socket.resume()
    const messages = await stalled.until('error')
    const cursors = messages.slice(0, -1).map(({ payload }) => payload.data.articleIngested.cursor)
    expect(cursors.length).toBeGreaterThan(0)
    expect(messages.at(-1)).toEqual({
      type: 'error',
      id: 'stalled',
      payload: [{ message: expect.any(String), extensions: { code: 'SLOW_CONSUMER', cursor: cursors.at(-1) } }],
    })
    const rest = subscribe(app.url, ingested, { after: cursors.at(-1) })
    const missed = await rest.first(count - cursors.length)
    expect([...cursors, ...missed.map(({ cursor }) => cursor)]).toEqual(others[0]!.events.map(({ cursor }) => cursor))
    // The socket itself goes on.
    stalled.send({ type: 'subscribe', id: 'again', payload: { query: '{ __typename }' } })
    expect(await stalled.until('complete')).toMatchObject([{ type: 'next', id: 'again' }, { type: 'complete' }])
    await Promise.all([rest, ...others].map(({ stop }) => stop()))
    stalled.socket.terminate()
    await stalled.closed
  })

  it('is closed with the cursor when it answers no ping', async () => {
    const app = await useApp({ env: { KEEP_ALIVE_MS: '100' } })
    await addCategory(app)
    const deaf = await openGreeted(app.url)
    deaf.send({ type: 'subscribe', id: '1', payload: { query: ingested } })
    await until(() => app.subscriptions.live() === 1)
    deaf.socket.pause()
    await until(() => app.subscriptions.live() === 0)
    deaf.socket.resume()
    expect((await deaf.until('error')).at(-1)).toMatchObject({ id: '1', payload: [{ extensions: { code: 'SLOW_CONSUMER', cursor: expect.any(String) } }] })
    expect((await deaf.closed).code).toBe(1013)
  })
})

describe('a client that catches up', () => {
  it('is given all at its own pace, however much it is', { timeout: 60_000 }, async () => {
    const app = await useApp({ env: { UNREAD_KIB: '64' } })
    await addCategory(app)
    const { streamCursor: after } = await app.gql('{ streamCursor }')
    const count = 60
    for (let n = 0; n < count; n += 20)
      await ingest(
        app,
        Array.from({ length: 20 }, (_, i) => draft(n + i, { content: 'y'.repeat(200_000) })),
      )
    const slow = await openGreeted(app.url)
    slow.send({ type: 'subscribe', id: '1', payload: { query: ingested, variables: { after } } })
    const titles: string[] = []
    while (titles.length < count) {
      const { type, payload } = await slow.next()
      expect(type).toBe('next')
      titles.push(payload.data.articleIngested.article.title)
      slow.socket.pause()
      await new Promise(setImmediate)
      slow.socket.resume()
    }
    expect(titles).toEqual(Array.from({ length: count }, (_, n) => `Title ${n}`))
    slow.socket.terminate()
    await slow.closed
  })
})

describe('the way out', () => {
  const pair = async (): Promise<[Socket, Socket]> => {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
    const [accepted] = (await once(server, 'connection')) as [Socket]
    onTestFinished(() => {
      client.destroy()
      accepted.destroy()
      server.close()
    })
    return [accepted, client]
  }
  const fill = ({ write, waiting }: ReturnType<typeof createOutlet>) => {
    while (waiting() === 0) write(Buffer.alloc(1_000_000))
  }

  it('is cut off when a client that was told takes nothing', async () => {
    const [socket, client] = await pair()
    client.pause()
    const outlet = createOutlet(socket, () => socket.destroy(), 20)
    fill(outlet)
    outlet.endUnlessDrained()
    outlet.endUnlessDrained()
    await once(socket, 'close')
  })

  it('stays when the client takes all', async () => {
    const [socket, client] = await pair()
    client.pause()
    let cut = false
    const outlet = createOutlet(socket, () => (cut = true), 60_000)
    fill(outlet)
    outlet.endUnlessDrained()
    const drained = new Promise<void>((resolve) => outlet.onDrain(resolve))
    outlet.onDrain(() => expect.fail('was called off'))()
    client.resume()
    await drained
    expect(outlet.waiting()).toBe(0)
    expect(cut).toBe(false)
  })
})
