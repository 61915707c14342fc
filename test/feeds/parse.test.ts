import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normalize } from '../../src/feeds/normalize.ts'
import { FeedInvalid, parseFeedText } from '../../src/feeds/parse.ts'

const fixture = (name: string) => readFile(new URL(`../fixtures/${name}`, import.meta.url), 'utf8')

test.each([
  ['news.rss.xml', { format: 'RSS', title: 'Harbour & Hill Gazette', siteLinks: ['https://gazette.example/'], entries: 5 }],
  ['notes.atom.xml', { format: 'ATOM', title: 'Notes & Queries', siteLinks: ['https://notes.example/'], entries: 2 }],
  ['list.rdf.xml', { format: 'RDF', title: 'The List', siteLinks: ['https://list.example/'], entries: 1 }],
  ['micro.feed.json', { format: 'JSON_FEED', title: 'Micro', siteLinks: ['https://micro.example/'], entries: 2 }],
  ['podcast.rss.xml', { format: 'RSS', title: 'Low Tide', siteLinks: ['https://tide.example/show'], entries: 2 }],
])('%s', async (name, expected) => {
  const { format, title, siteLinks, entries } = parseFeedText(await fixture(name))
  expect({ format, title, siteLinks, entries: entries.length }).toEqual(expected)
})

describe('a mapping', () => {
  const mapping = {
    items: 'data.posts',
    url: 'links.0.href',
    title: 'title.rendered',
    guid: 'id',
    content: 'body',
    publishedAt: 'at',
    categories: 'terms.name',
  }
  const post = {
    id: 7,
    title: { rendered: 'A &amp; B' },
    links: [{ href: 'https://api.example/7' }],
    body: '<p>Seven</p>',
    at: 1709978400,
    terms: [{ name: 'x' }, { name: 'y' }],
  }

  test('finds the parts of an entry', () => {
    const feed = parseFeedText(JSON.stringify({ title: 'Posts', data: { posts: [post] } }), mapping)
    expect(feed).toMatchObject({ format: 'JSON_MAPPED', title: 'Posts' })
    expect(feed.entries[0]).toMatchObject({
      title: { value: 'A &amp; B', html: true },
      links: ['https://api.example/7'],
      guid: '7',
      bodies: [{ value: '<p>Seven</p>', html: true }],
      dates: ['1709978400'],
      tags: ['x', 'y'],
    })
  })

  test('the document is the list where items is empty', () => {
    const feed = parseFeedText(JSON.stringify([{ u: 'https://api.example/1', t: 'One', c: 'tag' }, null, 5]), {
      items: '',
      url: 'u',
      title: 't',
      categories: 'c',
    })
    expect(feed.entries.map(({ links, tags }) => ({ links, tags }))).toEqual([
      { links: ['https://api.example/1'], tags: ['tag'] },
      { links: [], tags: [] },
      { links: [], tags: [] },
    ])
  })

  test('reads what an object has itself, and nothing that it inherits', () => {
    const feed = parseFeedText('[{"u": "https://api.example/1"}]', { items: '', url: 'u', title: 'constructor.name', guid: '__proto__.constructor.name' })
    expect(feed.entries[0]).toMatchObject({ title: null, guid: null })
  })

  test.each([
    ['{"a": {}}', { items: 'a.b' }, /no list of entries at "a\.b"/],
    ['{"a": {}}', { items: '' }, /no list of entries/],
    ['<rss version="2.0"/>', { items: '' }, /has to be JSON/],
  ])('that misses: %s', (text, { items }, message) => {
    expect(() => parseFeedText(text, { items, url: 'u', title: 't' })).toThrow(message)
  })
})

test.each([
  ['nothing', ' \n', /empty/],
  ['a page', '<!DOCTYPE html><html><body>Hello</body></html>', /web page/],
  ['a page that shows a feed', '<!-- x --><html><body><pre>\n<rss version="2.0"></rss></pre></body></html>', /web page/],
  ['other XML', '<?xml version="1.0"?><note/>', /neither RSS nor Atom nor RDF/],
  ['a list of feeds', '<opml version="2.0"><body/></opml>', /OPML/],
  ['other JSON', '{"posts": []}', /mapping/],
  ['a list', '[1]', /mapping/],
  ['broken JSON', '{"version": "https://jsonfeed.org/version/1.1", ', /cannot be read as JSON/],
  ['prose', 'Not found', /neither XML nor JSON/],
])('says what is wrong with %s', (_name, text, message) => {
  expect(() => parseFeedText(text)).toThrow(message)
  expect(() => parseFeedText(text)).toThrow(FeedInvalid)
})

