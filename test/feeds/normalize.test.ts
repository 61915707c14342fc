import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { draftOf } from '../../src/articles/draft.ts'
import { readDate } from '../../src/feeds/dates.ts'
import { normalize } from '../../src/feeds/normalize.ts'
import { parseFeedText } from '../../src/feeds/parse.ts'

const now = new Date('2024-03-10T00:00:00Z')
const read = (text: string, feedUrl = 'https://feeds.example/f.xml') => normalize(parseFeedText(text), { feedUrl, now })
const fixture = async (name: string, feedUrl?: string) => read(await readFile(new URL(`../fixtures/${name}`, import.meta.url), 'utf8'), feedUrl)
const item = (xml: string) =>
  read(`<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>t</title><item>${xml}</item></channel></rss>`)
const entry = (xml: string) => read(`<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry>${xml}</entry></feed>`)

test('RSS', async () => {
  const { entries, rejected } = await fixture('news.rss.xml')
  expect(entries).toEqual([
    {
      url: 'https://gazette.example/2024/ferry',
      title: 'Ferry Aurora returns – at last',
      content: '<p>The ferry is back.</p><p>Everybody <b>cheered</b>.</p>',
      contentFormat: 'HTML',
      guid: 'gazette-1',
      publishedAt: new Date('2024-03-09T13:30:00Z'),
      byline: 'Ada Quill, Ben Ink',
      summary: 'A teaser.',
      imageUrl: 'https://img.example/large.jpg',
      language: 'en-GB',
      tags: ['Harbour', 'Ships & boats'],
    },
    {
      url: 'https://gazette.example/2024/bridge',
      title: 'Bridge closed',
      content: 'First line.\n\nSecond line, 3 < 4.',
      contentFormat: 'TEXT',
      guid: 'https://gazette.example/2024/bridge',
      publishedAt: new Date('2024-03-09T12:00:00Z'),
      byline: 'The Desk',
      imageUrl: 'https://gazette.example/pictures/bridge.png',
      language: 'en-GB',
      enclosures: [{ url: 'https://gazette.example/pictures/bridge.png', mediaType: 'image/png', byteLength: 2048 }],
    },
    { url: 'https://gazette.example/2024/untitled', title: '', content: 'Only a text.', contentFormat: 'TEXT', language: 'en-GB' },
  ])
  expect(rejected).toEqual([
    { title: 'No way to it', url: null, reason: 'It has no link.' },
    { title: null, url: 'https://gazette.example/2024/empty', reason: 'It has neither a title nor a text.' },
  ])
})

test('Atom', async () => {
  const { entries, rejected } = await fixture('notes.atom.xml')
  expect(entries).toEqual([
    {
      url: 'https://notes.example/blog/one',
      title: 'The <br> element',
      content: 'Use <br> with care.',
      contentFormat: 'TEXT',
      guid: 'urn:uuid:6b1c2f5e-0000-4000-8000-000000000001',
      publishedAt: new Date('2024-03-09T08:00:00.500Z'),
      byline: 'Cleo Page',
      summary: 'Short.',
      language: 'en',
      tags: ['HTML'],
      enclosures: [{ url: 'https://notes.example/blog/one.mp3', mediaType: 'audio/mpeg', byteLength: 1234 }],
    },
    {
      url: 'https://notes.example/blog/two',
      title: 'Zwei Dinge & mehr',
      content: '<p>Eins &amp; zwei.</p>',
      contentFormat: 'HTML',
      contentBase: 'https://notes.example/blog/',
      guid: 'https://notes.example/blog/two',
      publishedAt: new Date('2024-03-08T10:00:00Z'),
      byline: 'Dora Blatt',
      language: 'de',
    },
  ])
  expect(rejected).toEqual([])
})

