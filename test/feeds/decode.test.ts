import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { decodeBytes } from '../../src/feeds/decode.ts'

const latin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'))
const utf8 = (text: string) => new Uint8Array(Buffer.from(text, 'utf8'))
const hex = (digits: string) => new Uint8Array(Buffer.from(digits.replaceAll(' ', ''), 'hex'))
const utf16le = (text: string) => new Uint8Array(Buffer.from(text, 'utf16le'))
const utf16be = (text: string) => new Uint8Array(Buffer.from(text, 'utf16le').swap16())
const utf32 = (text: string, littleEndian: boolean) => {
  const bytes = new DataView(new ArrayBuffer(Array.from(text).length * 4))
  Array.from(text).forEach((letter, i) => bytes.setUint32(i * 4, letter.codePointAt(0)!, littleEndian))
  return new Uint8Array(bytes.buffer)
}
const declared = (encoding: string) => `<?xml version="1.0" encoding="${encoding}"?>`
const legacy: Record<string, { text: string; bytes: Uint8Array }> = JSON.parse(
  readFileSync(new URL('../fixtures/encodings.json', import.meta.url), 'utf8'),
  (key, value) => (key === 'bytes' ? new Uint8Array(Buffer.from(value, 'base64')) : value),
)

describe('reads what is as it says, and has nothing to tell', () => {
  it.each<[string, Uint8Array, string | null, string]>([
    ['nothing said: UTF-8', utf8('<a>é€</a>'), null, '<a>é€</a>'],
    ['its Content-Type', latin1('<a>\xe9</a>'), 'text/xml; charset=ISO-8859-1', '<a>é</a>'],
    ['its Content-Type, quoted', latin1('<a>\xe9</a>'), "text/xml;charset='latin1'; x=y", '<a>é</a>'],
    ['its XML declaration', latin1(`${declared('iso-8859-2')}<a>\xb1</a>`), 'text/xml', `${declared('iso-8859-2')}<a>ą</a>`],
    ['its XML declaration, behind junk', latin1(`\n<!-- x -->${declared('koi8-r')}\xed\xc9\xd2`), null, `\n<!-- x -->${declared('koi8-r')}Мир`],
    ['the Content-Type before the declaration', latin1(`${declared('utf-8')}\xe9`), 'text/xml; charset=latin1', `${declared('utf-8')}é`],
    ['UTF-8 of its Content-Type before another declaration', utf8(`${declared('koi8-r')}é`), 'text/xml; charset=utf-8', `${declared('koi8-r')}é`],
    ['a mark', hex('efbbbf c3a9'), null, 'é'],
    ['UTF-16 by its mark', utf16le('\ufeff<a>é</a>'), null, '<a>é</a>'],
    ['UTF-16 by its mark, big endian', utf16be('\ufeff<a>é</a>'), 'text/xml; charset=utf-16', '<a>é</a>'],
    ['UTF-16 by its zeros', utf16le('<a>é</a>'), null, '<a>é</a>'],
    ['UTF-16 by its zeros, big endian', utf16be(`${declared('UTF-16')}é`), null, `${declared('UTF-16')}é`],
    ['JSON in UTF-16', utf16le('{"a":"é"}'), 'application/json', '{"a":"é"}'],
    ['UTF-32', utf32('<a>é🌊</a>', true), null, '<a>é🌊</a>'],
    ['UTF-32, big endian', utf32('<a>é🌊</a>', false), null, '<a>é🌊</a>'],
    ['UTF-32 by its mark', utf32('\ufeff<a>é</a>', true), 'text/xml; charset=utf-32', '<a>é</a>'],
    ['UTF-32 by its mark, big endian', utf32('\ufeff<a>é</a>', false), null, '<a>é</a>'],
    ['quotes and the euro of windows-1252', latin1('\x93\x80\x94'), 'text/xml; charset=windows-1252', '“€”'],
    ['ISO 8859-1 is windows-1252 on the web', latin1('it\x92s'), 'text/xml; charset=iso-8859-1', 'it’s'],
    ['and so is US-ASCII', latin1('it\x92s'), 'text/xml; charset=us-ascii', 'it’s'],
    ['text/xml alone does not mean US-ASCII', latin1(`${declared('windows-1251')}\xcc\xe8\xf0`), 'text/xml', `${declared('windows-1251')}Мир`],
    ['Japanese', hex('93fa967b'), 'text/xml; charset=Shift_JIS', '日本'],
    ['a name that only Windows knows', hex('93fa967b'), 'text/xml; charset=cp932', '日本'],
    ['GB 2312 with what was added to it', hex('e946 ced2'), 'text/xml; charset=gb2312', '镕我'],
    ['JSON is UTF-8, whatever is said', utf8('{"a":"é"}'), 'application/json', '{"a":"é"}'],
    ['ASCII is ASCII, whatever is said', utf8(`${declared('UTF-16')}<a/>`), 'text/xml; charset=klingon', `${declared('UTF-16')}<a/>`],
    ['a short text of other letters is not taken for UTF-8', hex('d2b8'), 'text/xml; charset=windows-1251', 'Тё'],
    ['nothing', new Uint8Array(), null, ''],
  ])('%s', (_name, body, contentType, text) => {
    expect(decodeBytes(body, contentType)).toEqual({ text, repaired: [] })
  })
})

