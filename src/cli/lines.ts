/** A line of a file: its number from 1, and its text or what is wrong with it. `end` is where the next one begins, in bytes. */
export type Line = { number: number; end: number } & ({ text: string } | { problem: string })

const newline = 0x0a

/**
 * The lines of a stream of bytes, blank ones left out, one at a time: no more of it is in memory than a chunk and a line.
 * @param most bytes of a line; a longer one is read past
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Line, void> {
  let parts: Uint8Array[] = []
  let bytes = 0
  let number = 0
  let end = 0
  const take = (part: Uint8Array) => {
    bytes += part.length
    end += part.length
    if (bytes > most) parts = []
    else if (part.length > 0) parts.push(part)
  }
  const finish = (): Line | undefined => {
    number += 1
    const text = bytes > most ? undefined : decode(parts)
    const tooLong = bytes > most
    parts = []
    bytes = 0
    if (tooLong) return { number, end, problem: `the line is longer than ${most} bytes` }
    if (text === undefined) return { number, end, problem: 'the line is not UTF-8' }
    return text.trim() === '' ? undefined : { number, end, text }
  }
  for await (const chunk of chunks) {
    let start = 0
    for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, start)) {
      take(chunk.subarray(start, at))
      end += 1
      start = at + 1
      const line = finish()
      if (line) yield line
    }
    take(chunk.subarray(start))
  }
  const last = finish()
  if (last) yield last
}

/** A byte order mark is left out. @returns undefined when it is not UTF-8 */
function decode(parts: readonly Uint8Array[]): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(parts.length === 1 ? parts[0] : Buffer.concat(parts))
  } catch {
    return undefined
  }
}
