import type { Writable } from 'node:stream'

/**
 * Writes a part of a command's result, and waits until the system has it.
 * @throws the error of the stream, EPIPE when its reader is gone
 */
export function write(text: string): Promise<void> {
  return new Promise((resolve, reject) => process.stdout.write(text, (error) => (error ? reject(error) : resolve())))
}

/** Writes one line of a command's result. @throws as write does */
export const print = (line: string) => write(`${line}\n`)

export const printJson = (value: unknown) => print(JSON.stringify(value))

/** A message beside the result. */
export function note(message: string): void {
  process.stderr.write(`newswire: ${oneLine(message)}\n`)
}

/** Text from elsewhere for a terminal: its control characters could move the cursor or hide what stands there. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim()
}

/** Columns of equal width, the last one open. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const cells = rows.map((row) => row.map(oneLine))
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  return cells.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}

/**
 * A progress bar on one line of a terminal; nothing elsewhere.
 * @param total undefined: how far it is cannot be told, and the text stands alone
 */
export function progress(stream: Writable & { isTTY?: boolean }, total: number | undefined): { show: (done: number, text: string) => void; end: () => void } {
  const width = 30
  const draw = (done: number, text: string) => {
    const part = total ? Math.min(1, done / total) : 0
    const bar = total ? `[${'#'.repeat(Math.round(part * width)).padEnd(width, '.')}] ${Math.floor(part * 100)} %  ` : ''
    stream.write(`\r\u001b[K${bar}${text}`)
  }
  return stream.isTTY ? { show: draw, end: () => void stream.write('\r\u001b[K') } : { show: () => undefined, end: () => undefined }
}