test('RDF', async () => {
  const { entries } = await fixture('list.rdf.xml')
  expect(entries).toEqual([
    {
      url: 'https://list.example/a',
      title: 'Le premier',
      content: 'Un texte.',
      contentFormat: 'TEXT',
      guid: 'https://list.example/a',
      publishedAt: new Date('2024-03-09T09:00:00Z'),
      byline: 'Élodie',
      language: 'fr',
      tags: ['Lettres'],
    },
  ])
})

test('JSON Feed', async () => {
  const { entries } = await fixture('micro.feed.json', 'https://micro.example/feed.json')
  expect(entries).toEqual([
    {
      url: 'https://micro.example/42',
      title: 'A < B & C',
      content: '<p>Forty-two.</p>',
      contentFormat: 'HTML',
      guid: '42',
      summary: 'Forty-two.',
      publishedAt: new Date('2024-03-09T10:00:00Z'),
      byline: 'Finn',
      imageUrl: 'https://micro.example/42.jpg',
      language: 'en',
      tags: ['numbers'],
      enclosures: [{ url: 'https://micro.example/42.mp3', mediaType: 'audio/mpeg', byteLength: 99 }],
    },
    {
      url: 'https://micro.example/43',
      title: '',
      content: 'One.\n\nTwo <3.',
      contentFormat: 'TEXT',
      guid: 'https://micro.example/43',
      byline: 'Gus',
      language: 'ja',
    },
  ])
})

test('episodes of a podcast under one link keep their guids', async () => {
  const { entries } = await fixture('podcast.rss.xml')
  expect(entries.map(({ url, guid, content, enclosures }) => ({ url, guid, content, enclosures }))).toEqual([
    {
      url: 'https://tide.example/show',
      guid: 'tide-ep-2',
      content: 'About eels.',
      enclosures: [{ url: 'https://cdn.example/2.mp3', mediaType: 'audio/mpeg', byteLength: 7000000 }],
    },
    {
      url: 'https://tide.example/show',
      guid: 'tide-ep-1',
      content: 'About crabs.',
      enclosures: [{ url: 'https://cdn.example/1.mp3', mediaType: 'audio/mpeg', byteLength: null }],
    },
  ])
  expect(entries[0]).toMatchObject({ byline: 'Hana Reef', imageUrl: 'https://tide.example/2.jpg' })
})

describe('links', () => {
  test.each([
    ['a relative link', '<link>../a?b</link>', 'https://feeds.example/a?b'],
    ['a guid that is a permalink', '<guid>https://x.example/p</guid>', 'https://x.example/p'],
    ['a link before a permalink', '<guid>https://x.example/p</guid><link>https://x.example/l</link>', 'https://x.example/l'],
    ['a permalink where the link is none', '<link>mailto:a@b.example</link><guid>https://x.example/p</guid>', 'https://x.example/p'],
    ['a relative guid that is said to be one', '<guid isPermaLink="true">/p</guid>', 'https://feeds.example/p'],
  ])('%s', (_name, xml, url) => {
    expect(item(`<title>a</title>${xml}`).entries[0]?.url).toBe(url)
  })

  test.each([
    ['<guid isPermaLink="false">https://x.example/p</guid>', null, 'It has no link.'],
    ['<guid>tag:x.example,2024:p</guid>', null, 'It has no link.'],
    ['<link>javascript:alert(1)</link>', 'javascript:alert(1)', 'Its link is no http or https address.'],
  ])('%s is no link', (xml, url, reason) => {
    expect(item(`<title>a</title>${xml}`)).toMatchObject({ entries: [], rejected: [{ title: 'a', url, reason }] })
  })

  test('an Atom entry without a link is at its id, or at the site, which is told apart by the id', () => {
    const at = (xml: string) => entry(xml).entries.map(({ url, guid }) => [url, guid])
    expect(at('<title>a</title><id>urn:a</id><link rel="self" href="https://x.example/self"/>')).toEqual([['https://feeds.example/f.xml', 'urn:a']])
    expect(at('<title>a</title><id>some/id</id>')).toEqual([['https://feeds.example/some/id', 'some/id']])
    expect(entry('<title>a</title>')).toMatchObject({ entries: [], rejected: [{ reason: 'It has no link.' }] })
    expect(entry('<id>tag:a</id>')).toMatchObject({ entries: [], rejected: [{ reason: 'It has neither a title nor a text.' }] })
    expect(entry('<title>a</title><id>https://x.example/a</id><link rel="self" href="https://x.example/self"/>').entries[0]?.url).toBe('https://x.example/a')
  })
})

