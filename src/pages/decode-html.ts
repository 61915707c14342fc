/** Bytes that a page's own declaration of its encoding must stand in; browsers look no further. */
const declared = 1024

/**
 * The text of an HTML page: in the encoding of its byte order mark, else of its Content-Type, else of its <meta>, else in
 * UTF-8 where that fits, else in windows-1252. An unknown label is passed over; bytes that are wrong become U+FFFD. Never throws.
 */
export function decodeHtml(body: Uint8Array, contentType: string | null): string {
  const decoder = decoderFor(markOf(body)) ?? decoderFor(charsetOf(contentType ?? '')) ?? decoderFor(metaOf(body))
  return decoder ? decode(decoder, body) : decodeUndeclared(body)
}

function decodeUndeclared(body: Uint8Array): string {
  try {
    return decode(new TextDecoder('utf-8', { fatal: true }), body)
  } catch {
    return decode(new TextDecoder('windows-1252'), body)
  }
}

/** In one piece, Node 20 reads windows-1252 as ISO 8859-1, which has controls in place of quotes, dashes and the euro. */
function decode(decoder: TextDecoder, body: Uint8Array): string {
  return decoder.decode(body, { stream: true }) + decoder.decode()
}

function decoderFor(label: string | undefined): TextDecoder | undefined {
  if (label === undefined) return undefined
  try {
    return new TextDecoder(label)
  } catch {
    return undefined
  }
}

function markOf([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  return undefined
}

const charsetOf = (text: string) => /charset\s*=\s*["']?([^\s"';>]+)/i.exec(text)?.[1]

/** <meta charset=…> or <meta http-equiv=… content="…; charset=…">. One that can be read as ASCII is not in UTF-16, whatever it says. */
function metaOf(body: Uint8Array): string | undefined {
  const start = Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, declared)).toString('latin1')
  for (const [tag] of start.replace(/<!--[^]*?(?:-->|$)/g, '').matchAll(/<meta\s[^>]*/gi)) {
    const label = charsetOf(tag)
    if (label !== undefined) return /^utf-?16/i.test(label) ? 'utf-8' : label
  }
  return undefined
}
