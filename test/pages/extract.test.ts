import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { readBody } from '../../src/articles/body.ts'
import { extractPage } from '../../src/pages/extract.ts'
import { articlePage, paragraph } from './article-page.ts'

const url = 'https://news.example/2024/bridge'
const contentOf = (html: string) => extractPage(html, url)?.content ?? ''

// The libraries tell the console of what they cannot read.
vi.spyOn(console, 'error').mockReturnValue()
vi.spyOn(console, 'warn').mockReturnValue()

test('the article of a page, and nothing beside it', () => {
  const { content } = extractPage(articlePage(), url)!
  expect(content.split('\n\n').filter((text) => text.startsWith('The council of '))).toHaveLength(6)
  for (const text of ['Home page', 'World news', 'Imprint']) expect(content).not.toContain(text)
})

test.each([
  ['of sharing', '<div class="article-share"><p>Share this story with everyone whom you know</p></div>'],
  ['of related stories', '<section id="related-stories"><p>Another story that you may like to read</p></section>'],
  ['of a newsletter', '<div class="newsletter_box"><p>Our best stories in your mailbox, each morning</p></div>'],
  ['of comments', '<div class="comments"><p>I do not think that this bridge is worth it</p></div>'],
  ['of the author', '<div class="author-bio"><p>She has written about bridges for twenty years</p></div>'],
  ['by its role', '<div role="complementary"><p>Something else that stands beside the story</p></div>'],
  ['of scripts', '<script>document.write("a story that is no story")</script><style>p { color: "a story that is no story" }</style>'],
])('a box %s is left out, inside the article too', (_what, box) => {
  const article = [paragraph('One'), paragraph('Two'), box, paragraph('Three'), paragraph('Four')].join('')
  const text = box.replace(/<[^>]*>/g, '').slice(0, 30)
  const content = contentOf(articlePage({ article }))
  expect(content).toContain('The council of Four')
  expect(content).not.toContain(text)
})

test.each(['sidebar', 'comments', 'promo', 'related'])('an article in an element that is called %s is kept', (name) => {
  const html = `<html><body><div class="${name}">${['One', 'Two', 'Three', 'Four'].map(paragraph).join('')}</div></body></html>`
  expect(contentOf(html)).toContain('The council of Four')
})

test.each([
  ['a heading', '<h2>What the engineers say</h2>', 'What the engineers say'],
  [
    'a list',
    '<ul><li>The railing will be made of oak from the forest near the town, with fittings of iron.</li><li>There will be a lamp at either end, which is lit until midnight.</li></ul>',
    'a lamp at either end',
  ],
  [
    'a list with a link',
    '<ul><li>The railing will be made of oak; <a href="/plan">the plan</a> tells more of it.</li><li>There will be a lamp at either end, which is lit until midnight.</li></ul>',
    'the plan tells more',
  ],
  ['code', '<pre><code>bridge = build(\n  "oak")</code></pre>', 'bridge = build(\n'],
  ['a table', '<table><tr><th>Year</th><th>Cost</th></tr><tr><td>2023</td><td>41,000</td></tr></table>', '2023 41,000'],
  ['a quotation', `<blockquote>${paragraph('Quoted')}</blockquote>`, 'The council of Quoted'],
])('%s of the article is kept', (_what, part, expected) => {
  const article = ['One', 'Two'].map(paragraph).join('') + part + ['Three', 'Four', 'Five', 'Six'].map(paragraph).join('')
  expect(contentOf(articlePage({ article }))).toContain(expected)
})

test('a page that leaves out what HTML lets it leave out', () => {
  expect(contentOf(`<title>Bridge</title>${['One', 'Two', 'Three'].map(paragraph).join('').replaceAll('</p>', '')}`)).toContain('The council of Three')
})

