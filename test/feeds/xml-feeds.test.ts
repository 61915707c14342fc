import { describe, expect, test } from 'vitest'
import { parseFeedText } from '../../src/feeds/parse.ts'

const namespaces = {
  content: 'http://purl.org/rss/1.0/modules/content/',
  dc: 'http://purl.org/dc/elements/1.1/',
  dcterms: 'http://purl.org/dc/terms/',
  media: 'http://search.yahoo.com/mrss/',
  itunes: 'http://www.itunes.com/dtds/podcast-1.0.dtd',
  slash: 'http://purl.org/rss/1.0/modules/slash/',
  atom: 'http://www.w3.org/2005/Atom',
}
const declared = Object.entries(namespaces)
  .map(([prefix, uri]) => ` xmlns:${prefix}="${uri}"`)
  .join('')
const rss = (item: string) => parseFeedText(`<rss version="2.0"${declared}><channel><title>t</title><item>${item}</item></channel></rss>`).entries[0]
const rdf = (item: string) =>
  parseFeedText(
    `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"${declared}><channel><title>t</title></channel><item rdf:about="https://x.example/">${item}</item></rdf:RDF>`,
  ).entries[0]
const atom = (entry: string) => parseFeedText(`<feed xmlns="http://www.w3.org/2005/Atom"${declared}><title>t</title><entry>${entry}</entry></feed>`).entries[0]

const xml = { rss, rdf, atom }
const video = { url: 'https://x.example/v.mp4', mediaType: 'video/mp4', byteLength: 7 }

test.each([
  ['rss', '<dc:creator>Ada</dc:creator>', { authors: ['Ada'] }],
  ['rdf', '<dc:creator>Ada</dc:creator>', { authors: ['Ada'] }],
  ['atom', '<dc:creator>Ada</dc:creator>', { authors: ['Ada'] }],
  ['rss', '<dc:author>Ada</dc:author>', { authors: ['Ada'] }],
  ['rss', '<dcterms:creator>Ada</dcterms:creator>', { authors: ['Ada'] }],
  ['rss', '<itunes:author>Ada</itunes:author>', { authors: ['Ada'] }],
  ['rss', '<author>ada@x.example (Ada)</author>', { authors: ['Ada'] }],
  ['rss', '<author>ada@x.example</author>', { authors: ['ada@x.example'] }],
  ['rss', '<atom:author><atom:name>Ada</atom:name></atom:author>', { authors: ['Ada'] }],
  ['rss', '<category>a</category><dc:subject>b</dc:subject><slash:section>c</slash:section>', { tags: ['a', 'b', 'c'] }],
  ['rss', '<media:category label="A">1</media:category><media:keywords>b, c</media:keywords>', { tags: ['A', 'b', 'c'] }],
  ['rss', '<itunes:keywords>a,b</itunes:keywords>', { tags: ['a', 'b'] }],
  ['rdf', '<dc:subject>a</dc:subject><slash:section>b</slash:section>', { tags: ['a', 'b'] }],
  ['atom', '<category term="a" label="A"/><category term="b"/><dc:subject>c</dc:subject>', { tags: ['A', 'b', 'c'] }],
  ['rss', '<itunes:image href="/a.png"/>', { images: ['/a.png'] }],
  ['rss', '<media:group><media:content url="/a.png" type="image/png"/></media:group>', { images: ['/a.png'], enclosures: [] }],
  ['atom', '<link rel="enclosure" type="image/png" href="/a.png"/>', { images: ['/a.png'] }],
  ['rss', '<media:content url="https://x.example/v.mp4" type="video/mp4" fileSize="7"/>', { enclosures: [video], images: [] }],
  ['atom', '<media:group><media:content url="https://x.example/v.mp4" type="video/mp4" fileSize="7"/></media:group>', { enclosures: [video] }],
  ['rss', '<dcterms:issued>2024-03-09</dcterms:issued>', { dates: ['2024-03-09'] }],
  ['atom', '<issued>2024-03-08</issued><modified>2024-03-09</modified>', { dates: ['2024-03-08', '2024-03-09'] }],
  ['rss', '<dc:title>A</dc:title>', { title: { value: 'A', html: true } }],
  ['rss', '<media:content url="/v.mp4"><media:title>A</media:title></media:content>', { title: { value: 'A', html: true } }],
  ['rss', '<content:encoded>a</content:encoded><description>b</description>', { bodies: [{ value: 'a' }, { value: 'b' }] }],
  ['rss', '<fullitem>&lt;p>a</fullitem>', { bodies: [{ value: '<p>a' }] }],
  ['rss', '<body xmlns="http://www.w3.org/1999/xhtml"><p>a</p></body>', { bodies: [{ value: '<p>a</p>' }] }],
  ['rss', '<xhtml:body xmlns:xhtml="http://www.w3.org/1999/xhtml">a</xhtml:body>', { bodies: [{ value: 'a' }] }],
  ['rss', '<content:encoded>a</content:encoded><body>b</body>', { bodies: [{ value: 'a' }] }],
] as const)('%s %s', (format, inner, expected) => {
  expect(xml[format](inner)).toMatchObject(expected)
})

