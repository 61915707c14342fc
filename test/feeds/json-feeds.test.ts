import { describe, expect, test } from 'vitest'
import { parseFeedText } from '../../src/feeds/parse.ts'

const read = (document: unknown) => parseFeedText(JSON.stringify(document))

describe('JSON Feed', () => {
  test.each(['https://jsonfeed.org/version/1', 'https://jsonfeed.org/version/1.1', '1.0', '1.1', 1, 1.1])('of version %j', (version) => {
    const feed = read({ version, items: [{ id: '1', url: 'https://x.example/1', title: 'One', content_text: 'Text', author: { name: 'Ada' } }] })
    expect(feed).toMatchObject({
      format: 'JSON_FEED',
      entries: [{ guid: '1', links: ['https://x.example/1'], title: { value: 'One', html: false }, authors: ['Ada'] }],
    })
  })

  test('that holds nothing yet', () => {
    expect(read({ version: 'https://jsonfeed.org/version/1.1', items: [] })).toMatchObject({ format: 'JSON_FEED', entries: [] })
  })

  test.each([{ version: '2.0', items: [] }, { version: '1.0' }, { items: [] }, { version: '1.0', items: {} }, null, 7, 'a'])('%j is none', (document) => {
    expect(() => read(document)).toThrow(/JSON/)
  })
})

describe('RSS in JSON', () => {
  const rss = (item: unknown, channel: object = {}) =>
    read({ rss: { version: '2.0', channel: { title: 'A &amp; B', link: 'https://x.example/', language: 'en', item, ...channel } } })

  test('reads as RSS', () => {
    const feed = rss([
      {
        title: 'One',
        link: 'https://x.example/1',
        description: '<p>Text</p>',
        pubDate: 'Sat, 09 Mar 2024 10:00:00 GMT',
        guid: { isPermaLink: 'false', '#value': 'one' },
        author: 'ada@x.example',
        'dc:creator': 'Ada',
        category: [{ domain: 'd', '#value': 'a' }, 'b'],
        enclosure: { url: 'https://x.example/1.mp3', length: 12216320, type: 'audio/mpeg' },
        'media:thumbnail': { url: 'https://x.example/1.png' },
      },
    ])
    expect(feed).toMatchObject({ format: 'RSS', title: 'A & B', siteLinks: ['https://x.example/'], language: 'en' })
    expect(feed.entries).toMatchObject([
      {
        title: { value: 'One', html: true },
        links: ['https://x.example/1'],
        guid: 'one',
        bodies: [{ value: '<p>Text</p>', html: true }],
        dates: ['Sat, 09 Mar 2024 10:00:00 GMT'],
        authors: ['Ada'],
        tags: ['a', 'b'],
        images: ['https://x.example/1.png'],
        enclosures: [{ url: 'https://x.example/1.mp3', mediaType: 'audio/mpeg', byteLength: 12216320 }],
      },
    ])
  })

  test.each([
    ['one item that is no list', { title: 'a', guid: 'https://x.example/p' }, [['https://x.example/p']]],
    ['a guid that is no permalink', [{ title: 'a', guid: { isPermaLink: false, '#value': 'https://x.example/p' } }], [[]]],
    ['no item', undefined, []],
    ['what is no item', [null, 5, 'a', [], { title: 'a' }], [[]]],
    [
      'values of other kinds',
      [{ title: { a: 1 }, link: ['https://x.example/l'], category: [null, {}, 5], enclosure: 'a', guid: [] }],
      [['https://x.example/l']],
    ],
  ])('%s', (_name, item, links) => {
    expect(rss(item).entries.map((entry) => entry.links)).toEqual(links)
  })

  test.each([{ rss: {} }, { rss: { channel: [] } }, { rss: { channel: 'a' } }, { rss: null }])('%j is none', (document) => {
    expect(() => read(document)).toThrow(/mapping/)
  })
})
