import { expect, test } from 'vitest'
import { decodeHtml } from '../../src/pages/decode-html.ts'

const latin = (text: string) => Buffer.from(text, 'latin1')

test.each<[string, Uint8Array, string | null, string]>([
  ['UTF-8 without a word', Buffer.from('<p>“é”'), 'text/html', '<p>“é”'],
  ['windows-1252 without a word', latin('<p>\x93\xe9\x94'), null, '<p>“é”'],
  ['the header', latin('<p>\xcf\xf0'), 'text/html; charset="windows-1251"', '<p>Пр'],
  ['the header before <meta>', Buffer.from('<meta charset="iso-8859-1">é'), 'text/html; charset=utf-8', '<meta charset="iso-8859-1">é'],
  ['<meta charset>', latin('<meta charset=windows-1251>\xcf'), 'text/html', '<meta charset=windows-1251>П'],
  [
    '<meta http-equiv>',
    latin('<META http-equiv=Content-Type content="text/html; charset=iso-8859-1">\x80'),
    null,
    '<META http-equiv=Content-Type content="text/html; charset=iso-8859-1">€',
  ],
  ['no <meta> in a comment', Buffer.from('<!-- <meta charset="koi8-r"> -->é'), null, '<!-- <meta charset="koi8-r"> -->é'],
  ['a <meta> that cannot be true', Buffer.from('<meta charset="utf-16">é'), null, '<meta charset="utf-16">é'],
  ['an unknown label', Buffer.from('<meta charset="klingon">é'), 'text/html; charset=none', '<meta charset="klingon">é'],
  ['a byte order mark before all', Buffer.from('\ufeffé'), 'text/html; charset=koi8-r', 'é'],
  ['UTF-16', Buffer.from('\ufeffé', 'utf16le'), null, 'é'],
  ['wrong bytes', Buffer.from([0x61, 0xff]), 'text/html; charset=utf-8', 'a\ufffd'],
  ['nothing', new Uint8Array(), null, ''],
])('%s', (_what, body, contentType, text) => {
  expect(decodeHtml(body, contentType)).toBe(text)
})
