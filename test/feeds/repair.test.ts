import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FeedInvalid, parseFeedText } from '../../src/feeds/parse.ts'
import { mostEntries, repairXml } from '../../src/feeds/repair.ts'
import { findRoot } from '../../src/feeds/xml-root.ts'

const repair = (text: string) => repairXml(text, findRoot(text)!)

describe('malformed XML', () => {
  test.each([
    ['a & b &amp; c &nbsp; &#38; &#x26;', 'a &amp; b &amp; c &nbsp; &#38; &#x26;', ['1 ampersand that began no entity']],
    ['<a href="?b=1&c=2"/>', '<a href="?b=1&amp;c=2"/>', ['1 ampersand that began no entity']],
    ['&copy=2 &', '&amp;copy=2 &amp;', ['2 ampersands that began no entity']],
    ['1 < 2, <3, <a@b.example>', '1 &lt; 2, &lt;3, &lt;a@b.example>', ['3 "<" that began no tag']],
    ['<x>a', '<x>a</x>', ['1 tag that was not closed: <x>']],
    ['a<br>b<br>c', 'a<br/>b<br/>c', ['2 tags that were not closed: <br>']],
    ['<b>a<i>b</b>c</i>', '<b>a<i/>b</b>c', ['1 tag that was not closed: <i>', '1 end tag without a start: </i>']],
    ['a</p>b', 'ab', ['1 end tag without a start: </p>']],
    ['<Title>a</title>', '<Title>a</Title>', ['1 end tag spelt unlike its start: </title>']],
    ['<x a="b"<y/></x>', '<x a="b"><y/></x>', ['1 tag without its ">": <x>']],
    ['<x>a</x<y/>', '<x>a</x><y/>', ['1 tag without its ">": </x>']],
    ['<x a=b c=http://d.example/ >e</x>', '<x a="b" c="http://d.example/" >e</x>', ['2 attributes without quotes']],
    ['<x a=b&/>', '<x a="b&amp;"/>', ['1 attribute without quotes', '1 ampersand that began no entity']],
    ['<x a="b>c</x><y d="e"/>', '<x a="b">c</x><y d="e"/>', ['1 quote that was not closed']],
    ['<![CDATA[a <b>', '<![CDATA[a <b>]]>', ['1 CDATA section that was not closed']],
    ['a<!-- b', 'a&lt;!-- b', ['1 comment that was not closed']],
    ['a\u0000b\u0007\uffff', 'ab', ['3 characters that XML does not allow']],
    ['a<!DOCTYPE html>b', 'ab', []],
    ['a<?php echo "?>b', 'ab', []],
  ])('%s', (inner, expected, repaired) => {
    expect(repair(`<feed>${inner}</feed>`)).toEqual({ text: `<feed>${expected}</feed>`, entries: 0, repaired })
  })

  test.each([
    ['a text before it', 'Warning: line 3\n<rss><channel/></rss>', '<rss><channel/></rss>', ['1 text before the document']],
    ['a message before it', '<br />\n<b>Notice</b>: x<br />\n<?xml version="1.0"?><rss/>', '<rss/>', ['1 text before the document']],
    ['a declaration without its end', '<?xml version="1.0"><rss/>', '<rss/>', []],
    ['a text after it', '<rss></rss>\n<script>x</script>', '<rss></rss>', ['1 text after the end of the document']],
    ['a comment after it', '<rss></rss>\n<!-- 0.1 s -->\n', '<rss></rss>', []],
    ['no channel', '<rss><item>a</item><title/></rss>', '<rss><channel><item>a</item><title/></channel></rss>', ['1 channel that was not begun']],
    [
      'no channel, and no end',
      '<rss><item>a</item><item>',
      '<rss><channel><item>a</item></channel></rss>',
      ['1 channel that was not begun', 'the end of the document was missing, and its last entry is left out'],
    ],
    ['something before the channel', '<rss><x/><channel/></rss>', '<rss><x/><channel/></rss>', []],
    ['entries beside the channel', '<rss><channel/><item>a</item></rss>', '<rss><channel/><item>a</item></rss>', []],
    ['a prefix of nothing', '<rdf:RDF a="b"/>', '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" a="b"/>', ['1 prefix that was not declared']],
    ['no ends', '<rss><channel><item>a</item>', '<rss><channel><item>a</item></channel></rss>', ['the end of the document was missing']],
    [
      'no end of any entry',
      '<rss><channel><item><a/><item><title>b<item>c',
      '<rss><channel><item><a/></item><item><title>b</title></item></channel></rss>',
      ['the end of the document was missing, and its last entry is left out'],
    ],
    [
      'a feed in an entry, and no end',
      '<feed><entry>a</entry><entry><content><feed><entry>b</entry><entry>c',
      '<feed><entry>a</entry></feed>',
      ['the end of the document was missing, and its last entry is left out'],
    ],
  ])('with %s', (_name, text, expected, repaired) => {
    expect(repair(text)).toMatchObject({ text: expected, repaired })
  })

  test.each([
    ['a field ends where the next begins', '<item><title>a<link>b</link></item>', '<item><title>a</title><link>b</link></item>'],
    ['an entry ends where the next begins', '<item><link>a</link><item>b</item>', '<item><link>a</link></item><item>b</item>'],
    ['so does a field at the end of an entry', '<item><link>a<item>b</item>', '<item><link>a</link></item><item>b</item>'],
    ['what is wrong in an entry ends nothing around it', '<title>a<item><b>c</title></item>', '<title>a</title><item><b/>c</item>'],
  ])('%s', (_name, inner, expected) => {
    expect(repair(`<rss><channel>${inner}</channel></rss>`).text).toBe(`<rss><channel>${expected}</channel></rss>`)
  })

  test('names five of many', () => {
    const inner = ['q', 'r', 's', 't', 'u', 'v'].map((name) => `</${name}>`).join('')
    expect(repair(`<rss>${inner}</rss>`).repaired).toEqual(['6 end tags without a start: </q>, </r>, </s>, </t>, </u> and others'])
  })
})