describe('links of an Atom entry', () => {
  test.each([
    ['its id before ways to it', '<id>https://x.example/id</id><link rel="via" href="https://x.example/via"/>', 'https://x.example/id'],
    ['where its content is', '<id>tag:a</id><content type="text/html" src="/full"/><link rel="related" href="/related"/>', 'https://feeds.example/full'],
    ['where it is from', '<id>tag:a</id><link rel="related" href="/related"/><link rel="via" href="/via"/>', 'https://feeds.example/via'],
    ['what it is about', '<id>tag:a</id><link rel="related" href="/related"/>', 'https://feeds.example/related'],
    ['the page before all of them', '<id>https://x.example/id</id><link rel="via" href="/via"/><link href="/page"/>', 'https://feeds.example/page'],
  ])('%s', (_name, xml, url) => {
    expect(entry(`<title>a</title>${xml}`).entries[0]?.url).toBe(url)
  })
})

describe('what relative links are relative to', () => {
  const rssBases = (channel: string, xml: string) => read(`<rss version="2.0"><channel>${channel}<item><title>a</title>${xml}</item></channel></rss>`)
  test.each([
    ['RSS: the site', '<link>https://site.example/x/</link>', '<link>a</link>', 'https://site.example/x/a'],
    ['RSS without a site: the feed', '', '<link>a</link>', 'https://feeds.example/a'],
    ['RSS whose site is relative itself', '<link>/x/</link>', '<link>a</link>', 'https://feeds.example/x/a'],
  ])('%s', (_name, channel, xml, url) => {
    expect(rssBases(channel, xml).entries[0]?.url).toBe(url)
  })

  test.each([
    ['the feed', '', '', 'https://feeds.example/a'],
    ["the feed's base", 'xml:base="https://x.example/feed/"', '', 'https://x.example/feed/a'],
    ["the entry's base in the feed's", 'xml:base="https://x.example/feed/"', 'xml:base="entry/"', 'https://x.example/feed/entry/a'],
    ['no base that is no address', 'xml:base="javascript:alert(1)//"', 'xml:base="mailto:a"', 'https://feeds.example/a'],
  ])('Atom: %s', (_name, feedBase, entryBase, url) => {
    const text = `<feed xmlns="http://www.w3.org/2005/Atom" ${feedBase}><title>t</title><entry ${entryBase}><title>a</title><link href="a"/></entry></feed>`
    expect(read(text).entries[0]?.url).toBe(url)
  })

  test.each([
    ['', '', 'https://x.example/page/a'],
    ['xml:base="https://y.example/feed/"', '', 'https://y.example/feed/a'],
    ['xml:base="https://y.example/feed/"', 'xml:base="content/"', 'https://y.example/feed/content/a'],
    ['', 'xml:base="https://z.example/"', 'https://z.example/a'],
  ])('the text of an article, in a feed %s and content %s', (feedBase, contentBase, href) => {
    const text = `<feed xmlns="http://www.w3.org/2005/Atom" ${feedBase}><title>t</title><entry><title>a</title><link href="https://x.example/page/"/>
      <content type="html" ${contentBase}>&lt;a href="a">b&lt;/a></content></entry></feed>`
    expect(draftOf({ ...read(text).entries[0]!, categoryId: 'c' })).toMatchObject({ contentHtml: expect.stringContaining(`href="${href}"`) })
  })
})

