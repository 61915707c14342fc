/**
 * The text of a document: in the encoding of its byte order mark, else of its Content-Type, else of its XML declaration,
 * else in UTF-8. A label that is unknown is passed over; bytes that are wrong become U+FFFD. Never throws.
 */
export function decodeBytes(body: Uint8Array, contentType: string | null): string {
  const decoder = decoderFor(markOf(body)) ?? decoderFor(charsetOf(contentType)) ?? decoderFor(declarationOf(body)) ?? new TextDecoder()
  // In one piece, Node 20 reads windows-1252 as ISO 8859-1, which has controls in place of quotes, dashes and the euro.
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

function charsetOf(contentType: string | null): string | undefined {
  return /;\s*charset\s*=\s*["']?([^\s"';]+)/i.exec(contentType ?? '')?.[1]
}

/** A declaration that can be read as ASCII is not in UTF-16, whatever it says. */
function declarationOf(body: Uint8Array): string | undefined {
  const start = Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, 1024)).toString('latin1')
  const label = /^\s*<\?xml\s[^>]*?encoding\s*=\s*["']([^"'>]+)["']/i.exec(start)?.[1]
  return label && /^(utf-?16|ucs-?2|iso-10646)/i.test(label) ? undefined : label
}
