import { cursorInvalid } from '../errors.ts'

export type Position = { streamId: string; position: bigint }

/** An opaque cursor: the stream's id (16 bytes) and a position in it (8 bytes), in base64url. */
export function encodeStreamCursor({ streamId, position }: Position): string {
  const bytes = Buffer.alloc(24)
  bytes.write(streamId.replaceAll('-', ''), 'hex')
  bytes.writeBigInt64BE(position, 16)
  return bytes.toString('base64url')
}

/**
 * The position that a cursor names.
 * @throws CURSOR_INVALID when it is malformed, of another stream, or past the head
 */
export function decodeStreamCursor(cursor: string, head: Position, field: string): bigint {
  const bytes = Buffer.from(cursor, 'base64url')
  if (bytes.length !== 24 || bytes.toString('base64url') !== cursor) throw cursorInvalid('This is no stream cursor.', field)
  if (bytes.toString('hex', 0, 16) !== head.streamId.replaceAll('-', '')) throw cursorInvalid('This cursor is of another stream.', field)
  const position = bytes.readBigInt64BE(16)
  if (position < 0n || position > head.position) throw cursorInvalid('This cursor is past the end of the stream.', field)
  return position
}
