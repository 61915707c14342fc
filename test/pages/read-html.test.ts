import { DomUtils } from 'htmlparser2'
import { expect, test } from 'vitest'
import { agreed } from '../../src/pages/agree.ts'
import { prune } from '../../src/pages/prune.ts'
import { readHtml } from '../../src/pages/read-html.ts'
import { wholePage } from '../../src/pages/whole-page.ts'

const written = (html: string) => DomUtils.getOuterHTML(readHtml(html))

test.each([
  ['comments', 'a<!-- b -->c', 'ac'],
  ['scripts and styles', 'a<script>b</script><style>c</style><noscript><p>d</p></noscript>e', 'ae'],
  ['all that is in them', '<svg><g><p>a</p></g></svg><p>b</p>', '<p>b</p>'],
  ['attributes that are too long or no names', `<p class="a" title="${'x'.repeat(3_000)}" "=1>a</p>`, '<p class="a">a</p>'],
  ['NUL', 'a\0b', 'ab'],
])('%s are left out', (_what, html, expected) => expect(written(html)).toBe(expected))

test('JSON-LD is kept', () => {
  const html = '<script type="application/ld+json">{"a": 1}</script>'
  expect(written(html)).toBe(html)
})

test('elements deeper than 100 are left out, and what is in them is not', () => {
  const deep = readHtml(`${'<div>'.repeat(300)}<p>text`)
  expect(DomUtils.getElementsByTagName('div', deep).length).toBe(100)
  expect(DomUtils.textContent(deep)).toBe('text')
})

test.each([
  ['elements', () => '<br>'.repeat(40_000), 30_000],
  ['open elements', () => '<div>'.repeat(40_000), 100],
])('%s are bounded', (_what, html, most) => {
  expect(DomUtils.getElementsByTagName('*', readHtml(html())).length).toBe(most)
})

test('text is bounded', () => {
  expect(DomUtils.textContent(readHtml(`<p>${'x'.repeat(3_000_000)}`)).length).toBe(1_500_000)
})

const story = `<p>${'words of the story '.repeat(20)}</p>`

test.each([
  '<nav>box</nav>',
  '<aside>box</aside>',
  '<div role="navigation">box</div>',
  '<div class="Share">box</div>',
  '<div class="entry related-posts">box</div>',
  '<div id="newsletter_signup"><p>box</p></div>',
  '<section class="author-bio">box</section>',
  '<ul class="breadcrumbs"><li>box</li></ul>',
])('pruned: %s', (box) => {
  const document = readHtml(`<main>${story}${box}</main>`)
  prune(document)
  expect(DomUtils.getOuterHTML(document)).toBe(`<main>${story}</main>`)
})

test.each(['<div class="shareholders">text</div>', '<p id="recommence">text</p>', '<article class="related">text</article>', `<aside>${story}</aside>`])(
  'not pruned: %s',
  (part) => {
    const document = readHtml(story + part)
    prune(document)
    expect(DomUtils.getOuterHTML(document)).toBe(story + part)
  },
)

test.each([
  ['all of a document', '<html lang="en"><head><title>T</title></head><body class="a" id="b">text</body></html>'],
  ['what HTML lets a page leave out', '<title>T</title>text'],
])('a whole page of %s', (_what, html) => {
  const { html: whole, elements } = wholePage(readHtml(`<!doctype html>${html}`), { elements: 100, characters: 100 })
  const [root, body] = elements > 1 ? [' lang="en"', ' class="a" id="b"'] : ['', '']
  expect(whole).toBe(`<!DOCTYPE html><html${root}><head><title>T</title></head><body${body}>text</body></html>`)
})

test('a whole page is cut after so many elements or characters', () => {
  const cut = (most: { elements: number; characters: number }) => wholePage(readHtml('<p>one</p><p>two</p><p>three</p>'), most).html
  expect(cut({ elements: 2, characters: 100 })).toContain('<body><p>one</p><p></p></body>')
  expect(cut({ elements: 9, characters: 4 })).toContain('<body><p>one</p><p>t</p></body>')
})

const long = 'words of the story '.repeat(20)

test.each([
  ['a short paragraph that the other left out goes', '<p>kept</p><p>box</p>', 'kept', '<p>kept</p>'],
  ['a long one stays', `<p>${long}</p>`, '', `<p>${long}</p>`],
  ['white space makes no difference', '<p>a \n b</p>', 'a b', '<p>a \n b</p>'],
  ['headings, code, tables and lists stay', '<h2>a</h2><pre>b</pre><table><tr><td><p>c</p></td></tr></table><ul><li>d</li></ul>', '', undefined],
  ['links of a list go', '<ul><li><a href="/a">a story</a></li><li>of <a href="/b">b</a>, more</li></ul>', '', '<ul><li>of <a href="/b">b</a>, more</li></ul>'],
])('agreement: %s', (_what, html, other, expected) => expect(agreed(html, other)).toBe(expected ?? html))
