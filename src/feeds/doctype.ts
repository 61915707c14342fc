import { finder } from './find-text.ts'
import { FeedInvalid } from './parsed.ts'

const mostEntities = 100
const longestValue = 1000

const external = /^<!ENTITY\s+[\w:.-]+\s+(?:SYSTEM|PUBLIC)\s/
const nested = /^<!ENTITY\s+[\w:.-]+\s+["'][^"'<>]*?&(?!#|amp;|lt;|gt;|quot;|apos;)/

/**
 * Where a document type declaration ends, and the entities that it declares as plain text: at most 100, of at most 1,000 characters.
 * One that holds markup is none of them. Nothing is ever fetched: parameter entities, as the DTD of RSS 0.91 has them, are passed over.
 * @param at where its "<" is
 * @throws FeedInvalid when an entity holds another one, or stands elsewhere (SYSTEM, PUBLIC): no feed needs that, and attacks do
 */
export function readDoctype(text: string, at: number): { end: number; entities: Map<string, string> } {
  const entities = new Map<string, string>()
  const ends = finder(text, '>')
  const first = ends(at)
  const opening = text.indexOf('[', at)
  if (first === Infinity) return { end: text.length, entities }
  if (opening === -1 || opening > first) return { end: first + 1, entities }
  const declaration = /\s+|%[^\s;<>]{0,100};|<!--[^]*?-->|<\?[^]*?\?>|<!(?:"[^"]*"|'[^']*'|[^"'<>])*>/y
  let from = opening + 1
  for (;;) {
    declaration.lastIndex = from
    const found = declaration.exec(text)?.[0]
    if (found === undefined) break
    from += found.length
    const start = found.slice(0, 2 * longestValue)
    if (external.test(start) || nested.test(start)) throw new FeedInvalid('It declares entities that hold others, or stand elsewhere: such XML is not read.')
    const [, name, double, single] = /^<!ENTITY\s+([\w:.-]+)\s+(?:"([^"]*)"|'([^']*)')\s*>$/.exec(start) ?? []
    const value = double ?? single
    // The first declaration of a name is the one that counts.
    if (name === undefined || value === undefined || entities.has(name) || entities.size >= mostEntities) continue
    if (value.length <= longestValue && !/[<%]|&(?!#\d{1,7};|#x[\da-f]{1,6};)/i.test(value)) entities.set(name, value)
  }
  const close = /\s*\]\s*>/y
  close.lastIndex = from
  // What is no declaration ends the declaration of the type where it can only end.
  return { end: close.test(text) ? close.lastIndex : from > opening + 1 ? from : first + 1, entities }
}
