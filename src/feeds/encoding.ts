/** Labels that servers send and the standard of the web does not know. */
const otherNames: Record<string, string> = {
  ansi: 'windows-1252',
  cp874: 'windows-874',
  cp932: 'shift_jis',
  cp936: 'gbk',
  cp949: 'euc-kr',
  cp950: 'big5',
  eucjp: 'euc-jp',
  euckr: 'euc-kr',
  'latin-1': 'windows-1252',
}

/** What a text is read with: one of the web's encodings, by its name there in small letters, or UTF-32. */
export type Encoding = string

/** The encoding that a label means; undefined when none is known. */
export function encodingOf(label: string): Encoding | undefined {
  const name = label.trim().toLowerCase()
  try {
    return new TextDecoder(otherNames[name] ?? name).encoding
  } catch {
    return undefined
  }
}

const startsWith = (body: Uint8Array, ...bytes: number[]) => bytes.every((byte, i) => body[i] === byte)
/** Of the first four bytes, which are 0: a text begins with ASCII, be it `<`, `{` or a space. */
const zeros: Record<string, Encoding> = { '0001': 'utf-32be', '1000': 'utf-32le', '0101': 'utf-16be', '1010': 'utf-16le', '01': 'utf-16be', '10': 'utf-16le' }

/**
 * What the bytes themselves say: the byte order mark (UTF-8, UTF-16, UTF-32), the zeros of UTF-16 or UTF-32 without one, or the
 * shifts of ISO-2022-JP, which no other text has. Undefined when they say nothing.
 */
export function markOf(body: Uint8Array): Encoding | undefined {
  if (startsWith(body, 0xef, 0xbb, 0xbf)) return 'utf-8'
  if (startsWith(body, 0, 0, 0xfe, 0xff)) return 'utf-32be'
  if (startsWith(body, 0xff, 0xfe, 0, 0)) return 'utf-32le'
  if (startsWith(body, 0xff, 0xfe)) return 'utf-16le'
  if (startsWith(body, 0xfe, 0xff)) return 'utf-16be'
  const zero = zeros[Array.from(body.subarray(0, 4), (byte) => (byte === 0 ? '0' : '1')).join('')]
  if (zero) return zero
  const bytes = asBuffer(body)
  return bytes.includes('\x1b$B') || bytes.includes('\x1b$@') ? 'iso-2022-jp' : undefined
}

/** The text, without its byte order mark; undefined when some of the bytes are wrong in that encoding. */
export function decodeStrictly(body: Uint8Array, encoding: Encoding): string | undefined {
  if (encoding.startsWith('utf-32')) {
    const { text, wrong } = decodeUtf32(body, encoding)
    return wrong === 0 ? text : undefined
  }
  try {
    return decodeInPieces(new TextDecoder(encoding, { fatal: true }), body)
  } catch {
    return undefined
  }
}

/** The text with U+FFFD where bytes are wrong; how many of these there are, and how many right characters beyond ASCII. */
export function decodeLeniently(body: Uint8Array, encoding: Encoding): { text: string; wrong: number; right: number } {
  const text = encoding.startsWith('utf-32') ? decodeUtf32(body, encoding).text : decodeInPieces(new TextDecoder(encoding), body)
  return { text, ...countBeyondAscii(text) }
}

/** How much of a document is looked at to judge an encoding: from a little before its first byte that is not ASCII. */
const sample = { before: 1024, bytes: 64 * 1024 }

export function sampleOf(body: Uint8Array): Uint8Array {
  let first = 0
  while (first < body.byteLength && body[first]! <= 0x7f) first++
  const from = Math.max(0, first - sample.before)
  return body.subarray(from, from + sample.bytes)
}

export function countBeyondAscii(text: string): { wrong: number; right: number } {
  let wrong = 0
  let right = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit === 0xfffd) wrong++
    else if (unit > 0x7f) right++
  }
  return { wrong, right }
}

export const asBuffer = (body: Uint8Array): Buffer => Buffer.from(body.buffer, body.byteOffset, body.byteLength)

// In one piece, Node 20 reads windows-1252 as ISO 8859-1, which has controls in place of quotes, dashes and the euro.
const decodeInPieces = (decoder: TextDecoder, body: Uint8Array) => decoder.decode(body, { stream: true }) + decoder.decode()

/** TextDecoder knows no UTF-32: this makes UTF-16 of it. */
function decodeUtf32(body: Uint8Array, encoding: Encoding): { text: string; wrong: number } {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  const littleEndian = encoding === 'utf-32le'
  const units = new Uint16Array(Math.ceil(body.byteLength / 4) * 2)
  let length = 0
  let wrong = 0
  for (let at = 0; at < body.byteLength; at += 4) {
    const point = at + 4 > body.byteLength ? -1 : view.getUint32(at, littleEndian)
    if (point === 0xfeff && at === 0) continue
    if (point < 0 || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) {
      units[length++] = 0xfffd
      wrong++
    } else if (point > 0xffff) {
      units[length++] = 0xd800 + ((point - 0x10000) >> 10)
      units[length++] = 0xdc00 + ((point - 0x10000) & 0x3ff)
    } else units[length++] = point
  }
  // Typed arrays are in the machine's own order, which Node's platforms have as little endian.
  return { text: Buffer.from(units.buffer, 0, length * 2).toString('utf16le'), wrong }
}
