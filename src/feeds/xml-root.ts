import { readDoctype } from './doctype.ts'

/** How far into a document its root is looked for behind what a page or an error message wrote before it. */
const farthestRoot = 65_536

/** `name` is without its prefix and in lower case, `prefix` is "" where there is none. `junk`: there was other text before it. */
export type XmlRoot = { name: string; prefix: string; at: number; junk: boolean; entities: Map<string, string> }

const startTag = /<(?:([a-z_][\w.-]*):)?([a-z_][\w.-]*)(?=[\s/>])/iy
const feedStart = /<\?xml\s|<(?:[a-z_][\w.-]{0,50}:)?(?:rss|feed|rdf)[\s>]/gi

/** The first element of an XML document, behind declarations, comments and what does not belong there; undefined when there is none. */
export function findRoot(text: string): XmlRoot | undefined {
  let entities = new Map<string, string>()
  let junk = false
  let from = 0
  for (;;) {
    const at = text.indexOf('<', from)
    if (at === -1) return undefined
    // A mark of the byte order is no text.
    junk ||= /[^\s\ufeff]/.test(text.slice(from, at))
    if (text.startsWith('<!--', at)) from = endOf(text, '-->', at)
    else if (text.startsWith('<?', at)) from = Math.min(endOf(text, '?>', at), /^<\?xml\s/i.test(text.slice(at, at + 6)) ? endOf(text, '>', at) : Infinity)
    else if (/^<!doctype/i.test(text.slice(at, at + 9))) {
      const declared = readDoctype(text, at)
      entities = declared.entities
      from = declared.end
    } else {
      startTag.lastIndex = at
      const [, prefix = '', name = ''] = startTag.exec(text) ?? []
      const root = { name: name.toLowerCase(), prefix, at, entities }
      if (/^(?:rss|feed|rdf|html|head|body)$/.test(root.name)) return { ...root, junk }
      feedStart.lastIndex = at + 1
      // A message in HTML may stand before the feed; in other XML a feed is no root.
      const next =
        name === '' || /^(?:br|b|p|div|span|font|script|style|center|table)$/.test(root.name) ? feedStart.exec(text.slice(0, farthestRoot))?.index : undefined
      if (next === undefined) return name === '' ? undefined : { ...root, junk }
      junk = true
      from = next
    }
  }
}

function endOf(text: string, end: string, from: number): number {
  const at = text.indexOf(end, from)
  return at === -1 ? text.length : at + end.length
}