describe('passes over a declaration that is wrong, and tells it', () => {
  it.each<[string, Uint8Array, string | null, string, string]>([
    [
      'an unknown label',
      latin1(`${declared('latin1')}\xe9`),
      'text/xml; charset=klingon',
      `${declared('latin1')}é`,
      'declared as klingon, and read as windows-1252',
    ],
    ['UTF-16 in ASCII', utf8(`${declared('UTF-16')}é`), null, `${declared('UTF-16')}é`, 'declared as UTF-16, and read as UTF-8'],
    ['the mark is of another', hex('efbbbf c3a9'), 'text/xml; charset=latin1', 'é', 'declared as latin1, and read as UTF-8'],
    [
      'UTF-8 that is windows-1252',
      latin1(`${declared('utf-8')}<a>caf\xe9</a>`),
      null,
      `${declared('utf-8')}<a>café</a>`,
      'declared as utf-8, and read as windows-1252',
    ],
    [
      'with a mark besides',
      latin1('\xef\xbb\xbf<a>caf\xe9 cr\xe8me</a>'),
      'text/xml;charset=utf-8',
      '<a>café crème</a>',
      'declared as utf-8, and read as windows-1252',
    ],
    ['windows-1252 that is UTF-8', utf8('<a>café</a>'), 'text/xml; charset=iso-8859-1', '<a>café</a>', 'declared as iso-8859-1, and read as UTF-8'],
    [
      'windows-1251 that is UTF-8',
      utf8(`${declared('windows-1251')}Новости`),
      null,
      `${declared('windows-1251')}Новости`,
      'declared as windows-1251, and read as UTF-8',
    ],
    ['Shift_JIS that is EUC-JP', legacy['euc-jp']!.bytes, 'text/xml; charset=shift_jis', legacy['euc-jp']!.text, 'declared as shift_jis, and read as EUC-JP'],
    ['JSON in an old encoding', latin1('{"a":"\xe9"}'), 'application/json', '{"a":"é"}', 'does not say its encoding, and was read as windows-1252'],
  ])('%s', (_name, body, contentType, text, note) => {
    expect(decodeBytes(body, contentType)).toEqual({ text, repaired: [expect.stringContaining(note)] })
  })

  it('and no label makes the note long', () => {
    expect(decodeBytes(utf8('é'), `text/xml; charset=${'x'.repeat(9000)}`).repaired.join('').length).toBeLessThan(120)
  })
})

