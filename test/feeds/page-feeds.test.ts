import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pageFeeds } from '../../src/feeds/page-feeds.ts'

const at = 'https://site.example/blog/post'
const feed = (url: string, format: string | null = null, title: string | null = null) => ({ url, title, format })

test.each<[what: string, html: string, announced: object[]]>([
  ['RSS', '<link rel="alternate" type="application/rss+xml" title="News &amp; more" href="/feed">', [feed('https://site.example/feed', 'RSS', 'News & more')]],
  ['Atom', "<LINK REL='home Alternate' TYPE='Application/Atom+XML; charset=utf-8' HREF='atom.xml' />", [feed('https://site.example/blog/atom.xml', 'ATOM')]],
  ['RDF', '<link rel=alternate type=application/rdf+xml href=//other.example/rdf>', [feed('https://other.example/rdf', 'RDF')]],
  [
    'JSON Feed',
    '<link rel="alternate" type="application/feed+json" href="https://site.example/feed.json">',
    [feed('https://site.example/feed.json', 'JSON_FEED')],
  ],
  ['JSON', '<link rel="alternate" type="application/json" href="/feed.json">', [feed('https://site.example/feed.json', 'JSON_FEED')]],
  ['plain XML', '<link rel="alternate" type="text/xml" href="?feed=1&amp;x=2">', [feed('https://site.example/blog/post?feed=1&x=2')]],
  ['a base', '<link rel=alternate type=text/xml href=feed><base href="/elsewhere/"><base href="/ignored/">', [feed('https://site.example/elsewhere/feed')]],
  ['a base that is none', '<base href="data:x"><link rel=alternate type=text/xml href=feed>', [feed('https://site.example/blog/feed')]],
  ['in the body', '<p>Text<div><link rel=alternate type=text/xml href=/feed></p>', [feed('https://site.example/feed')]],
  ['credentials and fragments', '<link rel=alternate type=text/xml href="https://user:word@site.example/feed#x">', [feed('https://site.example/feed')]],
  [
    'the same twice',
    '<link rel=alternate type=text/xml href=/feed/><link rel=alternate type=text/xml href=http://site.example/feed>',
    [feed('https://site.example/feed/')],
  ],
  [
    'the API of WordPress',
    '<link rel=alternate type=application/json href=/wp-json/wp/v2/posts/1><link rel=alternate type=application/json href="/?rest_route=/wp/v2">',
    [],
  ],
  ['oEmbed', '<link rel=alternate type=text/xml+oembed href=/oembed><link rel=alternate type=application/json+oembed href=/oembed>', []],
  ['another language', '<link rel=alternate hreflang=de href=/de><link rel=alternate type=text/html href=/m>', []],
  ['other relations', '<link rel=stylesheet type=text/xml href=/a><link rel=alternates type=text/xml href=/b><link type=text/xml href=/c>', []],
  ['no address', '<link rel=alternate type=text/xml><link rel=alternate type=text/xml href=" "><link rel=alternate type=text/xml href="http://">', []],
  ['another scheme', '<link rel=alternate type=text/xml href="javascript:1"><link rel=alternate type=text/xml href="file:///feed">', []],
  [
    'comments, scripts and text',
    '<!-- <link rel=alternate type=text/xml href=/a> --><script>"<link rel=alternate type=text/xml href=/b>"</script>&lt;link rel=alternate>',
    [],
  ],
])('announced: %s', (_what, html, announced) => {
  expect(pageFeeds(`<!doctype html><html><head>${html}</head>`, at)).toEqual({ announced, likely: [] })
})

test('links that look like feeds', () => {
  const hrefs = [
    '/a.rss',
    'b.xml?x=1',
    '/c.atom#d',
    '/feed',
    '/e/feed/',
    '/rss',
    '/sitemap.xml',
    '/opensearch.xml',
    '/feeds',
    '/rss.html',
    '/feed',
    'mailto:a@b/feed',
  ]
  const { likely } = pageFeeds(hrefs.map((href) => `<a title="${href}" href="${href}">Feed</a>`).join(''), at)
  expect(likely.map(({ url }) => url)).toEqual([
    'https://site.example/a.rss',
    'https://site.example/blog/b.xml?x=1',
    'https://site.example/c.atom',
    'https://site.example/feed',
    'https://site.example/e/feed/',
    'https://site.example/rss',
  ])
  expect(likely[0]).toEqual(feed('https://site.example/a.rss', null, '/a.rss'))
})

test('bounds', () => {
  const links = Array.from({ length: 200 }, (_, n) => `<link rel=alternate type=text/xml href=/${n}><a href=/${n}.rss>`).join('')
  const { announced, likely } = pageFeeds(links, at)
  expect([announced.length, likely.length]).toEqual([50, 10])
  expect(pageFeeds(`<link rel=alternate type=text/xml href="/${'x'.repeat(9000)}">`, at).announced).toEqual([])
})

test('nothing is too odd', () => {
  const pieces = fc.constantFrom(
    '<link ',
    'rel=alternate ',
    'type=text/xml ',
    'href=',
    '"',
    "'",
    '>',
    '/feed.xml',
    '<a ',
    '<base ',
    '&amp;',
    '&#0;',
    '&#x110000;',
    '<!--',
    '-->',
    '\0',
    '\ud800',
    '<script>',
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
      const { announced, likely } = pageFeeds(parts.join(''), at)
      return [...announced, ...likely].every(({ url }) => /^https?:\/\//.test(url) && URL.canParse(url))
    }),
  )
})
