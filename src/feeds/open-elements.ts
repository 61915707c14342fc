import { FeedInvalid } from './parsed.ts'
import type { TextEdits } from './text-edits.ts'
import type { StartTag } from './xml-tags.ts'

const mostDeep = 500

export type OpenElement = {
  name: string
  lower: string
  kind: 'container' | 'entry' | 'html' | 'other'
  start: number
  close: number
  /** The feed or its channel, and not one that an entry holds. */
  outer: boolean
  /** An entry of the feed, and not one that something else holds. */
  counted: boolean
  /** The text of a field, or a part of it: the parser takes it as it stands, and so at little cost. */
  text: boolean
  /** Where the first child began that belongs beside this element rather than into it, if this one turns out never to end. */
  field: number
  entry: number
}

const containers = new Set(['rss', 'rdf', 'feed', 'channel'])
const entries = new Set(['item', 'entry'])
// Neither link nor title nor source nor summary, which are a feed's own.
const html = new Set(
  'a abbr b big blockquote br center cite code col dd del div dl dt em embed figcaption figure font h1 h2 h3 h4 h5 h6 hr i iframe img input ins kbd li nobr ol p param pre q s samp section small span strike strong sub sup table tbody td tfoot th thead tr tt u ul wbr'.split(
    ' ',
  ),
)
const fields = new Set(
  'title link description pubdate guid id updated published modified issued created summary content category author contributor comments enclosure source item entry'.split(
    ' ',
  ),
)

const texts = new Set('title description content:encoded content summary subtitle tagline'.split(' '))

/** The elements that are open at a place of a document, the innermost last; it ends those that do not end themselves. */
export class OpenElements {
  readonly #stack: OpenElement[] = []
  readonly #counts = new Map<string, number>()
  readonly #edits: TextEdits
  readonly #rootPrefix: string

  constructor(edits: TextEdits, rootPrefix: string) {
    this.#edits = edits
    this.#rootPrefix = rootPrefix
  }

  get size(): number {
    return this.#stack.length
  }

  get top(): OpenElement | undefined {
    return this.#stack.at(-1)
  }

  /** What a start tag begins; it is not opened yet. @throws FeedInvalid deeper than 500 */
  begin(start: number, { name, close }: StartTag): OpenElement {
    if (this.#stack.length >= mostDeep) this.#relieve()
    const lower = name.toLowerCase()
    const colon = lower.indexOf(':')
    const local = colon === -1 ? lower : lower.slice(colon + 1)
    const prefix = colon === -1 ? '' : name.slice(0, colon)
    const parent = this.top
    // An entry of another vocabulary is something else.
    const own = prefix === '' || prefix === this.#rootPrefix || prefix === 'rss' || prefix === 'atom'
    const kind = containers.has(local) ? 'container' : entries.has(local) && own ? 'entry' : html.has(lower) ? 'html' : 'other'
    if (parent) {
      if (parent.field === Infinity && (colon === -1 ? fields.has(lower) : !parent.lower.startsWith(lower.slice(0, colon + 1)))) parent.field = start
      if (parent.entry === Infinity && kind === 'entry') parent.entry = start
    }
    const child = parent?.outer === true
    const text = parent !== undefined && (parent.text || ((child || parent.counted) && texts.has(lower)))
    return {
      name,
      lower,
      kind,
      start,
      close,
      outer: kind === 'container' && (parent === undefined || child),
      counted: kind === 'entry' && child,
      text,
      field: Infinity,
      entry: Infinity,
    }
  }

  open(element: OpenElement): void {
    this.#stack.push(element)
    this.#counts.set(element.lower, (this.#counts.get(element.lower) ?? 0) + 1)
  }

  /** Ends the element that an end tag means, and those within it that have not ended; undefined when it means none. */
  end(name: string, at: number): OpenElement | undefined {
    const top = this.top
    if (top?.name === name) return this.#pop()
    const lower = name.toLowerCase()
    if (!this.#counts.get(lower)) return undefined
    for (let i = this.#stack.length - 1; i >= 0; i--) {
      const element = this.#stack[i]!
      if (element.lower === lower) {
        while (this.#stack.length > i + 1) this.#endUnclosed(at)
        return this.#pop()
      }
      // What is wrong within an entry ends neither the entry nor anything around it.
      if (element.kind === 'entry' && !containers.has(lower.slice(lower.indexOf(':') + 1))) return undefined
    }
    return undefined
  }

  /** Forgets the innermost entry and all that is open in it; undefined when none is open. An entry of a feed that an entry holds is a part of that. */
  dropEntry(): OpenElement | undefined {
    const outermost = this.#stack.findIndex(({ kind }) => kind === 'entry')
    const held = this.#stack.findIndex(({ kind }, i) => kind === 'container' && i > outermost)
    const i = this.#stack.findLastIndex(({ kind }, at) => kind === 'entry' && (held === -1 || at < held))
    if (outermost === -1 || i === -1) return undefined
    const entry = this.#stack[i]
    while (this.#stack.length > i) this.#pop()
    return entry
  }

  /** Ends all that is open, where the document does. */
  endAll(at: number): void {
    while (this.#stack.length > 0) {
      const element = this.#pop()!
      this.#edits.insert(Math.min(placeOfEnd(element), at), `</${element.name}>`, 'endTag')
      passOn(element, this.top)
    }
  }

  #pop(): OpenElement | undefined {
    const element = this.#stack.pop()
    if (element) {
      const count = this.#counts.get(element.lower)! - 1
      if (count > 0) this.#counts.set(element.lower, count)
      else this.#counts.delete(element.lower)
    }
    return element
  }

  #endUnclosed(at: number): void {
    const element = this.#pop()!
    this.#writeEnd(element, Math.min(at, placeOfEnd(element)), this.top)
  }

  #writeEnd(element: OpenElement, at: number, parent: OpenElement | undefined): void {
    const { name, kind, close } = element
    // One that was put in needs no mention.
    if (element.start !== -1) this.#edits.tell('unclosed', { name })
    // As HTML it means the same as without the slash, where an end tag might not.
    if (kind === 'html') this.#edits.insert(close, '/', 'attribute')
    else this.#edits.insert(at, `</${name}>`, 'endTag')
    passOn(element, parent)
  }

  /** Ends what will hardly end any more: old HTML leaves lines and points of lists open, and a bad writer each entry. */
  #relieve(): void {
    const open = this.#stack.splice(0).toReversed()
    this.#counts.clear()
    const kept: OpenElement[] = []
    for (const [i, element] of open.entries()) {
      const at = placeOfEnd(element)
      if (element.kind === 'html' || at < Infinity) this.#writeEnd(element, at, open[i + 1])
      else kept.push(element)
    }
    if (kept.length >= mostDeep) throw new FeedInvalid(`Its elements are nested deeper than ${mostDeep}.`)
    for (const element of kept.toReversed()) this.open(element)
  }
}

/** What an element held that belongs beside it is its parent's. */
function passOn({ field, entry }: OpenElement, parent: OpenElement | undefined): void {
  if (!parent) return
  parent.field = Math.min(parent.field, field)
  parent.entry = Math.min(parent.entry, entry)
}

/** Where an element ends that should have ended before its parent does: Infinity when nothing tells it. */
function placeOfEnd({ kind, field, entry }: OpenElement): number {
  if (kind === 'container') return Infinity
  return kind === 'entry' ? entry : Math.min(field, entry)
}
