import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeBytes } from '../../src/feeds/decode.ts'

const latin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'))
const utf8 = (text: string) => new Uint8Array(Buffer.from(text, 'utf8'))
const utf16 = (text: string) => new Uint8Array(Buffer.from(`\ufeff${text}`, 'utf16le'))

test.each<[string, Uint8Array, string | null, string]>([
  ['nothing said: UTF-8', utf8('<a>é€</a>'), null, '<a>é€</a>'],
  ['its Content-Type', latin1('<a>\xe9</a>'), 'text/xml; charset=ISO-8859-1', '<a>é</a>'],
  ['its Content-Type, quoted', latin1('<a>\xe9</a>'), "text/xml;charset='latin1'; x=y", '<a>é</a>'],
  ['its XML declaration', latin1('<?xml version="1.0" encoding="iso-8859-2"?><a>\xb1</a>'), 'text/xml', '<?xml version="1.0" encoding="iso-8859-2"?><a>ą</a>'],
  [
    'the Content-Type before the declaration',
    latin1('<?xml version="1.0" encoding="utf-8"?>\xe9'),
    'text/xml; charset=latin1',
    '<?xml version="1.0" encoding="utf-8"?>é',
  ],
  ['the mark before both', new Uint8Array([0xef, 0xbb, 0xbf, ...utf8('é')]), 'text/xml; charset=latin1', 'é'],
  ['UTF-16 by its mark', utf16('<a>é</a>'), null, '<a>é</a>'],
  ['quotes and the euro of windows-1252', latin1('\x93\x80\x94'), 'text/xml; charset=windows-1252', '“€”'],
  ['ISO 8859-1 is windows-1252 on the web', latin1('it\x92s'), 'text/xml; charset=iso-8859-1', 'it’s'],
  ['Japanese', new Uint8Array([0x93, 0xfa, 0x96, 0x7b]), 'text/xml; charset=Shift_JIS', '日本'],
  [
    'an unknown label is passed over',
    latin1('<?xml version="1.0" encoding="latin1"?>\xe9'),
    'text/xml; charset=klingon',
    '<?xml version="1.0" encoding="latin1"?>é',
  ],
  ['a declaration of UTF-16 in ASCII is wrong', utf8('<?xml version="1.0" encoding="UTF-16"?>é'), null, '<?xml version="1.0" encoding="UTF-16"?>é'],
  ['nothing', new Uint8Array(), null, ''],
])('%s', (_name, body, contentType, expected) => {
  expect(decodeBytes(body, contentType)).toBe(expected)
})

test('no bytes and no label are too odd', () => {
  fc.assert(
    fc.property(
      fc.uint8Array(),
      fc.option(fc.string()),
      (body, label) => typeof decodeBytes(body, label === null ? null : `text/xml; charset=${label}`) === 'string',
    ),
  )
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => decodeBytes(utf8(`<a>${text}`), null) === `<a>${text}`))
})
