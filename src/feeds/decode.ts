import { isAscii } from 'node:buffer'
import { asBuffer, countBeyondAscii, decodeLeniently, decodeStrictly, encodingOf, markOf, sampleOf, type Encoding } from './encoding.ts'
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
  const claims = [charsetOf(contentType), declarationOf(body)].flatMap((label) => (label === undefined ? [] : [claimOf(label)]))
  const mark = markOf(body)
  // A mark of UTF-8 that is wrong is no text either.
  const rest = mark === 'utf-8' ? body.subarray(3) : body
  const reading = readByMark(body, mark) ?? readByClaims(rest, claims, isJson(rest, contentType)) ?? readByGuess(rest)
  return { text: reading.text, repaired: notesOf(reading, claims[0]) }
}

function readByMark(body: Uint8Array, mark: Encoding | undefined): Reading | undefined {
  if (mark === undefined) return isAscii(body) ? { text: asBuffer(body).toString('latin1') } : undefined
  const text = decodeStrictly(body, mark)
  if (text !== undefined) return { text, encoding: mark }
  // Nothing else has such bytes; but many put the mark of UTF-8 before whatever they write.
  return wideUnicode.test(mark) ? { encoding: mark, ...decodeLeniently(body, mark) } : undefined
}

function readByClaims(body: Uint8Array, claims: Claim[], json: boolean): Reading | undefined {
  const text = decodeStrictly(body, 'utf-8')
  const utf8 = text === undefined ? undefined : { encoding: 'utf-8', text }
  const sample = sampleOf(body)
  const { right, wrong } = text === undefined ? decodeLeniently(sample, 'utf-8') : { ...countBeyondAscii(text), wrong: 0 }
  const claimed = new Set(claims.flatMap(({ encoding }) => (encoding === undefined || encoding === 'utf-8' ? [] : [encoding])))
  if (claims[0]?.encoding === 'utf-8' && utf8) return utf8
  for (const encoding of claimed) {
    // A label is often the default of some server; and by chance no text is UTF-8 as well, or a short one of other letters.
    const byChance = json ? 0 : encoding === 'windows-1252' ? 1 : 4
    if (right >= byChance && wrong * 10 <= right) break
    const other = decodeStrictly(body, encoding)
    if (other !== undefined) return { text: other, encoding }
  }
  if (utf8) return utf8
  const encoding = ['utf-8', ...claimed].find((candidate) => isRightButForAFew(sample, candidate))
  return encoding === undefined ? undefined : { encoding, ...decodeLeniently(body, encoding) }
}

function readByGuess(body: Uint8Array): Reading {
  const sample = sampleOf(body)
  const encoding = guessEncodings(body).find((candidate) => isRightButForAFew(sample, candidate)) ?? 'windows-1252'
  return { encoding, ...decodeLeniently(body, encoding) }
}

/** What is right in UTF-8 is hardly so by chance; in other encodings much is. */
function isRightButForAFew(sample: Uint8Array, encoding: Encoding): boolean {
  const { wrong, right } = decodeLeniently(sample, encoding)
  return wrong * (encoding === 'utf-8' ? 1 : 50) <= right
}

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
