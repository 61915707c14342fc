import { finder } from './find-text.ts'
import { OpenElements } from './open-elements.ts'
import { FeedInvalid } from './parsed.ts'
import { TextEdits } from './text-edits.ts'
import type { XmlRoot } from './xml-root.ts'
import { tagReader, type StartTag } from './xml-tags.ts'

/** Of one document. */
export const mostEntries = 5_000
export const tooMany = `it has more than ${mostEntries} entries, of which the first are read`
/** Of those that are more than the text of a field. */
const mostElements = 150_000
/** How much longer than itself a document may become by its own entities, in characters. */
const mostGrowth = 1_000_000
/** Text of an element that is no field of a feed is read by nobody, and costs the parser an object for each character. */
const longestText = 65_536

export type RepairedXml = {
  /** The root element, well-formed as far as the parser needs it: tags that match, quotes and sections that end. */
  text: string
  /** How many entries it holds. */
  entries: number
  /** What was changed, in plain words; empty when nothing was. */
  repaired: string[]
}

const namespaces: Record<string, string> = { rdf: 'http://www.w3.org/1999/02/22-rdf-syntax-ns#', feed: 'http://www.w3.org/2005/Atom' }
const reference = /&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z_][\w.-]{0,40});/iy
const endTag = /<\/\s*([^\s<>]*)[^<>]*/y

/**
 * Reads XML once from its root's start to its end, and changes where it is malformed what a reader would guess: an element
 * that is not closed ends where its parent does, or where the next field of a feed begins; what begins no tag or entity is text;
 * a document that is cut off loses the entry that was cut. XML that is well-formed stays as it is.
 * @throws FeedInvalid past 200,000 changes, a depth of 500, or a growth of a million characters by its entities
 */
