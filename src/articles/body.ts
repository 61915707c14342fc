import { DomUtils, parseDocument } from 'htmlparser2'
import sanitizeHtml from 'sanitize-html'
import type { ContentFormat } from './entry.ts'
import { readUrl } from '../read-url.ts'

/** `content` is the plain text, paragraphs separated by a blank line; `contentHtml` the same as sanitised HTML. */
export type Body = { content: string; contentHtml: string }

/**
 * Reads the text of an article. HTML is sanitised, its links are made absolute, and its paragraphs are taken from what is
 * left. A body that stands there twice (for wide and for narrow screens, say) is kept once.
 * @param base what relative links are relative to
 */
export function readBody(text: string, format: ContentFormat, base: string): Body {
  const clean = text.replaceAll('\0', '').toWellFormed()
  return format === 'HTML' ? fromHtml(clean, base) : fromText(clean)
}

function fromText(text: string): Body {
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/).map((line) => line.replace(/\s+/g, ' ').trim())
  const found = lines
    .join('\n')
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.trim())
  const all = found.filter((paragraph) => paragraph !== '')
  const kept = all.slice(0, withoutRepetition(all))
  return { content: kept.join('\n\n'), contentHtml: kept.map((paragraph) => `<p>${escapeHtml(paragraph).replaceAll('\n', '<br />')}</p>`).join('\n') }
}

/** How many paragraphs stay when a repetition of the body (all of it, or all but a lead) at the end is left out. */
export function withoutRepetition(all: string[]): number {
  const { length } = all
  for (const lead of [0, 1]) {
    // A lead and one line twice may be meant: a refrain.
    for (let copies = Math.floor((length - lead) / (lead + 1)); copies >= 2; copies--) {
      const size = (length - lead) / copies
      if (Number.isInteger(size) && all.every((paragraph, i) => i < lead + size || paragraph === all[i - size])) return lead + size
    }
  }
  return length
}

const blocks = new Set(
  'address article aside blockquote caption dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li main ol p pre section summary table tbody tfoot thead tr ul'.split(
    ' ',
  ),
)
const inline = 'a abbr b bdi bdo br cite code del dfn em i img ins kbd mark q rp rt ruby s samp small span strong sub sup td th time u var wbr'.split(' ')

const rules: sanitizeHtml.IOptions = {
  allowedTags: [...blocks, ...inline],
  allowedAttributes: {
    a: ['href', 'title', 'rel'],
    img: ['src', 'alt', 'title', 'width', 'height'],
    td: ['colspan', 'rowspan'],
    th: ['colspan', 'rowspan', 'scope'],
    ol: ['start', 'reversed'],
    time: ['datetime'],
    abbr: ['title'],
    '*': ['lang', 'dir'],
  },
  allowedSchemes: ['http', 'https'],
  allowProtocolRelative: false,
  // Feeds write XHTML: an <iframe …/> would swallow the rest of the text.
  parser: { decodeEntities: true, recognizeSelfClosing: true },
  // What these hold is no text of the article.
  nonTextTags: 'script style textarea option noscript template iframe object svg math canvas audio video select button title'.split(' '),
  // No picture to look at: none at all, or one that counts its readers.
  exclusiveFilter: ({ tag, attribs }) =>
    tag === 'img' && (!attribs['src'] || [attribs['width'], attribs['height']].some((size) => size === '0' || size === '1')),
}

/** Open tags at the same time: the parser's time grows with the square of it, and browsers stop at 512. */
const deepest = 500

class TooDeep extends Error {}

function sanitize(html: string, base: string): string {
  let depth = 0
  return sanitizeHtml(html, {
    ...rules,
    transformTags: {
      a: (tagName, { href, title, ...rest }) => {
        const target = href === undefined ? undefined : absolute(href, base)
        return { tagName, attribs: { ...languageOf(rest), ...(title && { title }), ...(target && { href: target, rel: 'noopener noreferrer' }) } }
      },
      img: (tagName, { src, ...rest }) => {
        const target = src === undefined ? undefined : absolute(src, base)
        return { tagName, attribs: { ...rest, ...(target && { src: target }) } }
      },
    },
    onOpenTag: () => {
      if (++depth > deepest) throw new TooDeep()
    },
    onCloseTag: () => {
      depth--
    },
  })
}

const languageOf = ({ lang, dir }: sanitizeHtml.Attributes) => ({ ...(lang && { lang }), ...(dir && { dir }) })

function absolute(link: string, base: string): string | undefined {
  const url = readUrl(link, base)
  return url && /^https?:$/.test(url.protocol) ? url.href : undefined
}

function fromHtml(html: string, base: string): Body {
  let clean: string
  try {
    clean = sanitize(html, base)
  } catch (error) {
    if (!(error instanceof TooDeep)) throw error
    clean = sanitize(html.replace(/<[^<>]*>/g, ' '), base)
  }
  const document = parseDocument(clean)
  const found = readParagraphs(document)
  const kept = withoutRepetition(found.map((paragraph) => paragraph.text))
  const repeated = found[kept]
  if (repeated) removeFrom(repeated.first)
  return {
    content: found
      .slice(0, kept)
      .map((paragraph) => paragraph.text)
      .join('\n\n'),
    // As characters, since &#x85; is another one in HTML; and the sanitiser again, for its own spelling.
    contentHtml: (repeated ? sanitize(DomUtils.getInnerHTML(document, { encodeEntities: 'utf8' }), base) : clean).trim(),
  }
}

type Node = ReturnType<typeof parseDocument>['children'][number]
type Paragraph = { text: string; first: Node }

/** Runs of text between the edges of blocks, white space folded but for <br> and <pre>; two <br> end a paragraph too. */
function readParagraphs(document: ReturnType<typeof parseDocument>): Paragraph[] {
  const found: Paragraph[] = []
  let text = ''
  let first: Node | undefined
  let broken = false
  const flush = () => {
    const folded = text
      .replace(/[^\S\n]+/g, ' ')
      .replace(/\s*\n\s*/g, '\n')
      .trim()
    if (folded !== '' && first) found.push({ text: folded, first })
    text = ''
    first = undefined
  }
  const visit = (node: Node, verbatim: boolean) => {
    if (node.type === 'text') {
      if (node.data.trim() !== '') {
        first ??= node
        broken = false
      }
      text += verbatim ? node.data : node.data.replace(/\s+/g, ' ')
    } else if (node.type === 'tag') {
      const block = blocks.has(node.name)
      if (block) flush()
      if (node.name === 'br') {
        if (broken) flush()
        else text += '\n'
        broken = !broken
      }
      for (const child of node.children) visit(child, verbatim || node.name === 'pre')
      if (block) flush()
      else if (node.name === 'td' || node.name === 'th') text += ' '
    }
  }
  for (const node of document.children) visit(node, false)
  flush()
  return found
}

/** Takes a node out of its document with everything after it, and with the elements that this leaves empty. */
function removeFrom(node: Node): void {
  let current: Node = node
  for (let parent = node.parent; parent; parent = parent.parent) {
    const keep = current === node || ('children' in current && current.children.length === 0) ? 0 : 1
    parent.children.length = parent.children.indexOf(current) + keep
    if (parent.type !== 'tag') break
    current = parent
  }
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
