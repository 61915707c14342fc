// A WebSocket client that costs next to nothing, so that a server is measured, and not its clients: the upgrade, the greeting
// of graphql-transport-ws, and an exact parser of unfragmented frames on a bare TCP socket.
import { connect, type Socket } from 'node:net'
import { now } from './calls.ts'

export type LightSocket = {
  socket: Socket
  send: (message: object) => void
  /** Sends a close frame; the server then ends the connection. */
  close: () => void
  /** How it ended: the code and reason of the server's close frame, or what TCP said. */
  closed: Promise<string>
}

/** Bytes from..to hold the text of a message, for as long as the call. @param at when they were read, by now() */
type Take = (bytes: Buffer, from: number, to: number, at: number) => void

/** All sockets read into the same memory: what is read is taken before the next one reads. */
const shared = Buffer.allocUnsafeSlow(256 * 1_024)
const opcodes = { text: 1, close: 8, ping: 9, pong: 10 }

/** Opens a socket, and resolves once the server has greeted it. `take` gets every message after that. */
export function openLight(url: string, take: Take): Promise<LightSocket> {
  const { hostname, port, pathname } = new URL(url)
  return new Promise((resolve, reject) => {
    let state: 'upgrade' | 'greeting' | 'open' = 'upgrade'
    let rest: Buffer | undefined
    let end = 'ended without a close frame'

    const read = (count: number, buffer: Uint8Array): boolean => {
      const at = now()
      const got = buffer as Buffer
      const bytes = rest ? Buffer.concat([rest, got.subarray(0, count)]) : got
      const until = rest ? bytes.length : count
      const from = state === 'upgrade' ? upgraded(bytes, until) : 0
      const left = from < 0 ? 0 : frames(bytes, from, until, at)
      rest = left < until ? Buffer.from(bytes.subarray(left, until)) : undefined
      return true
    }
    /** Where the frames begin; -1 while the answer is not all there. */
    const upgraded = (bytes: Buffer, until: number): number => {
      const head = bytes.toString('latin1', 0, until)
      const length = head.indexOf('\r\n\r\n')
      if (length < 0) return -1
      if (!head.startsWith('HTTP/1.1 101 ')) socket.destroy(new Error(`no upgrade: ${head.slice(0, head.indexOf('\r\n'))}`))
      state = 'greeting'
      send({ type: 'connection_init' })
      return length + 4
    }
    /** Takes all whole frames, and returns where the next one begins. */
    const frames = (bytes: Buffer, from: number, until: number, at: number): number => {
      for (let p = from; ;) {
        if (until - p < 2) return p
        let length = bytes[p + 1]! & 127
        let start = p + 2
        if (length === 126) {
          if (until - p < 4) return p
          length = bytes.readUInt16BE(p + 2)
          start = p + 4
        } else if (length === 127) {
          if (until - p < 10) return p
          length = Number(bytes.readBigUInt64BE(p + 2))
          start = p + 10
        }
        if (until < start + length) return p
        frame(bytes[p]!, bytes, start, start + length, at)
        p = start + length
      }
    }
    const frame = (first: number, bytes: Buffer, from: number, to: number, at: number) => {
      if (first === (128 | opcodes.text)) {
        if (state === 'open') return take(bytes, from, to, at)
        if (bytes.toString('latin1', from, to).includes('"connection_ack"')) {
          state = 'open'
          resolve({ socket, send, closed, close: () => write(opcodes.close, Buffer.from([3, 232])) })
        }
      } else if (first === (128 | opcodes.ping)) write(opcodes.pong, bytes.subarray(from, to))
      else if (first === (128 | opcodes.close)) end = `closed: ${to - from >= 2 ? bytes.readUInt16BE(from) : ''} ${bytes.toString('utf8', from + 2, to)}`
      else if (first !== (128 | opcodes.pong)) socket.destroy(new Error(`an unexpected frame: ${first}`))
    }
    const write = (opcode: number, payload: Buffer) => {
      if (socket.writable) socket.write(clientFrame(opcode, payload))
    }
    const send = (message: object) => write(opcodes.text, Buffer.from(JSON.stringify(message)))

    const socket = connect({ host: hostname, port: Number(port), noDelay: true, onread: { buffer: shared, callback: read } })
    const closed = new Promise<string>((told) => socket.once('close', () => told(end)))
    socket.on('error', (error) => {
      end = error.message
      reject(error)
    })
    void closed.then((how) => reject(new Error(how)))
    socket.write(
      `GET ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
        `Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n`,
    )
  })
}

/** A frame with the mask 0, which leaves the payload as it is. */
function clientFrame(opcode: number, payload: Buffer): Buffer {
  const long = payload.length > 125
  const head = Buffer.alloc(long ? 8 : 6)
  head[0] = 128 | opcode
  head[1] = 128 | (long ? 126 : payload.length)
  if (long) head.writeUInt16BE(payload.length, 2)
  return Buffer.concat([head, payload])
}
