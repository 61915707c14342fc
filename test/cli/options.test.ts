import { expect, test } from 'vitest'
import { apiUrl } from '../../src/cli/api.ts'
import { readHeader, readMapping } from '../../src/cli/feed-options.ts'
import { oneLine, table } from '../../src/cli/output.ts'

test.each([
  ['http://127.0.0.1:4000', 'http://127.0.0.1:4000/graphql'],
  ['http://127.0.0.1:4000/', 'http://127.0.0.1:4000/graphql'],
  ['http://127.0.0.1:4000/graphql', 'http://127.0.0.1:4000/graphql'],
  ['https://news.example/wire/', 'https://news.example/wire/graphql'],
])('the API of %s is %s', (given, url) => {
  expect(apiUrl(given)).toBe(url)
})

test.each(['127.0.0.1:4000', 'localhost:4000', 'ws://127.0.0.1/graphql', '', 'http://me:secret@127.0.0.1'])('%s is no address of a server', (given) => {
  expect(() => apiUrl(given)).toThrow(expect.objectContaining({ exitCode: 2 }))
})

test('headers are written as in HTTP, one after another', () => {
  const first = readHeader('Authorization: Basic a:b')
  expect(readHeader('X-Empty:', first)).toEqual([
    { name: 'Authorization', value: 'Basic a:b' },
    { name: 'X-Empty', value: '' },
  ])
  expect(() => readHeader('no colon')).toThrow('Name: value')
})

test('a mapping is a JSON object', () => {
  expect(readMapping('{"items": "data"}')).toEqual({ items: 'data' })
  for (const text of ['[]', 'null', 'items']) expect(() => readMapping(text)).toThrow('JSON object')
})

test('text from elsewhere cannot steer the terminal', () => {
  expect(oneLine('a\u001b[2Jb\nc\u202ed\u009b')).toBe('a [2Jb c d')
  expect(
    table([
      ['a', 'long', 'x'],
      ['bb', 's\u0007', ''],
    ]),
  ).toEqual(['a   long  x', 'bb  s'])
})
