import { cursorExpired, cursorInvalid } from '../errors.ts'
import type { Head } from './log.ts'

export type Position = { streamId: string; position: bigint }

/** An opaque cursor: the stream's id (16 bytes) and a position in it (8 bytes), in base64url. */
export const encodeStreamCursor = ({ streamId, position }: Position): string => cursorsOf(streamId)(position)

/** The cursors of one stream. */
export function cursorsOf(streamId: string): (position: bigint) => string {
  const bytes = Buffer.alloc(24)
  bytes.write(streamId.replaceAll('-', ''), 'hex')
  return (position) => {
    bytes.writeBigInt64BE(position, 16)
    return bytes.toString('base64url')
  }
}

/** The error for a position whose following events are no longer kept: it names the oldest cursor that works. */
export const expired = ({ streamId, prunedTo }: Head, field?: string) => cursorExpired(encodeStreamCursor({ streamId, position: prunedTo }), field)

/**
 * The position that a cursor names.
 * @throws CURSOR_INVALID when it is malformed, of another stream, or past the head
 * @throws CURSOR_EXPIRED when what follows it is no longer kept
 */
export function decodeStreamCursor(cursor: string, head: Head, field: string): bigint {
  const bytes = Buffer.from(cursor, 'base64url')
  if (bytes.length !== 24 || bytes.toString('base64url') !== cursor) throw cursorInvalid('This is no stream cursor.', field)
  if (bytes.toString('hex', 0, 16) !== head.streamId.replaceAll('-', '')) throw cursorInvalid('This cursor is of another stream.', field)
  const position = bytes.readBigInt64BE(16)
  if (position < 0n || position > head.position) throw cursorInvalid('This cursor is past the end of the stream.', field)
  if (position < head.prunedTo) throw expired(head, field)
  return position
}
