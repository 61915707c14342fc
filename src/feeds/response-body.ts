import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib'

/** A body that is too large, or cannot be decompressed; the message is for people. */
export class BodyRefused extends Error {}

type Decompress = (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Buffer>

const decompressors: Record<string, Decompress> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  br: promisify(brotliDecompress),
  // The name means the format of zlib, whose first byte names its method; many send bare deflate.
  deflate: (bytes, options) => (((bytes[0] ?? 0) & 0x0f) === 8 ? inflated(bytes, options) : inflatedRaw(bytes, options)),
}
const inflated: Decompress = promisify(inflate)
const inflatedRaw: Decompress = promisify(inflateRaw)

/** More than one is rare; a chain of them multiplies what a few bytes can cost. */
const mostEncodings = 2

/**
 * Reads a body to its end and undoes its Content-Encoding. Neither what arrives nor what it decompresses to is let grow
 * past `most` bytes.
 * @param grow is waited for before it grows past `small` bytes
 * @throws BodyRefused, and what the stream and `grow` throw
 */
export async function readBounded(
  body: AsyncIterable<Uint8Array>,
  encoding: string | string[] | undefined,
  { small, most, grow }: { small: number; most: number; grow: () => Promise<void> },
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  let limit = Math.min(small, most)
  const growOrRefuse = async () => {
    if (limit === most) throw new BodyRefused(`It is larger than ${most / 1024 / 1024} MiB.`)
    await grow()
    limit = most
  }
  for await (const chunk of body) {
    size += chunk.byteLength
    while (size > limit) await growOrRefuse()
    chunks.push(chunk)
  }
  let bytes: Uint8Array = Buffer.concat(chunks)
  for (const decompress of decompressorsOf(encoding)) {
    while (bytes.byteLength > 0) {
      const unpacked = await decompress(bytes, { maxOutputLength: limit }).catch(nullWhereTooLarge)
      if (unpacked) {
        bytes = unpacked
        break
      }
      await growOrRefuse()
    }
  }
  return bytes
}

/** In the order in which to undo them. @throws BodyRefused */
function decompressorsOf(encoding: string | string[] | undefined): Decompress[] {
  const names = [encoding ?? []]
    .flat()
    .join(',')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
  if (names.length > mostEncodings) throw new BodyRefused('It is compressed more than twice.')
  return names.toReversed().map((name) => {
    const decompress = decompressors[name]
    if (!decompress) throw new BodyRefused('It is compressed in a way that was not asked for.')
    return decompress
  })
}

function nullWhereTooLarge(error: unknown): null {
  if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') return null
  throw new BodyRefused('It is compressed, and what arrived cannot be decompressed.')
}
