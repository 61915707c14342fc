import { isAscii } from 'node:buffer'
import { asBuffer, countBeyondAscii, decodeLeniently, decodeStrictly, encodingOf, markOf, type Encoding } from './encoding.ts'
import { guessEncodings } from './guess-encoding.ts'

/** `repaired`: what was not as it was declared or should be, in words for people. */
export type Decoded = { text: string; repaired: string[] }

/** What somebody says of the encoding. */
type Claim = { label: string; encoding: Encoding | undefined }
/** `encoding` is undefined where it makes no difference. */
type Reading = { text: string; encoding?: Encoding; wrong?: number }

/**
 * The text of a document: in the encoding that its first bytes show, else of its Content-Type, else of its XML declaration
 * (RFC 7303, which wants no us-ascii for text/xml), else in UTF-8, else in what the bytes look like, else in windows-1252. What the bytes
 * cannot be is passed over, whoever says it; a text that is right but for a few bytes has U+FFFD for these. Never throws.
 */
export function decodeBytes(body: Uint8Array, contentType: string | null): Decoded {
  const marked = readByMark(body)
  const claims = [charsetOf(contentType), declarationOf(body)].flatMap((label) => (label === undefined ? [] : [claimOf(label)]))
  // A mark of UTF-8 that is wrong is no text either.
  const rest = markOf(body) === 'utf-8' ? body.subarray(3) : body
  const reading = marked ?? readByClaims(rest, claims, isJson(rest, contentType)) ?? readByGuess(rest)
  return { text: reading.text, repaired: notesOf(reading, claims[0]) }
}

function readByMark(body: Uint8Array): Reading | undefined {
  const encoding = markOf(body)
  if (encoding === undefined) return isAscii(body) ? { text: asBuffer(body).toString('latin1') } : undefined
  const text = decodeStrictly(body, encoding)
  if (text !== undefined) return { text, encoding }
  // Nothing else has such bytes; but many put the mark of UTF-8 before whatever they write.
  return /^utf-(?:16|32)/.test(encoding) ? { encoding, ...decodeLeniently(body, encoding) } : undefined
}

function readByClaims(body: Uint8Array, claims: Claim[], json: boolean): Reading | undefined {
  const inUtf8 = readUtf8(body)
  const claimed = new Set(claims.flatMap(({ encoding }) => encoding ?? []))
  for (const encoding of claimed) {
    // A label is often the default of some server; and by chance no text is UTF-8 as well, or a short one of other letters.
    const byChance = json ? 0 : encoding === 'windows-1252' ? 1 : 4
    if (inUtf8.right >= byChance && inUtf8.wrong * 10 <= inUtf8.right) break
    const text = decodeStrictly(body, encoding)
    if (text !== undefined) return { text, encoding }
  }
  if (inUtf8.wrong === 0) return inUtf8
  const lenient = function* () {
    yield inUtf8
    for (const encoding of claimed) yield { encoding, ...decodeLeniently(body, encoding) }
  }
  for (const reading of lenient()) if (isRightButForAFew(reading)) return reading
  return undefined
}

function readUtf8(body: Uint8Array) {
  const text = decodeStrictly(body, 'utf-8')
  return { encoding: 'utf-8', ...(text === undefined ? decodeLeniently(body, 'utf-8') : { text, ...countBeyondAscii(text), wrong: 0 }) }
}

function readByGuess(body: Uint8Array): Reading {
  for (const encoding of guessEncodings(body)) {
    const reading = { encoding, ...decodeLeniently(body, encoding) }
    if (isRightButForAFew(reading)) return reading
  }
  return { encoding: 'windows-1252', ...decodeLeniently(body, 'windows-1252') }
}

/** What is right in UTF-8 is hardly so by chance; in other encodings much is. */
const isRightButForAFew = ({ encoding, wrong, right }: { encoding: Encoding; wrong: number; right: number }) => wrong * (encoding === 'utf-8' ? 1 : 50) <= right

function notesOf({ encoding, wrong = 0 }: Reading, claim: Claim | undefined): string[] {
  if (encoding === undefined) return []
  const unicode = encoding.startsWith('utf-')
  const meant = claim === undefined ? unicode : claim.encoding === encoding || (wideUnicode.test(claim.label) && wideUnicode.test(encoding))
  return [
    ...(meant
      ? []
      : [
          claim
            ? `Its encoding was declared as ${claim.label}, and read as ${nameOf(encoding)}.`
            : `It does not say its encoding, and was read as ${nameOf(encoding)}.`,
        ]),
    ...(wrong === 0 ? [] : [`${wrong} ${wrong === 1 ? 'character' : 'characters'} that cannot be read in ${nameOf(encoding)}.`]),
  ]
}

const nameOf = (encoding: Encoding) => (encoding.startsWith('windows-') ? encoding : encoding.toUpperCase())

/** Encodings whose letters are two or four bytes: what is not seen to be in one of them is in none, whatever is said. */
const wideUnicode = /^(?:utf-?(?:16|32)|ucs-?[24]|iso-?10646)/i

const claimOf = (label: string): Claim => ({
  label: label.slice(0, 40),
  encoding: wideUnicode.test(label) ? undefined : encodingOf(label),
})

function charsetOf(contentType: string | null): string | undefined {
  return /;\s*charset\s*=\s*["']?([^\s"';]+)/i.exec(contentType ?? '')?.[1]
}

/** Where there is junk before the declaration, it is still meant. */
function declarationOf(body: Uint8Array): string | undefined {
  const start = asBuffer(body.subarray(0, 1024)).toString('latin1')
  return /<\?xml\s[^>]*?encoding\s*=\s*["']([^"'>\s]+)["']/i.exec(start)?.[1]
}

/** JSON is in UTF-8 (RFC 8259), and its media type has no charset. */
function isJson(body: Uint8Array, contentType: string | null): boolean {
  return /^[^;]*\bjson\b/i.test(contentType ?? '') || /^\s*[[{]/.test(asBuffer(body.subarray(0, 64)).toString('latin1'))
}
