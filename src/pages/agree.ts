import { DomUtils, parseDocument } from 'htmlparser2'
import type { HtmlDocument, HtmlElement } from './read-html.ts'

const leaves = new Set(['p', 'figcaption'])
/** Readability loses those of an article, and lists that are not of links. */
const whole = new Set(['pre', 'table', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6'])
/** Characters: a longer text is hardly a box that one of the two did not see through. */
const longest = 250

/**
 * Of what one extractor found, the part that another one agrees with: a short piece of text that the other left out is a
 * caption, a teaser or a call to subscribe more often than it is a part of the article.
 * @param html what the first found
 * @param other the text that the second found
 */
export function agreed(html: string, other: string): string {
  const document = parseDocument(html)
  const known = folded(other)
  const visit = (parent: HtmlDocument | HtmlElement) => {
    parent.children = parent.children.filter((node) => {
      if (!('attribs' in node)) return true
      if (leaves.has(node.name) || (node.name === 'li' && isLink(node))) {
        const text = folded(DomUtils.textContent(node))
        return text === '' || text.length > longest || known.includes(text)
      }
      if (!whole.has(node.name)) visit(node)
      return true
    })
  }
  visit(document)
  return DomUtils.getOuterHTML(document)
}

/** Of a list of links, an item is little but the link. */
function isLink(item: HtmlElement): boolean {
  const links = DomUtils.getElementsByTagName('a', item)
  return links.reduce((sum, link) => sum + DomUtils.textContent(link).length, 0) * 2 > DomUtils.textContent(item).length
}

/** Two extractors keep white space in different ways. */
const folded = (text: string) => text.replace(/\s+/g, '')
