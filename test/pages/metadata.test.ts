import { describe, expect, test } from 'vitest'
import { readMetadata } from '../../src/pages/metadata.ts'
import { readHtml } from '../../src/pages/read-html.ts'

const read = (html: string) => readMetadata(readHtml(html))
const ld = (value: unknown) => `<script type="application/ld+json">${JSON.stringify(value)}</script>`
const meta = (name: string, content: string) => `<meta property="${name}" content="${content}">`

describe('title', () => {
  test.each([
    ['Open Graph first', `<title>A | Site</title>${meta('og:title', 'Bridge &amp; tunnel')}`, 'Bridge & tunnel'],
    ['then JSON-LD', `<title>A</title>${ld({ '@type': 'BlogPosting', headline: 'Bridge &amp; tunnel' })}`, 'Bridge & tunnel'],
    ['then the only heading', '<title>Other</title><h1>Bridge\n <b>repaired</b></h1>', 'Bridge repaired'],
    ['then <title>', '<title>Bridge repaired</title><h1>One</h1><h1>Two</h1>', 'Bridge repaired'],
    ['without the name of the site', `${meta('og:title', 'Bridge - repaired | The Site')}${meta('og:site_name', 'the site')}`, 'Bridge - repaired'],
    ['without what stands not in the heading', '<title>Bridge repaired – Town news – The Site</title><h1>Bridge repaired</h1><h1>News</h1>', 'Bridge repaired'],
    ['a separator alone says nothing', '<title>Spider-Man | a review</title>', 'Spider-Man | a review'],
    ['none', '<p>Text</p>', null],
  ])('%s', (_what, html, title) => expect(read(html).title).toBe(title))
})

describe('byline', () => {
  test.each([
    ['an object', ld({ '@type': 'Article', author: { '@type': 'Person', name: 'By Ada Byron' } }), 'Ada Byron'],
    ['several', ld([{ '@graph': [{ '@type': ['NewsArticle'], author: [{ name: 'Ada' }, 'Grace', { name: 'Ada' }] }] }]), 'Ada, Grace'],
    [
      'by reference',
      ld({
        '@graph': [
          { '@type': 'Article', author: { '@id': '#1' } },
          { '@id': '#1', '@type': 'Person', name: 'Ada' },
        ],
      }),
      'Ada',
    ],
    ['<meta>', meta('author', 'by Ada Byron'), 'Ada Byron'],
    ['no URL', `${meta('article:author', 'https://social.example/ada')}<a rel="author" href="/ada">Ada</a>`, 'Ada'],
    ['microdata', '<span itemprop="author" itemscope><img alt="x"><b itemprop="name">Ada</b>, editor</span>', 'Ada'],
    ['a name that begins with By', meta('author', 'Byron Ada'), 'Byron Ada'],
    ['JSON that is none', `<script type="application/ld+json">{"author": </script>${meta('author', 'Ada')}`, 'Ada'],
    ['none', '<p>by Ada</p>', null],
  ])('%s', (_what, html, byline) => expect(read(html).byline).toBe(byline))
})

describe('language', () => {
  test.each([
    ['<html lang>', '<html lang="pt-br">', 'pt-BR'],
    ['Open Graph', meta('og:locale', 'de_AT'), 'de-AT'],
    ['JSON-LD', ld({ '@type': 'Article', inLanguage: 'FR' }), 'fr'],
    ['http-equiv', '<meta http-equiv="Content-Language" content="es, en">', 'es'],
    ['one that is none is passed over', `<html lang="english please">${meta('og:locale', 'en_US')}`, 'en-US'],
    ['none', '<p>', null],
  ])('%s', (_what, html, language) => expect(read(html).language).toBe(language))
})

describe('date', () => {
  test.each([
    ['JSON-LD', ld({ '@type': 'Article', datePublished: '2024-03-09T10:00:00+01:00' }), '2024-03-09T09:00:00.000Z'],
    ['<meta>', meta('article:published_time', '2024-03-09'), '2024-03-09T00:00:00.000Z'],
    ['<time>', '<time>now</time><time datetime="2024-03-09 10:00">9 March</time>', '2024-03-09T10:00:00.000Z'],
    ['microdata', '<meta itemprop="datePublished" content="2024-03-09">', '2024-03-09T00:00:00.000Z'],
    ['one that is none is passed over', `${ld({ '@type': 'Article', datePublished: 'soon' })}${meta('date', '2024-03-09')}`, '2024-03-09T00:00:00.000Z'],
    ['none', '<time>yesterday</time>', undefined],
  ])('%s', (_what, html, date) => expect(read(html).publishedAt?.toISOString()).toBe(date))
})
