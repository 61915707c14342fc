import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalUrl, hash128, lockKey } from '../../src/articles/identity.ts'

const keyOf = (url: string) => canonicalUrl(url)!.key

describe('canonicalUrl', () => {
  it('reads a host that is not ASCII after thousands of others too', () => {
    for (let n = 0; n < 20_000; n++) canonicalUrl(`https://example.com/${n}`)
    expect(canonicalUrl('https://m\u00fcnchen.example/')?.url).toBe('https://xn--mnchen-3ya.example/')
  })

  const base = 'https://example.com/news/story?a=1&b=2'
  it.each([
    ['another scheme', 'http://example.com/news/story?a=1&b=2'],
    ['upper-case scheme and host', 'HTTPS://EXAMPLE.com/news/story?a=1&b=2'],
    ['the default port', 'https://example.com:443/news/story?a=1&b=2'],
    ['a fragment', `${base}#comments`],
    ['another order of the query', 'https://example.com/news/story?b=2&a=1'],
    ['a slash at the end', 'https://example.com/news/story/?a=1&b=2'],
    ['credentials', 'https://user:pass@example.com/news/story?a=1&b=2'],
    ['needless encoding', 'https://example.com/n%65ws/story?%61=1&b=2'],
    ['a dot after the host', 'https://example.com./news/story?a=1&b=2'],
    ['utm parameters', `${base}&utm_source=rss&utm_medium=feed`],
    ['tracking parameters in upper case', `${base}&FBCLID=x&Gclid=y`],
    ['an empty pair', 'https://example.com/news/story?a=1&&b=2'],
    ['white space around', `  ${base}\n`],
  ])('gives one key for %s', (_what, spelling) => {
    expect(keyOf(spelling)).toBe(keyOf(base))
  })

  it.each([
    ['another path', 'https://example.com/news/other?a=1&b=2'],
    ['the case of the path', 'https://example.com/news/Story?a=1&b=2'],
    ['another value', 'https://example.com/news/story?a=1&b=3'],
    ['another port', 'https://example.com:8443/news/story?a=1&b=2'],
    ['another host', 'https://www.example.com/news/story?a=1&b=2'],
    ['an encoded slash', 'https://example.com/news%2Fstory?a=1&b=2'],
  ])('keeps apart by %s', (_what, other) => {
    expect(keyOf(other)).not.toBe(keyOf(base))
  })

  it.each([
    ['https://example.com/a?utm_source=x', 'https://example.com/a'],
    ['https://example.com/a?b=c%20d&gclid=1#f', 'https://example.com/a?b=c%20d'],
    ['https://Example.com/A/?z=1&a=2', 'https://example.com/A/?z=1&a=2'],
    ['https://example.com/utm_source?q=utm_source', 'https://example.com/utm_source?q=utm_source'],
  ])('shows %s as %s', (given, shown) => {
    expect(canonicalUrl(given)?.url).toBe(shown)
  })

  it.each(['', 'story', '/news/story', 'ftp://example.com/a', 'javascript:alert(1)', 'http://', 'mailto:a@example.com'])('refuses %j', (text) => {
    expect(canonicalUrl(text)).toBeUndefined()
  })

  it('gives the same key for what it shows', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
        const link = canonicalUrl(url)!
        expect(canonicalUrl(link.url)).toEqual(link)
      }),
    )
  })

  it('does not mind the order of the query', () => {
    const pairs = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,5}$/), fc.string()), { selector: ([name]) => name, minLength: 1 })
    fc.assert(
      fc.property(
        pairs.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([one, other]) => {
          const url = (query: [string, string][]) => `https://example.com/?${query.map(([n, v]) => `${n}=${encodeURIComponent(v)}`).join('&')}`
          expect(keyOf(url(one))).toBe(keyOf(url(other)))
        },
      ),
    )
  })
})

describe('hash128', () => {
  it('has the form of a UUID', () => expect(hash128('a')).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/))
  it('keeps parts apart', () => expect(hash128('ab', 'c')).not.toBe(hash128('a', 'bc')))
  it('hashes bytes as the text that they are', () => expect(hash128(Buffer.from('abc'))).toBe(hash128('abc')))
})

it('makes an advisory lock of a key, within the range of a bigint', () => {
  expect(lockKey('ffffffff-ffff-ffff-0000-000000000000')).toBe(-1n)
  expect(lockKey('7fffffff-ffff-ffff-0000-000000000000')).toBe(2n ** 63n - 1n)
})