test.each([
  ['RSS', '<rss version="2.0"><channel><title>a</title><link>/home</link></channel></rss>', 'https://feeds.example/home'],
  ['RSS without a usable one', '<rss version="2.0"><channel><title>a</title><link>mailto:a@b.example</link></channel></rss>', null],
  ['Atom', '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://x.example/"><title>a</title><link href="b"/></feed>', 'https://x.example/b'],
  ['JSON Feed', '{"version": "https://jsonfeed.org/version/1.1", "title": "a", "home_page_url": "https://x.example"}', 'https://x.example/'],
])('the site of %s', (_name, text, siteUrl) => {
  expect(read(text).siteUrl).toBe(siteUrl)
})

test.each([
  ['Ada Quill (ada@x.example)', 'Ada Quill'],
  ['Ada Quill <ada@x.example>', 'Ada Quill'],
  ['ada@x.example (Ada Quill)', 'Ada Quill'],
  ['ada@x.example', 'ada@x.example'],
  ['Ada (the one) Quill', 'Ada (the one) Quill'],
  ['@ada on x.example', '@ada on x.example'],
])('the author %j', (name, byline) => {
  expect(entry(`<title>a</title><link href="/a"/><author><name>${name.replaceAll('<', '&lt;')}</name></author>`).entries[0]?.byline).toBe(byline)
})

test('names that take no time, however they are written', () => {
  const names = ['@'.repeat(200_000), '('.repeat(200_000), 'a '.repeat(100_000), 'a@'.repeat(100_000) + ' ']
  for (const name of names) expect(entry(`<title>a</title><link href="/a"/><author><name>${name}</name></author>`).entries).toHaveLength(1)
})

test.each([
  ['Fish &amp;amp; chips', 'Fish & chips'],
  ['Safe&lt;script&gt;alert(1)&lt;/script&gt; &lt;style&gt;p {}&lt;/style&gt;title', 'Safe title'],
  ['Half &lt;!-- a comment', 'Half'],
  ['a &lt; b and c &gt; d', 'a < b and c > d'],
  ['&lt;b&gt;Bold&lt;/b&gt; move', 'Bold move'],
  [' two\n lines ', 'two lines'],
])('the title of RSS %j', (xml, title) => {
  expect(item(`<title>${xml}</title><link>https://x.example/</link>`).entries[0]?.title).toBe(title)
})

test('an enclosure that a namespace tells again is told once, in the words of the feed', () => {
  const media = '<media:content url="https://x.example/a.mp3" type="audio/x-mp3" fileSize="1"/>'
  const told = item(`<title>a</title><link>/a</link>${media}<enclosure url="https://x.example/a.mp3" type="audio/mpeg" length="7"/>`).entries[0]
  expect(told?.enclosures).toEqual([{ url: 'https://x.example/a.mp3', mediaType: 'audio/mpeg', byteLength: 7 }])
})

test('an image that is no http address is left out', () => {
  const pictured = (url: string) => item(`<title>a</title><link>https://x.example/</link><media:thumbnail url="${url}"/>`).entries[0]
  expect(pictured('data:image/png;base64,AAAA')).not.toHaveProperty('imageUrl')
  expect(pictured(`https://x.example/${'a'.repeat(9000)}`)).not.toHaveProperty('imageUrl')
  expect(pictured('//x.example/a.png')).toHaveProperty('imageUrl', 'https://x.example/a.png')
})