describe('entities that a document declares', () => {
  const text = (subset: string, content = '&a;') => repair(`<!DOCTYPE rss [${subset}]><rss>${content}</rss>`).text

  test.each([
    ['plain text', '<!ENTITY a "b c">', 'b c'],
    ['a character', "<!ENTITY a '&#233;'>", '&#233;'],
    ['the first of two', '<!ENTITY a "b"> <!-- > --> <!ENTITY a "c">', 'b'],
    ['behind others', '<!ELEMENT rss ANY><!ATTLIST rss a CDATA "]>"><!ENTITY a "b">', 'b'],
    ['none with markup in it', '<!ENTITY a "<b/>">', '&a;'],
    ['none from elsewhere', '<!ENTITY % p SYSTEM "http://a.example/"> %p;', '&a;'],
    ['one of the five that XML has itself', '<!ENTITY a "b &amp; c">', '&a;'],
    ['no more than a hundred', `${Array.from({ length: 100 }, (_, i) => `<!ENTITY n${i} "x">`).join('')}<!ENTITY a "b">`, '&a;'],
  ])('%s', (_name, subset, expected) => {
    expect(text(subset)).toBe(`<rss>${expected}</rss>`)
  })

  test('but not within CDATA', () => {
    expect(text('<!ENTITY a "b">', '<![CDATA[&a;]]>')).toBe('<rss><![CDATA[&a;]]></rss>')
  })
})

/** Documents that ask for much: each is answered from a bounded part, or refused. */
describe('hostile XML', () => {
  const rss = (inner: string) => `<rss version="2.0"><channel><title>t</title>${inner}</channel></rss>`
  const item = (inner: string) => `<item><title>a</title><link>https://a.example/1</link>${inner}</item>`
  const bomb = `<!DOCTYPE x [<!ENTITY a0 "lol">${Array.from({ length: 9 }, (_, i) => `<!ENTITY a${i + 1} "${`&a${i};`.repeat(10)}">`).join('')}]>`

  test.each([
    ['50,000 attributes', () => rss(item(`<x ${Array.from({ length: 50_000 }, (_, i) => `a${i}="b"`).join(' ')}/>`)), 1],
    ['a million entries', () => rss('<item/>'.repeat(1_000_000)), mostEntries],
    ['a million elements', () => rss('<x/>'.repeat(1_000_000)), 0],
    ['9 MB of text where no text belongs', () => rss(`${item('')}${'x'.repeat(9_000_000)}`), 1],
    ['controls alone', () => rss(item(`<description>${'\u0001x'.repeat(1_000_000)}</description>`)), 1],
  ])('%s', (_name, text, entries) => {
    expect(parseFeedText(text()).entries).toHaveLength(entries)
  })

  test.each([
    ['entities of entities', () => bomb + rss(item('<description>&a9;</description>'))],
    ['an entity that is a file', () => `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>${rss(item('<description>&a;</description>'))}`],
    ['an attribute of 9 MiB', () => rss(item(`<enclosure url="${'a'.repeat(9 * 1024 * 1024)}"/>`))],
    ['500,000 attributes', () => rss(item(`<x ${Array.from({ length: 500_000 }, (_, i) => `a${i}="b"`).join(' ')}/>`))],
    ['a long entity many times', () => `<!DOCTYPE x [<!ENTITY a "${'a'.repeat(1000)}">]>${rss('&a;'.repeat(100_000))}`],
    ['100,000 levels', () => rss('<x>'.repeat(100_000) + '</x>'.repeat(100_000))],
    ['as many names', () => rss(Array.from({ length: 20_000 }, (_, i) => `<x${i}/>`).join(''))],
    ...['<', '< ', '&', '<a ', '<a b="', `<a b="x' c='`, '<!--', '<?', '<!DOCTYPE ', '</', '</a>'].map((piece): [string, () => string] => [
      `nothing but ${piece}`,
      () => rss(item(piece.repeat(500_000))),
    ]),
    ['declarations that do not end', () => '<!DOCTYPE ['.repeat(500_000)],
    ['a page without end', () => '<br>'.repeat(500_000)],
    ['JSON of 5,000,000 levels', () => '['.repeat(5_000_000)],
  ])('refuses %s', (_name, text) => {
    expect(() => parseFeedText(text())).toThrow(FeedInvalid)
  })

  test('tells that more entries were left', () => {
    expect(parseFeedText(rss('<item/>'.repeat(mostEntries + 1))).repaired).toEqual(['it has more than 5000 entries, of which the first are read'])
    expect(parseFeedText(rss('<item/>'.repeat(mostEntries))).repaired).toEqual([])
  })
})