test('what JSON-LD states is taken where the page itself has no more than a teaser', () => {
  const articleBody = ['One', 'Two', 'Three', 'Four'].map((word) => paragraph(word).replace(/<[^>]*>/g, '')).join('\n\n')
  const head = `<script type="application/ld+json">${JSON.stringify({ '@type': 'NewsArticle', articleBody })}</script>`
  const page = extractPage(articlePage({ head, article: '<p>The council met on Monday.</p>' }), url)!
  expect(page.content.split('\n\n')).toHaveLength(4)
  expect(page.contentHtml).toContain('<p>The council of Four')
})

test('relative links are those of the page', () => {
  const link = '<p>The plan, which the council of Linkham decided on, can be read <a href="../plan.html">in the town hall</a> until the end of the month.</p>'
  const page = extractPage(articlePage({ article: ['One', 'Two'].map(paragraph).join('') + link + ['Three', 'Four'].map(paragraph).join('') }), url)!
  expect(readBody(page.contentHtml, 'HTML', url).contentHtml).toContain('href="https://news.example/plan.html"')
})

test.each(['', '   ', 'no', '<html></html>', '<nav><a href="/">Home</a></nav>', '<script>var story = 1</script>'])('no article: %j', (html) => {
  expect(contentOf(html).length).toBeLessThan(10)
})

const repeated = (text: string, times: number) => text.repeat(times)

// Each took minutes, or ended the process, when it was not bounded; a run past the test's time limit shows that.
test.each<[string, () => string]>([
  ['nested elements', () => repeated('<div>', 300_000) + paragraph('One')],
  ['nested inline elements', () => `<p>${repeated('<span>', 300_000)}a`],
  ['siblings', () => repeated('<p>a</p>', 1_000_000)],
  ['line breaks', () => repeated('<br>', 1_000_000)],
  ['a long attribute', () => `<p title="${repeated('x', 9_000_000)}">${paragraph('One')}`],
  ['attributes', () => `<p ${Array.from({ length: 200_000 }, (_, i) => `a${i}=1`).join(' ')}>${paragraph('One')}`],
  ['list items', () => `<ul>${repeated('<li>item', 200_000)}`],
  ['links', () => repeated('<a href="/a">link</a> ', 100_000)],
  ['anchors', () => Array.from({ length: 30_000 }, (_, i) => `<div id="a${i}"><a href="#a${i}">x</a></div>`).join('')],
  ['pictures', () => repeated('<img src="a.png" srcset="a.png 1x, b.png 2x">', 100_000)],
  ['open angle brackets', () => repeated('<', 5_000_000)],
  ['ampersands', () => repeated('&amp;', 1_000_000)],
  ['comments', () => repeated('<!--', 1_000_000)],
  ['nested JSON-LD', () => `<script type="application/ld+json">${repeated('[', 1_000_000)}</script>${paragraph('One')}`],
])('a page of nothing but %s is read in bounded time', (_what, page) => {
  expect(() => extractPage(page(), url)).not.toThrow()
})

test('deep elements are flattened, and their text stays', () => {
  const html = `<html><body>${repeated('<div>', 300)}${['One', 'Two', 'Three'].map(paragraph).join('')}</body></html>`
  expect(contentOf(html)).toContain('The council of Two')
})

test('a page is cut at its 5 MiB', () => {
  expect(contentOf(`<p>${repeated('before ', 30)}</p><!--${repeated('x', 5 * 1024 * 1024)}--><p>after</p>`)).not.toContain('after')
})

test('never throws', () => {
  const piece = fc.constantFrom(
    '<div>',
    '</div>',
    '<p>',
    '<p class="related">',
    '</p>',
    '<a href="x">',
    '<table>',
    '<td>',
    '<b>',
    '</b>',
    '<!--',
    '-->',
    '<svg>',
    '<html>',
    '</body>',
    '<head>',
    '&',
    'words ',
    '<script>',
    '<![CDATA[',
    '\0',
    '\ud800',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => void extractPage(pieces.join(''), url)),
    { numRuns: 100 },
  )
})
