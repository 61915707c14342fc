import { expect, test } from 'vitest'
import { readLines } from '../../src/cli/lines.ts'

async function lines(most: number, ...chunks: (string | Uint8Array)[]) {
  const bytes = async function* () {
    for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
  }
  return collect(readLines(bytes(), most))
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

const euro = Buffer.from('€')

test.each<[string, (string | Uint8Array)[], [number, string][]]>([
  ['nothing', [], []],
  [
    'the last line needs no end',
    ['a\nb'],
    [
      [1, 'a'],
      [2, 'b'],
    ],
  ],
  [
    'blank lines count and are left out',
    ['\na\n  \r\n\nb\n'],
    [
      [2, 'a'],
      [5, 'b'],
    ],
  ],
  [
    'Windows ends',
    ['a\r\nb\r\n'],
    [
      [1, 'a\r'],
      [2, 'b\r'],
    ],
  ],
  ['a byte order mark is no text', ['\ufeffa\n'], [[1, 'a']]],
  [
    'chunks end anywhere',
    ['a', 'b\nc', '', '\n', 'd'],
    [
      [1, 'ab'],
      [2, 'c'],
      [3, 'd'],
    ],
  ],
  ['even in a character', [euro.subarray(0, 1), euro.subarray(1)], [[1, '€']]],
  [
    'too long, read past',
    ['123456789', '01\nb\n'],
    [
      [1, 'the line is longer than 10 bytes'],
      [2, 'b'],
    ],
  ],
  ['as long as may be', ['1234567890\n'], [[1, '1234567890']]],
  [
    'no UTF-8',
    [Uint8Array.of(0xff, 0x0a), 'b'],
    [
      [1, 'the line is not UTF-8'],
      [2, 'b'],
    ],
  ],
])('%s', async (_what, chunks, expected) => {
  const read = await lines(10, ...chunks)
  expect(read.map((line) => [line.number, 'text' in line ? line.text : line.problem])).toEqual(expected)
})

test('tells where a line ends, in bytes', async () => {
  expect((await lines(10, '€\n', 'b', 'c\nd')).map(({ end }) => end)).toEqual([4, 7, 8])
})
