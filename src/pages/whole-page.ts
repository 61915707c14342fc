import { DomUtils } from 'htmlparser2'
import type { HtmlDocument, HtmlElement, HtmlNode } from './read-html.ts'

export type WholePage = { html: string; elements: number; images: number; characters: number; escaped: number }

const inHead = new Set(['meta', 'title', 'link', 'base'])

/**
 * A tree written as a whole HTML document, whatever was left out in it (<html>, <head> and <body> may be), without scripts.
 * @param most elements and characters of text; what comes after is cut off
 */
export function wholePage(document: HtmlDocument, most: { elements: number; characters: number }): WholePage {
  const counts = { elements: 0, images: 0, characters: 0, escaped: 0 }
  trim(document, counts, most)
  const head: HtmlNode[] = []
  const body: HtmlNode[] = []
  let bodyElement: HtmlElement | undefined
  let lang = ''
  const sort = (nodes: readonly HtmlNode[], heading: boolean) => {
    for (const node of nodes) {
      if (!('attribs' in node)) body.push(node)
      else if (node.name === 'html') {
        lang ||= node.attribs['lang'] ?? ''
        sort(node.children, false)
      } else if (node.name === 'head') sort(node.children, true)
      else if (node.name === 'body') {
        bodyElement ??= node
        sort(node.children, false)
      } else (heading || inHead.has(node.name) ? head : body).push(node)
    }
  }
  sort(document.children, false)
  const root = `<html${attribute('lang', lang)}><head>${write(head)}</head>`
  const { class: names = '', id = '' } = bodyElement?.attribs ?? {}
  return { html: `<!DOCTYPE html>${root}<body${attribute('class', names)}${attribute('id', id)}>${write(body)}</body></html>`, ...counts }
}

/** Characters that HTML escapes, each of which costs as much as an element. */
const special = /[<>&\u00a0]/g
const mostEscaped = 20_000

const write = (nodes: HtmlNode[]) => DomUtils.getOuterHTML(nodes)
const attribute = (name: string, value: string) => (value === '' ? '' : ` ${name}="${value.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"`)

/** Takes scripts out, and everything after the most; counts what stays. */
function trim(parent: HtmlDocument | HtmlElement, counts: Omit<WholePage, 'html'>, most: { elements: number; characters: number }): void {
  // Not removeElement for each, whose time grows with the number of siblings.
  parent.children = parent.children.filter((node) => {
    if (counts.elements >= most.elements || counts.characters >= most.characters) return false
    if (node.type === 'text') {
      node.data = node.data.slice(0, most.characters - counts.characters)
      counts.characters += node.data.length
      counts.escaped += node.data.match(special)?.length ?? 0
      if (counts.escaped > mostEscaped) node.data = node.data.replace(special, ' ')
      return true
    }
    if (!('attribs' in node) || node.type === 'script') return false
    counts.elements++
    if (node.name === 'img') counts.images++
    trim(node, counts, most)
    return true
  })
}
