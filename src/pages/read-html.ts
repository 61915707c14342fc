import { DomHandler, DomUtils, Parser } from 'htmlparser2'
import { plainLineFromText } from '../articles/text.ts'

export type HtmlDocument = DomHandler['root']
export type HtmlNode = HtmlDocument['children'][number]
export type HtmlElement = Extract<HtmlNode, { attribs: unknown }>

/** What hostile pages are cut at. Extraction costs more than parsing: its time grows faster than the number of elements. */
const limits = { characters: 5 * 1024 * 1024, elements: 30_000, depth: 100, parsedDepth: 500, text: 1_500_000, attribute: 2_048, attributes: 30 }

/** What they hold is no text; they are left out with all that is in them. Scripts are read for JSON-LD. */
const dead = new Set('style template iframe object embed svg math canvas video audio noscript select textarea frameset'.split(' '))

class Enough extends Error {}

/**
 * The tree of a page, without comments, scripts and other elements that are no text. A page that is larger or deeper than any
 * article is read until there; what comes after is left out. Takes linear time. Never throws.
 */
export function readHtml(html: string): HtmlDocument {
  const handler = new BoundedHandler()
  const parser = new Parser(handler)
  try {
    parser.end(html.slice(0, limits.characters).replaceAll('\0', ''))
  } catch (error) {
    if (!(error instanceof Enough)) throw error
  }
  return handler.root
}

class BoundedHandler extends DomHandler {
  private elements = 0
  private text = 0
  private depth = 0
  /** Open tags from a dead one on. */
  private deadOpen = 0

  override onopentag(name: string, attributes: Record<string, string>): void {
    if (++this.depth > limits.parsedDepth) throw new Enough()
    if (this.deadOpen > 0 || isDead(name, attributes)) {
      this.deadOpen++
      return
    }
    if (this.depth > limits.depth) return // what is in it joins the last element that is not too deep
    if (++this.elements > limits.elements) throw new Enough()
    super.onopentag(name, bounded(attributes))
  }

  override onclosetag(): void {
    const tooDeep = this.depth-- > limits.depth
    if (this.deadOpen > 0) this.deadOpen--
    else if (!tooDeep) super.onclosetag()
  }

  override ontext(data: string): void {
    if (this.deadOpen > 0) return
    super.ontext(data.slice(0, limits.text - this.text))
    this.text += data.length
    if (this.text > limits.text) throw new Enough()
  }

  override oncomment(): void {}
  override oncommentend(): void {}
  override oncdatastart(): void {}
  override oncdataend(): void {}
  override onprocessinginstruction(): void {}
}

const isDead = (name: string, { type }: Record<string, string>) => dead.has(name) || (name === 'script' && !/^\s*application\/ld\+json/i.test(type ?? ''))

function bounded(attributes: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes)
      .filter(([name, value]) => value.length <= limits.attribute && /^[a-z][a-z0-9:-]{0,40}$/.test(name))
      .slice(0, limits.attributes),
  )
}

/** The text in a node, white space folded; without scripts. */
export function lineOf(node: HtmlNode): string {
  return plainLineFromText(DomUtils.innerText(node))
}