const word = fc.stringMatching(/^[a-zäé]{1,6}$/)
const prose = fc
  .array(fc.oneof(word, fc.constantFrom(' ', '&amp;', '&#233;', '&nbsp;', '<![CDATA[<b> & ]]>', '<!-- <b> -->', '"', "'", '>')))
  .map((all) => all.join(''))
const { element } = fc.letrec<{ element: string; inner: string }>((tie) => ({
  inner: fc.array(fc.oneof({ depthSize: 'small' }, prose, tie('element')), { maxLength: 4 }).map((all) => all.join('')),
  element: fc
    .tuple(
      fc.constantFrom('item', 'entry', 'title', 'link', 'b', 'br', 'p', 'dc:date', 'Author', 'x'),
      fc.array(fc.tuple(word, fc.constantFrom('', 'a', '&amp;', '>', '/', '"', ' = ', '&#9;'))),
      tie('inner'),
    )
    .map(([name, attributes, inner]) => {
      const written = attributes.map(([key, value], i) => ` ${key}${i}='${value}'`).join('')
      return inner === '' ? `<${name}${written}/>` : `<${name}${written}>${inner}</${name} >`
    }),
}))

test('leaves well-formed XML alone', () => {
  fc.assert(
    fc.property(fc.array(element), (all) => {
      const text = `<rss><channel>${all.join('')}</channel></rss>`
      expect(repair(text)).toMatchObject({ text, repaired: [] })
    }),
    { numRuns: 300 },
  )
})

test('what is repaired needs no repair', () => {
  const piece = fc.constantFrom(
    '<',
    '>',
    '&',
    '"',
    "'",
    '/',
    '</',
    '=',
    ' ',
    'a',
    '<b>',
    '</b>',
    '<item>',
    '</item>',
    '<title>',
    '</title>',
    '<![CDATA[',
    ']]>',
    '<!--',
    '-->',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (all) => {
      const once = repair(`<rss><channel>${all.join('')}</channel></rss>`)
      const twice = repair(once.text)
      expect(twice).toMatchObject({ text: once.text, repaired: [] })
    }),
    { numRuns: 2000 },
  )
})

test('a feed that is cut off keeps the entries that are complete, and no other', () => {
  const entries = Array.from(
    { length: 4 },
    (_, i) => `<item><title>N${i} &amp; <![CDATA[<b>]]></title><link>https://a.example/?n=${i}</link><description>&lt;p a="b"></description></item>`,
  )
  const head = '<?xml version="1.0"?>\n<rss version="2.0"><channel><title>t</title><link>https://a.example/</link>'
  const text = `${head}${entries.join('\n')}</channel></rss>`
  const whole = parseFeedText(text)
  fc.assert(
    fc.property(fc.integer({ min: head.length, max: text.length }), (end) => {
      const kept = whole.entries.filter((_, i) => head.length + entries.slice(0, i + 1).join('\n').length <= end)
      const feed = parseFeedText(text.slice(0, end))
      expect(feed.entries).toEqual(kept)
      expect(feed.repaired.length > 0).toBe(end < text.length)
    }),
    { numRuns: 300 },
  )
})
