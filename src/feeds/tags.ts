import { Tokenizer } from 'htmlparser2'

const mostAttributes = 50

/**
 * Tells each opening tag of some names with its attributes, in lower case and decoded; of two of one name the first. In linear
 * time: the tokenizer alone keeps no stack of what is open, in which the parser searches for each closing tag.
 */
export function eachTag(html: string, names: readonly string[], tell: (name: string, attributes: Map<string, string>) => void): void {
  let tag: string | undefined
  let attributes = new Map<string, string>()
  let attribute = ''
  let value = ''
  const ignore = () => undefined
  const end = () => {
    if (tag !== undefined) tell(tag, attributes)
    tag = undefined
  }
  const tokenizer = new Tokenizer(
    { xmlMode: false, decodeEntities: true },
    {
      onopentagname: (from, to) => {
        // No name that is looked for is longer; most tags are others.
        const name = to - from > 10 ? '' : html.slice(from, to).toLowerCase()
        tag = names.includes(name) ? name : undefined
        attributes = new Map()
      },
      onattribname: (from, to) => {
        if (tag === undefined) return
        attribute = html.slice(from, to).toLowerCase()
        value = ''
      },
      onattribdata: (from, to) => {
        if (tag !== undefined) value += html.slice(from, to)
      },
      onattribentity: (codepoint) => {
        if (tag !== undefined) value += String.fromCodePoint(codepoint)
      },
      onattribend: () => {
        if (tag !== undefined && attributes.size < mostAttributes && !attributes.has(attribute)) attributes.set(attribute, value)
      },
      onopentagend: end,
      onselfclosingtag: end,
      onclosetag: ignore,
      oncomment: ignore,
      oncdata: ignore,
      ondeclaration: ignore,
      onprocessinginstruction: ignore,
      ontext: ignore,
      ontextentity: ignore,
      onend: ignore,
    },
  )
  tokenizer.write(html)
  tokenizer.end()
}