test('throws FeedInvalid and nothing else', async () => {
  const feeds = await Promise.all(['news.rss.xml', 'notes.atom.xml', 'list.rdf.xml', 'micro.feed.json'].map(fixture))
  const torn = fc
    .tuple(fc.constantFrom(...feeds), fc.nat(3000), fc.nat(60), fc.string({ unit: 'binary' }))
    .map(([feed, at, less, more]) => feed.slice(0, at) + more + feed.slice(at + less))
  const pieces = fc.array(
    fc.constantFrom(
      '<rss version="2.0">',
      '<channel>',
      '<item>',
      '<feed xmlns="http://www.w3.org/2005/Atom">',
      '<entry>',
      '<rdf:RDF>',
      '<![CDATA[',
      ']]>',
      '<!DOCTYPE',
      '<!--',
      '&#0;',
      '&',
      '</item>',
      'x="',
      '{"title":',
      '"a"',
      '[',
      '}',
    ),
  )
  const mapping = { items: '', url: 'a.b', title: '0.c' }
  fc.assert(
    fc.property(
      fc.oneof(
        torn,
        fc.string({ unit: 'binary' }),
        pieces.map((all) => all.join('')),
        fc.json(),
      ),
      fc.boolean(),
      (text, mapped) => {
        try {
          return Array.isArray(parseFeedText(text, mapped ? mapping : undefined).entries)
        } catch (error) {
          return error instanceof FeedInvalid
        }
      },
    ),
    { numRuns: 500 },
  )
})

test.each([
  ['RSS', '<rss version="2.0"><channel><title>t</title><item></item><item><link>https://a.example/</link></item><item/></channel></rss>'],
  ['Atom', '<feed xmlns="http://www.w3.org/2005/Atom"><entry/><entry><id>https://a.example/</id></entry><entry> </entry></feed>'],
  [
    'RDF',
    '<rdf:RDF xmlns="http://purl.org/rss/1.0/"><channel><title>t</title></channel><item/><item><link>https://a.example/</link></item><item></item></rdf:RDF>',
  ],
])('an empty entry of %s is an entry still, and is told', (_name, text) => {
  const feed = parseFeedText(text)
  expect(feed.entries.map(({ links }) => links.length).filter(Boolean)).toEqual([1])
  expect(feed.entries).toHaveLength(3)
  expect(normalize(feed, { feedUrl: 'https://a.example/feed', now: new Date() }).rejected).toHaveLength(3)
})

test('the entries of a feed that an entry holds are no entries', () => {
  const text = '<rss version="2.0"><channel><item><title>a</title><x><channel><item/></channel></x></item></channel></rss>'
  expect(parseFeedText(text).entries).toHaveLength(1)
})

test.each([
  ['RSS', '<rss version="2.0"></rss>'],
  ['RSS', '<rss></rss>'],
  ['ATOM', '<feed xmlns="http://www.w3.org/2005/Atom"></feed>'],
  ['RDF', '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"></rdf:RDF>'],
])('a feed of %s with nothing in it is a feed', (format, text) => {
  expect(parseFeedText(text)).toMatchObject({ format, title: null, entries: [], repaired: [] })
})

test('the root says what a document is', () => {
  expect(
    parseFeedText('<!DOCTYPE html><rss version="2.0"><channel><title>&lt;feed></title><item><title><![CDATA[<feed>]]></title></item></channel></rss>').format,
  ).toBe('RSS')
  expect(() => parseFeedText('<note><rss version="2.0"><channel><title>t</title></channel></rss></note>')).toThrow(/neither RSS/)
})

test('a list in JSON is read from its start, as far as it may be long', () => {
  const items = Array.from({ length: 5001 }, (_, i) => ({ id: `https://a.example/${i}` }))
  const feed = parseFeedText(JSON.stringify({ version: 'https://jsonfeed.org/version/1.1', title: 't', items }))
  expect(feed).toMatchObject({ repaired: ['it has more than 5000 entries, of which the first are read'] })
  expect(feed.entries).toHaveLength(5000)
  const mapped = parseFeedText(JSON.stringify({ a: { b: items } }), { items: 'a.b', url: 'id', title: 'id' })
  expect(mapped).toMatchObject({ repaired: ['it has more than 5000 entries, of which the first are read'] })
  expect(mapped.entries).toHaveLength(5000)
})

test('many comments before what is no feed take no time', () => {
  expect(() => parseFeedText(`${'<!-- a -->'.repeat(5_000)}<note/>`)).toThrow(/neither RSS/)
})

test('a document that is nested without end is refused', () => {
  expect(() => parseFeedText(`<rss version="2.0"><channel>${'<a>'.repeat(200_000)}`)).toThrow(FeedInvalid)
  expect(() => parseFeedText('['.repeat(200_000), { items: '', url: 'u', title: 't' })).toThrow(FeedInvalid)
})