describe('keeps the encoding of a text with a few wrong bytes', () => {
  it.each<[string, Uint8Array, string | null, string, string[]]>([
    ['UTF-8', latin1('<a>Ã© Ã© \xe9</a>'), null, '<a>é é \ufffd</a>', ['1 character that cannot be read in UTF-8.']],
    ['UTF-8 cut off in a letter', utf8('<a>日本').subarray(0, -1), null, '<a>日\ufffd', ['1 character that cannot be read in UTF-8.']],
    [
      'much UTF-8 that was declared as another',
      latin1(`${'Ã©'.repeat(20)}\xe9 \xe9`),
      'text/xml; charset=latin1',
      `${'é'.repeat(20)}\ufffd \ufffd`,
      ['Its encoding was declared as latin1, and read as UTF-8.', '2 characters that cannot be read in UTF-8.'],
    ],
    [
      'a declared one',
      hex(`${'93fa967b'.repeat(30)} 93`),
      'text/xml; charset=shift_jis',
      `${'日本'.repeat(30)}\ufffd`,
      ['1 character that cannot be read in SHIFT_JIS.'],
    ],
    ['UTF-16 that lacks a byte', utf16le('<a>é</a>').subarray(0, -1), null, '<a>é</a\ufffd', ['1 character that cannot be read in UTF-16LE.']],
    ['UTF-32 that lacks a byte', utf32('<a>é', false).subarray(0, -1), null, '<a>\ufffd', ['1 character that cannot be read in UTF-32BE.']],
  ])('%s', (_name, body, contentType, text, repaired) => {
    expect(decodeBytes(body, contentType)).toEqual({ text, repaired })
  })
})

describe('finds out the encoding of a feed that does not say it', () => {
  it.each(Object.entries(legacy))('%s', (_encoding, { text, bytes }) => {
    expect(decodeBytes(bytes, 'text/xml')).toEqual({ text, repaired: [expect.stringContaining('does not say its encoding')] })
  })

  it.each<[string, Uint8Array, string]>([
    ['a few letters apart are of western Europe', latin1('<a>d\xe9j\xe0 vu</a>'), '<a>déjà vu</a>'],
    [
      'a language decides',
      latin1('<rss><language>tr-TR</language><title>T\xfcrkiye\x92nin g\xfcndemi \xfe\xf6yle</title>'),
      '<rss><language>tr-TR</language><title>Türkiye’nin gündemi şöyle</title>',
    ],
    ['also as an attribute', latin1('<feed xml:lang="pl"><title>G\xea\x9c w \xb9</title>'), '<feed xml:lang="pl"><title>Gęś w ą</title>'],
    ['a language that does not fit does not', legacy['shift_jis']!.bytes, legacy['shift_jis']!.text],
  ])('%s', (_name, body, text) => {
    expect(decodeBytes(body, null).text).toBe(text)
  })

  it('far from its beginning', () => {
    const { text, bytes } = legacy['euc-jp']!
    expect(decodeBytes(Buffer.concat([Buffer.alloc(300_000, ' '), bytes]), null).text.trimStart()).toBe(text)
  })
})

test('no bytes and no label are too odd', () => {
  const start = fc.constantFrom('', 'efbbbf', 'fffe', 'feff', 'fffe0000', '0000feff', '3c00', '003c', '1b2442', '1b2428').map(hex)
  const label = fc.option(fc.oneof(fc.string(), fc.constantFrom('utf-8', 'utf-16', 'utf-32', 'latin1', 'shift_jis', 'gb18030', 'iso-2022-jp', 'big5', 'cp932')))
  fc.assert(
    fc.property(start, fc.uint8Array({ maxLength: 200 }), label, (first, rest, name) => {
      const { text, repaired } = decodeBytes(Buffer.concat([first, rest]), name === null ? null : `text/xml; charset=${name}`)
      return typeof text === 'string' && repaired.length <= 2
    }),
    { numRuns: 1000 },
  )
})

test('what is right comes back as it was', () => {
  const text = fc.string({ unit: 'grapheme' }).map((any) => `<a>${any}`)
  const write = fc.constantFrom(
    utf8,
    utf16le,
    utf16be,
    (any: string) => utf32(any, true),
    (any: string) => utf32(any, false),
  )
  fc.assert(fc.property(text, write, (any, bytesOf) => decodeBytes(bytesOf(any), null).text === any))
})
