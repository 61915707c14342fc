import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hubOf } from '../../src/feeds/hub-links.ts'
import { parseFeedText } from '../../src/feeds/parse.ts'

const at = { link: null, url: 'https://a.example/served', feedUrl: 'https://a.example/feed' }
const atom = (links: string) => `<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title>${links}<entry><id>1</id><title>T</title></entry></feed>`
const both = '<link rel="self" href="https://a.example/self"/><link rel="hub" href="https://hub.example/"/><link rel="hub" href="https://other.example/"/>'
const found = { hub: 'https://hub.example/', topic: 'https://a.example/self' }

test.each([
  ['Atom', atom(both), found],
  [
    'RSS',
    '<rss version="2.0" xmlns:x="http://www.w3.org/2005/Atom"><channel><title>A</title><link>https://a.example/</link><x:link rel="hub" href="https://hub.example/"/><x:link rel="self" href="https://a.example/self"/></channel></rss>',
    found,
  ],
  [
    'RDF',
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:a="http://www.w3.org/2005/Atom"><channel rdf:about="x"><title>A</title><link>https://a.example/</link><a:link rel="hub" href="https://hub.example/"/><a:link rel="self" href="https://a.example/self"/></channel><item rdf:about="y"><title>T</title><link>https://a.example/y</link></item></rdf:RDF>',
    found,
  ],
  [
    'JSON Feed, past a hub of another protocol',
    '{"version":"https://jsonfeed.org/version/1.1","title":"A","feed_url":"https://a.example/self","hubs":[{"type":"rssCloud","url":"https://cloud.example/"},{"type":"WebSub","url":"https://hub.example/"}],"items":[]}',
    found,
  ],
  ['no name for itself', atom('<link rel="hub" href="https://hub.example/"/>'), { ...found, topic: at.feedUrl }],
  [
    'addresses relative to the document',
    atom('<link rel="hub" href="/hub"/><link rel="self" href="me"/>'),
    { hub: 'https://a.example/hub', topic: 'https://a.example/me' },
  ],
  [
    'a name as it was written',
    atom('<link rel="hub" href="https://hub.example"/><link rel="self" href="https://A.example"/>'),
    { hub: 'https://hub.example/', topic: 'https://A.example' },
  ],
  ['credentials', atom('<link rel="hub" href="https://me:secret@hub.example/#x"/>'), { ...found, topic: at.feedUrl }],
  ['no hub', atom('<link rel="self" href="https://a.example/self"/>'), null],
  ['a hub that is no web address', atom('<link rel="hub" href="mailto:me@hub.example"/>'), null],
  ['an address without end', atom(`<link rel="hub" href="https://hub.example/${'x'.repeat(2000)}"/>`), null],
])('in the document: %s', (_name, text, expected) => {
  expect(hubOf({ ...at, parsed: parseFeedText(text) })).toEqual(expected)
})

test.each([
  [
    'win over the document',
    '<https://first.example/>; rel="hub", <https://a.example/first>; rel="self"',
    { hub: 'https://first.example/', topic: 'https://a.example/first' },
  ],
  ['tell one of the two', '<https://first.example/>; rel=hub', { hub: 'https://first.example/', topic: 'https://a.example/self' }],
  ['are relative to the answer', '</h>; rel="hub"; title="a, b", </s>; rel="alternate self"', { hub: 'https://a.example/h', topic: 'https://a.example/s' }],
  ['say nothing of it', '<https://a.example/>; rel="next"', found],
  ['are broken', '<https://first.example/; rel="hub"', found],
])('Link headers: %s', (_name, link, expected) => {
  expect(hubOf({ ...at, link, parsed: parseFeedText(atom(both)) })).toEqual(expected)
})

test('whatever the headers say, nothing is thrown', () => {
  const piece = fc.constantFrom('<', '>', ';', ',', '"', '\\', '=', ' ', 'rel', 'hub', 'rel*', "utf-8''%zz", 'https://a', '\t')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      hubOf({ ...at, link: pieces.join(''), parsed: { base: null } })
    }),
  )
})
