import type { Delivery } from '../stream/sink.ts'

/** What a text frame of a server begins with (RFC 6455, 5.2): whole, unmasked, uncompressed. */
function writeHeader(into: Buffer, at: number, length: number): number {
  into[at] = 0x81
  if (length < 126) {
    into[at + 1] = length
    return at + 2
  }
  if (length < 65_536) {
    into[at + 1] = 126
    return into.writeUInt16BE(length, at + 2)
  }
  into[at + 1] = 127
  return into.writeUInt32BE(length, into.writeUInt32BE(0, at + 2))
}

const headerLength = (length: number) => (length < 126 ? 2 : length < 65_536 ? 4 : 10)

/** What each `next` message of an operation begins with. */
export const nextPrefix = (id: string): Buffer => Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`)

/**
 * The frames of `next` messages, one for each result, in one piece to write: the results' bytes are those that everybody is sent,
 * and what is made for one operation is no more than a copy of them behind its own id.
 */
export function nextFrames(prefix: Buffer, deliveries: readonly Delivery[]): Buffer {
  let total = 0
  for (const { payload } of deliveries) {
    const length = prefix.length + payload.length + 1
    total += headerLength(length) + length
  }
  const frames = Buffer.allocUnsafe(total)
  let at = 0
  for (const { payload } of deliveries) {
    at = writeHeader(frames, at, prefix.length + payload.length + 1)
    at += prefix.copy(frames, at)
    at += payload.copy(frames, at)
    frames[at++] = 0x7d // }
  }
  return frames
}