export function repairXml(document: string, root: XmlRoot): RepairedXml {
  const edits = new TextEdits()
  if (root.junk) edits.tell('before')
  const text = withoutControls(root.at === 0 ? document : document.slice(root.at), edits)
  const open = new OpenElements(edits, root.prefix)
  const readTag = tagReader(text, edits)
  const next = {
    tag: finder(text, '<'),
    end: finder(text, '>'),
    ampersand: finder(text, '&'),
    comment: finder(text, '-->'),
    cdata: finder(text, ']]>'),
    instruction: finder(text, '?>'),
  }
  let [entries, elements, growth, rootEnd] = [0, 0, 0, -1]
  let more = ''
  let hasChannel = false

  let at = 0
  let cut: number | undefined
  while (cut === undefined && rootEnd === -1) {
    const lt = next.tag(at)
    const end = Math.min(lt, text.length)
    readText(at, end)
    if (end - at > longestText && !open.top?.text) edits.replace(at, end - at, '')
    if (lt === Infinity) cut = text.length
    else readMarkup(lt)
  }
  const told = edits.told.bind(edits)
  if (cut === undefined) {
    if (/[^\s]/.test(text.slice(rootEnd, rootEnd + longestText).replace(/<!--[^]*?(?:-->|$)|<\?[^]*?(?:\?>|$)/g, ''))) edits.tell('after')
    return { text: edits.apply(text, rootEnd), entries, repaired: told() }
  }
  const dropped = open.dropEntry()
  if (dropped) cut = dropped.start
  if (dropped?.counted) entries--
  open.endAll(cut)
  const why = more || `the end of the document was missing${dropped ? ', and its last entry is left out' : ''}`
  return { text: edits.apply(text, cut), entries, repaired: [...told(), why] }

  function readText(from: number, end: number): void {
    for (let amp = next.ampersand(from); amp < end; amp = next.ampersand(amp + 1)) {
      reference.lastIndex = amp
      const found = reference.exec(text)?.[0]
      const value = found && root.entities.get(found.slice(1, -1))
      if (found === undefined) {
        edits.insert(amp + 1, 'amp;', 'text')
        edits.tell('ampersand')
      } else if (value !== undefined) {
        growth += value.length
        if (growth > mostGrowth) throw new FeedInvalid('The entities that the document declares make it too large.')
        edits.replace(amp, found.length, value)
      }
    }
  }

  function readMarkup(lt: number): void {
    const code = text.charCodeAt(lt + 1)
    if (code === 33) at = readDeclaration(lt)
    else if (code === 63) at = readInstruction(lt)
    else if (code === 47) readEnd(lt)
    else readStart(lt)
  }

  function escape(lt: number, kind: 'lessThan' | 'comment' | 'cdata'): number {
    edits.replace(lt, 1, '&lt;')
    edits.tell(kind)
    return lt + 1
  }

  function readDeclaration(lt: number): number {
    if ('<![CDATA['.startsWith(text.slice(lt, lt + 9)) && text.length - lt < 9) {
      cut = lt
      return lt
    }
    if (text.startsWith('<!--', lt)) {
      const end = next.comment(lt + 4)
      return end === Infinity ? escape(lt, 'comment') : end + 3
    }
    if (text.startsWith('<![CDATA[', lt)) {
      const end = next.cdata(lt + 9)
      if (end !== Infinity) return end + 3
      edits.tell('cdata')
      const close = open.top ? text.indexOf(`</${open.top.name}`, lt) : -1
      if (close === -1) {
        cut = lt
        return lt
      }
      edits.insert(close, ']]>', 'text')
      return close
    }
    const end = text.slice(lt, lt + 9).toLowerCase() === '<!doctype' ? next.end(lt) : Infinity
    if (end > next.tag(lt + 1) || end === Infinity) return escape(lt, 'lessThan')
    edits.replace(lt, end + 1 - lt, '')
    return end + 1
  }

  /** Nobody reads an instruction, and the parser looks for the ends of quotes in it. */
  function readInstruction(lt: number): number {
    const end = next.instruction(lt + 2)
    if (end === Infinity) return escape(lt, 'lessThan')
    if (/["']/.test(text.slice(lt, end))) edits.replace(lt, end + 2 - lt, '')
    return end + 2
  }

  function readStart(lt: number): void {
    const tag = readTag(lt)
    if (tag === undefined) {
      at = escape(lt, 'lessThan')
      return
    }
    if (tag === 'cut') {
      cut = lt
      return
    }
    if (root.name === 'rss' && open.size === 1 && !hasChannel && /^(?:item|title|link|description)$/i.test(tag.name)) {
      edits.insert(lt, '<channel>', 'endTag')
      edits.tell('channel')
      open.open(open.begin(-1, { name: 'channel', close: lt, end: lt, empty: false }))
    }
    hasChannel ||= open.size === 1 && /^(?:\w+:)?channel$/i.test(tag.name)
    const element = open.begin(lt, tag)
    if (element.counted) entries++
    if (!element.text) elements++
    if (elements > mostElements || entries > mostEntries) {
      more = element.counted ? tooMany : 'it has too many elements, of which the first are read'
      if (element.counted) entries--
      cut = lt
      // The entry before this one may be open, and ends here.
      return
    }
    readText(lt, tag.close)
    if (open.size === 0) declarePrefix(lt, tag)
    if (!tag.empty) open.open(element)
    else if (open.size === 0) rootEnd = tag.end
    at = tag.end
  }

  /** Without the declaration the parser does not know the root. */
  function declarePrefix(lt: number, { name, close }: StartTag): void {
    const uri = namespaces[root.name]
    if (uri === undefined || root.prefix === '' || text.slice(lt, close).includes(`xmlns:${root.prefix}`)) return
    edits.insert(lt + 1 + name.length, ` xmlns:${root.prefix}="${uri}"`, 'text')
    edits.tell('prefix')
  }

  function readEnd(lt: number): void {
    endTag.lastIndex = lt
    const [whole, name = ''] = endTag.exec(text)!
    const close = lt + whole.length
    if (close >= text.length) {
      cut = lt
      return
    }
    const unended = text.charCodeAt(close) === 60
    if (unended) edits.tell('unended', { name: `/${name}` })
    at = unended ? close : close + 1
    const element = open.end(name, lt)
    if (element === undefined) {
      edits.replace(lt, at - lt, '')
      edits.tell('stray', { name: `/${name}` })
      return
    }
    if (element.name !== name) edits.tell('spelling', { name: `/${name}` })
    if (element.name !== name || unended) edits.replace(lt, at - lt, `</${element.name}>`)
    if (open.size === 0) rootEnd = at
  }
}

function withoutControls(text: string, edits: TextEdits): string {
  // oxlint-disable-next-line no-control-regex
  const controls = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]+/g
  const clean = text.replace(controls, '')
  if (clean.length < text.length) edits.tell('control', { count: text.length - clean.length })
  return clean
}