describe('texts of Atom', () => {
  const base64 = Buffer.from('<b>a</b>').toString('base64')
  test.each([
    ['<title>a &lt;b&gt; c</title>', { value: 'a <b> c', html: false }],
    ['<title type="html">a &lt;b&gt; c</title>', { value: 'a <b> c', html: true }],
    ['<title type="text/html">a</title>', { value: 'a', html: true }],
    ['<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">a <b>c</b></div></title>', { value: 'a <b>c</b>', html: true }],
    ['<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">&lt;b&gt;</div></title>', { value: '&lt;b&gt;', html: true }],
    [`<title mode="base64">${base64}</title>`, { value: '<b>a</b>', html: true }],
    [`<title type="text/html" mode='base64'>${base64}</title>`, { value: '<b>a</b>', html: true }],
    [`<title mode="base64" type="text/html">${base64}</title>`, { value: '<b>a</b>', html: true }],
    [`<title type="application/octet-stream">\n${base64}\n</title>`, { value: '<b>a</b>', html: true }],
    ['<title type="application/octet-stream">no base64</title>', { value: 'no base64', html: false }],
    ['<title type="application/octet-stream">/////w==</title>', { value: '/////w==', html: false }],
    ['<title mode="base64"/>', null],
  ])('%s', (inner, title) => {
    expect(atom(inner + '<id>a</id>')?.title).toEqual(title)
  })
})

describe('older RSS', () => {
  test.each([
    [
      '0.90',
      '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>t</title></channel><item><title>a</title></item></rdf:RDF>',
      'RDF',
    ],
    [
      '0.91',
      '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel><title>t</title><item><title>a</title></item></channel></rss>',
      'RSS',
    ],
    ['with items beside the channel', '<rss version="0.9"><channel><title>t</title></channel><item><title>a</title></item></rss>', 'RSS'],
    ['without a channel', '<rss><item><title>a</title></item></rss>', 'RSS'],
    [
      'in a namespace',
      '<r:rss version="2.0" xmlns:r="http://backend.userland.com/rss2"><r:channel><r:title>t</r:title><r:item><r:title>a</r:title><r:link>/a</r:link></r:item></r:channel></r:rss>',
      'RSS',
    ],
    ['in capitals', '<RSS VERSION="2.0"><CHANNEL><ITEM><TITLE>a</TITLE></ITEM></CHANNEL></RSS>', 'RSS'],
  ])('%s', (_name, text, format) => {
    const feed = parseFeedText(text)
    expect({ format: feed.format, titles: feed.entries.map(({ title }) => title?.value) }).toEqual({ format, titles: ['a'] })
  })
})

test.each([
  ['<rss version="2.0"><channel></channel></rss>', 'RSS'],
  ['<?xml version="1.0"?><!-- nothing yet --><rss version="2.0"><channel/></rss>', 'RSS'],
  ['<feed xmlns="http://www.w3.org/2005/Atom"></feed>', 'ATOM'],
  ['<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"></rdf:RDF>', 'RDF'],
])('a feed that says nothing yet is one: %s', (text, format) => {
  expect(parseFeedText(text)).toMatchObject({ format, title: null, siteLinks: [], base: null, language: null, authors: [], entries: [] })
})

test('what there is to rename may be much, and cut off', () => {
  const many = '<rss version="2.0"><channel>' + '<body><dc:author mode="base64" '.repeat(20_000)
  expect(parseFeedText(many).entries).toEqual([])
  expect(parseFeedText('<feed xmlns="http://www.w3.org/2005/Atom"><title mode="base64" ' + 'type = "a" '.repeat(50_000)).entries).toEqual([])
})
