import { finder } from './find-text.ts'
import { FeedInvalid } from './parsed.ts'
import type { TextEdits } from './text-edits.ts'

const mostAttributes = 1000
/** More of them, or one of more characters, is an attack and no mistake. */
const refused = { attributes: 100_000, value: 1024 * 1024 }
/** The parser keeps them as the names of properties, and grows slow with their number. */
const mostNames = 10_000

/** A start tag: `close` is where its ">" is, or belongs. */
export type StartTag = { name: string; close: number; end: number; empty: boolean }

const name = /[a-z_:\u00b7-\uffff][\w:.\-\u00b7-\uffff]*/iy
const isSpace = (code: number) => code === 32 || (code >= 9 && code <= 13)

/**
 * Reads start tags of a text, which need not be well-formed, and notes what has to be changed of them.
 * The reader answers undefined for a "<" that begins no tag, and 'cut' where the text ends within one.
 * @throws FeedInvalid past 10,000 different names of elements and attributes, 100,000 attributes of a tag, 1 MiB of one
 */
export function tagReader(text: string, edits: TextEdits): (at: number) => StartTag | 'cut' | undefined {
  const quotes = { 34: finder(text, '"'), 39: finder(text, "'") }
  const ends = finder(text, '>')
  const starts = finder(text, '<')
  const names = new Set<string>()

  return (at) => {
    name.lastIndex = at + 1
    const tag = name.exec(text)?.[0]
    if (tag === undefined) return undefined
    noteName(tag)
    let from = at + 1 + tag.length
    let attributes = 0
    let values = 0
    let manyFrom = -1
    for (;;) {
      while (isSpace(text.charCodeAt(from))) from++
      const code = text.charCodeAt(from)
      const after = from === at + 1 + tag.length
      if (Number.isNaN(code)) return 'cut'
      if (code === 62 || (code === 47 && text.charCodeAt(from + 1) === 62)) {
        if (manyFrom !== -1) dropFrom(manyFrom, from)
        const close = from
        return { name: tag, close, end: code === 62 ? from + 1 : from + 2, empty: code === 47 }
      }
      if (code === 60) {
        if (!after && values === 0 && attributes > 0) return undefined
        edits.insert(from, '>', 'tagEnd')
        edits.tell('unended', { name: tag })
        return { name: tag, close: from, end: from, empty: false }
      }
      // Such as an address in angle brackets.
      if (after) return undefined
      attributes++
      if (attributes > refused.attributes) throw new FeedInvalid(`One of its tags has more than ${refused.attributes} attributes.`)
      if (attributes > mostAttributes) {
        if (manyFrom === -1) manyFrom = from
      } else noteName(text.slice(from, endOfName(from)))
      const valueAt = valueOf(from)
      if (valueAt === undefined) {
        from = endOfName(from)
        continue
      }
      values++
      const end = readValue(valueAt, manyFrom === -1)
      if (end === undefined) return 'cut'
      if (end - valueAt > refused.value) throw new FeedInvalid(`One of its attributes is longer than ${refused.value / 1024 / 1024} MiB.`)
      from = end
    }
  }

  function noteName(noted: string): void {
    names.add(noted)
    if (names.size > mostNames) throw new FeedInvalid(`It has more than ${mostNames} different names of elements and attributes.`)
  }

  function dropFrom(from: number, end: number): void {
    edits.replace(from, end - from, '')
    edits.tell('attributes')
  }

  function endOfName(from: number): number {
    let end = from + 1
    for (; ; end++) {
      const code = text.charCodeAt(end)
      if (Number.isNaN(code) || isSpace(code) || code === 61 || code === 62 || code === 60 || code === 34 || code === 39) return end
      if (code === 47 && text.charCodeAt(end + 1) === 62) return end
    }
  }

  /** Where the value of the attribute begins; undefined when it has none. */
  function valueOf(from: number): number | undefined {
    const code = text.charCodeAt(from)
    if (code === 34 || code === 39) return from
    let at = code === 61 ? from : endOfName(from)
    while (isSpace(text.charCodeAt(at))) at++
    if (text.charCodeAt(at) !== 61) return undefined
    at++
    while (isSpace(text.charCodeAt(at))) at++
    return at
  }

  /** Where the value ends; undefined when the text ends before. */
  function readValue(from: number, mend: boolean): number | undefined {
    const quote = text.charCodeAt(from)
    if (quote === 34 || quote === 39) {
      const close = quotes[quote](from + 1)
      if (!isUnclosed(from, close)) return close + 1
      const end = ends(from)
      if (end === Infinity) return undefined
      const at = text.charCodeAt(end - 1) === 47 && end - 1 > from ? end - 1 : end
      if (mend) edits.insert(at, String.fromCharCode(quote), 'attribute')
      edits.tell('quote')
      return at
    }
    let end = from
    for (; ; end++) {
      const code = text.charCodeAt(end)
      if (Number.isNaN(code)) return undefined
      if (isSpace(code) || code === 62 || code === 60) break
    }
    // The slash of <br class=x/> is the tag's, the one of href=http://a/ > the address's.
    if (text.charCodeAt(end) === 62 && text.charCodeAt(end - 1) === 47 && end - 1 > from && !text.slice(from, end).includes('://')) end--
    if (mend) {
      edits.insert(from, '"', 'text')
      for (let at = quotes[34](from); at < end; at = quotes[34](at + 1)) edits.replace(at, 1, '&quot;')
      edits.insert(end, '"', 'attribute')
    }
    edits.tell('unquoted')
    return end
  }

  /** A value that runs over the end of its tag into the next one, and whose quote is no end of a value. */
  function isUnclosed(from: number, close: number): boolean {
    if (close === Infinity) return true
    const end = ends(from)
    const start = starts(from)
    if (end > close || start > close || end > start) return false
    const next = text.charCodeAt(close + 1)
    return !(isSpace(next) || next === 62 || next === 47 || Number.isNaN(next))
  }
}