describe('dates', () => {
  test.each([
    ['Sat, 09 Mar 2024 10:00:00 GMT', '2024-03-09T10:00:00.000Z'],
    ['Sat, 9 Mar 2024 10:00 EST', '2024-03-09T15:00:00.000Z'],
    ['Saturday, 09 March 2024 10:00:00 +0100', '2024-03-09T09:00:00.000Z'],
    ['09-Mar-24 10:00:00 -03:30', '2024-03-09T13:30:00.000Z'],
    ['09 Mar 2024', '2024-03-09T00:00:00.000Z'],
    ['Sat, 09 Mar 2024 10:00:00 GMT+0200', '2024-03-09T08:00:00.000Z'],
    ['Sat, 09 Mar 2024 10:00:00 +0000 (UTC)', '2024-03-09T10:00:00.000Z'],
    ['2024-03-09T10:00:00Z', '2024-03-09T10:00:00.000Z'],
    ['2024-03-09T10:00:00.123456+05:30', '2024-03-09T04:30:00.123Z'],
    ['2024-03-09 10:00', '2024-03-09T10:00:00.000Z'],
    ['2024-03-09 10:00:00 +0100', '2024-03-09T09:00:00.000Z'],
    ['2024-03', '2024-03-01T00:00:00.000Z'],
    ['20240309', '2024-03-09T00:00:00.000Z'],
    ['March 9, 2024 10:00', '2024-03-09T10:00:00.000Z'],
    ['Sat Mar  9 10:00:00 CET 2024', '2024-03-09T09:00:00.000Z'],
    ['1709978400', '2024-03-09T10:00:00.000Z'],
    ['1709978400123', '2024-03-09T10:00:00.123Z'],
    ['2024-02-30', undefined],
    ['31 Apr 2024 10:00', undefined],
    ['2024-03-09T25:00:00Z', undefined],
    ['soon', undefined],
    ['', undefined],
  ])('%j', (text, expected) => {
    expect(readDate(text)?.toISOString()).toBe(expected)
  })

  test('what RFC 3339 and RFC 822 write is read as it was', () => {
    const date = fc.date({ min: new Date('1950-01-01'), max: new Date('2049-12-31'), noInvalidDate: true })
    fc.assert(fc.property(date, (value) => readDate(value.toISOString())?.getTime() === value.getTime()))
    fc.assert(fc.property(date, (value) => readDate(value.toUTCString())?.getTime() === Math.floor(value.getTime() / 1000) * 1000))
  })

  const published = (...dates: string[]) =>
    entry(
      `<title>a</title><id>https://x.example/</id><published>${dates[0]}</published><updated>${dates[1] ?? ''}</updated>`,
    ).entries[0]?.publishedAt?.toISOString()
  test.each([
    ['a day ahead', ['2024-03-11T00:00:00Z'], '2024-03-11T00:00:00.000Z'],
    ['further ahead', ['2024-03-11T00:00:01Z'], undefined],
    ['never set', ['1970-01-01T00:00:00Z'], undefined],
    ['before there were feeds, of something old', ['1912-04-15T00:00:00Z'], '1912-04-15T00:00:00.000Z'],
    ['the zero of .NET', ['0001-01-01T00:00:00'], undefined],
    ['the next best where one is absurd', ['2999-01-01T00:00:00Z', '2024-03-01T00:00:00Z'], '2024-03-01T00:00:00.000Z'],
  ])('%s', (_name, dates, expected) => {
    expect(published(...dates)).toBe(expected)
  })
})

test('whatever a feed holds, its entries are drafts but for empty ones, and nothing is left that a database refuses', () => {
  const odd = fc.oneof(fc.constantFrom('\0', 'a\0', '\ud800', 'a\ud800', 'x:\0', 'https://x.example/\0'), fc.string({ unit: 'binary' }), fc.integer())
  const link = fc.oneof({ weight: 3, arbitrary: fc.webUrl() }, odd)
  const item = fc.record({ id: odd, url: link, title: odd, content_text: odd, image: odd, date_published: odd, tags: fc.array(odd) }, { requiredKeys: ['url'] })
  const refused = /\\u0000|\\ud[89a-f]/
  fc.assert(
    fc.property(fc.array(item, { minLength: 1, maxLength: 5 }), (items) => {
      const { entries, rejected } = read(JSON.stringify({ version: 'https://jsonfeed.org/version/1.1', title: 't', items }))
      const drafts = entries.map((one) => draftOf({ ...one, categoryId: 'c' }))
      for (const draft of drafts) expect('id' in draft || draft.code === 'EMPTY', JSON.stringify(draft)).toBe(true)
      expect(JSON.stringify([drafts, rejected])).not.toMatch(refused)
    }),
    { numRuns: 300 },
  )
})
