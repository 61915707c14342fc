import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readBody, withoutRepetition } from '../../src/articles/body.ts'
import { countWords, paragraphs } from '../../src/articles/text.ts'

const html = (text: string) => readBody(text, 'HTML', 'https://example.com/news/story')
const text = (plain: string) => readBody(plain, 'TEXT', 'https://example.com/news/story')

describe('paragraphs of HTML', () => {
  it.each([
    ['blocks', '<p>One</p><p>Two</p>', ['One', 'Two']],
    ['text beside blocks', 'One<div>Two</div>Three', ['One', 'Two', 'Three']],
    ['white space', '<p>\n  One\n  two </p>\n<p> </p>', ['One two']],
    ['entities', '<p>Q&amp;A &lt;3 &eacute;&#8212;</p>', ['Q&A <3 é—']],
    ['inline tags', '<p>O<b>n</b>e <a href="/x">t<i>w</i>o</a></p>', ['One two']],
    ['a line break', '<p>One<br>two</p>', ['One\ntwo']],
    ['two line breaks', 'One<br><br>Two<br />\n<br/>Three', ['One', 'Two', 'Three']],
    ['lists', '<ul><li>One<li>Two</ul>', ['One', 'Two']],
    ['tables', '<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>', ['1 2', '3']],
    ['preformatted text', '<pre>a\n  b\n\nc</pre>', ['a\nb\nc']],
    ['unclosed tags', '<p>One<p>Two<b>', ['One', 'Two']],
    ['what is no text', '<p>One</p><script>x()</script><style>p{}</style><noscript>n</noscript><textarea>t</textarea>', ['One']],
    ['nothing', '<div><img src="x.png"></div>', []],
  ])('%s', (_what, body, expected) => {
    expect(paragraphs(html(body).content)).toEqual(expected)
  })
})

describe('sanitised HTML', () => {
  it.each([
    ['scripts', '<p>a<script>alert(1)</script></p>', '<p>a</p>'],
    ['handlers and styles', '<p onclick="x()" style="color:red" class="c">a</p>', '<p>a</p>'],
    ['javascript links', '<a href="javascript:alert(1)">a</a>', '<a>a</a>'],
    ['javascript links in disguise', '<a href="java\nscript:alert(1)">a</a><a href=" &#106;avascript:alert(1)">b</a>', '<a>a</a><a>b</a>'],
    ['relative links', '<a href="../x?a=1&amp;b=2">a</a>', '<a href="https://example.com/x?a=1&amp;b=2" rel="noopener noreferrer">a</a>'],
    ['relative pictures', '<img src="//cdn.example.com/i.png" onerror="x()" alt="i">', '<img alt="i" src="https://cdn.example.com/i.png" />'],
    ['data pictures', '<img src="data:image/png;base64,AAAA">', ''],
    ['counting pictures', '<img src="https://t.example.com/p" width="1" height="1">', ''],
    ['forms', '<form action="/x"><input name="a"><button>b</button>c</form>', 'c'],
    ['frames of XHTML', 'a<iframe src="https://example.com"/> b<object data="x" /> c', 'a b c'],
    ['frames', '<iframe src="https://example.com"></iframe><object data="x"></object><embed src="x">a', 'a'],
    ['svg', '<svg><script>alert(1)</script><a xlink:href="javascript:x">b</a></svg>a', 'a'],
    ['comments', 'a<!-- b --><![CDATA[c]]>', 'a'],
  ])('%s', (_what, dirty, clean) => {
    expect(html(dirty).contentHtml).toBe(clean)
  })

  it('is the same when it is sanitised again, and holds nothing that runs, for any input', () => {
    const piece = fc.constantFrom(
      '<p>',
      '</p>',
      '<script>',
      '</script>',
      '<a href="javascript:x">',
      '<img src=x onerror=y>',
      '<svg><style>',
      '<!--',
      '-->',
      '<br>',
      '&lt;',
      '"',
      '>',
      '<',
      'text',
      '<![CDATA[',
      '<math><mtext>',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 30 }), (pieces) => {
        const { contentHtml } = html(pieces.join(''))
        expect(contentHtml).not.toMatch(/<(script|style|svg|math|iframe|form)|<[^>]*\son\w+=|javascript:/i)
        expect(html(contentHtml).contentHtml).toBe(contentHtml)
      }),
    )
  })

  it('takes 300,000 nested tags for text, in a moment', () => {
    expect(html('<div>'.repeat(300_000) + 'deep').content).toBe('deep')
  })
})

describe('plain text', () => {
  it('keeps lines, folds white space, and drops what a database cannot hold', () => {
    expect(text('One  line\r\nsecond\n\n\n \nTwo\u0000 <b>')).toEqual({
      content: 'One line\nsecond\n\nTwo <b>',
      contentHtml: '<p>One line<br />second</p>\n<p>Two &lt;b&gt;</p>',
    })
  })

  it('is the same when it is read from its own HTML, as an archive holds it', () => {
    const piece = fc.constantFrom('a', ' ', '\n', '\n\n', '\t', '\r', '\u00a0', '\u0085', '\u2028', '<p>', '<br>', '&amp;', '&', '"', "'", '&quot;')
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ unit: 'binary' })), { maxLength: 30 }), (pieces) => {
        const read = text(pieces.join(''))
        expect(html(read.contentHtml)).toEqual(read)
      }),
    )
  })
})

/** Nine paragraphs of 239 words in all: a lead of 7 words, and eight of 29. */
const lead = 'Harbour town counts its boats once more.'
const body = Array.from({ length: 8 }, (_, i) => `Paragraph ${i + 1} says ${'another boat came home, '.repeat(6)}at dusk.`)

describe('a body that stands there twice', () => {
  it('has nine paragraphs and 239 words, though its source carries the eight of the body twice', () => {
    const twice = [lead, ...body, ...body]
    for (const { content, contentHtml } of [html(twice.map((p) => `<p>${p}</p>`).join('\n')), text(twice.join('\n\n'))]) {
      expect(paragraphs(content)).toEqual([lead, ...body])
      expect(countWords(content)).toBe(239)
      expect(contentHtml.split('at dusk.')).toHaveLength(9)
    }
  })

  it('is cut in its HTML where the repetition begins, with the pictures of the repetition', () => {
    const copy = '<div class="wide"><h2>Boats</h2><img src="/boat.png"><p>They came home.</p></div>'
    const cut = html(copy + copy).contentHtml
    expect(cut).toBe('<div><h2>Boats</h2><img src="https://example.com/boat.png" /><p>They came home.</p></div>')
    expect(html(cut).contentHtml).toBe(cut) // as an archive brings it back
    const control = html('<p>a\u0085\u00a0b</p><p>a\u0085\u00a0b</p>').contentHtml
    expect(control).toBe('<p>a\u0085\u00a0b</p>')
    expect(html('One<br><br>Two<br><br>One<br><br>Two').content).toBe('One\n\nTwo')
  })

  it.each([
    ['nothing', '', 0],
    ['one', 'a', 1],
    ['all of it twice', 'abab', 2],
    ['all of it three times', 'ababab', 2],
    ['the lead too', 'labclabc', 4],
    ['all but the lead', 'labab', 3],
    ['one line twice', 'aa', 1],
    ['a refrain after the lead', 'laa', 3],
    ['a refrain in the middle', 'abbc', 4],
    ['a part only', 'abcdcd', 6],
    ['something after it', 'ababc', 5],
  ])('%s', (_what, all, kept) => {
    expect(withoutRepetition(all.split(''))).toBe(kept)
  })
})
