/** In characters. A tag's attributes are all read before any of them can be judged. */
const longestTag = 65_536
/** Opening, closing and comments: room for all feeds and categories that a server may have. */
const mostTags = 50_000
/** Two for each attribute, wherever they are: each name that is new to the parser costs it some microseconds. */
const mostQuotes = 400_000
/** Elements within each other. */
const deepest = 50

/**
 * What is wrong with a text that should be OPML, before anything parses it: the parser forgives elements that are never closed,
 * which a file that was cut off has, and takes memory without bound. In linear time.
 * @returns a sentence for people; undefined when all tags match, from <opml> on, and the bounds hold
 */
export function problemOfXml(text: string): string | undefined {
  const open: string[] = []
  let tags = 0
  let elements = 0
  let quotes = 0
  let end = -1
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', end)) {
    const place = () => ` (line ${text.slice(0, at).split('\n').length})`
    if (++tags > mostTags) return `It has more than ${mostTags} tags.`
    const special = specials.find(([start]) => text.startsWith(start, at))
    end = special ? text.indexOf(special[1], at + special[0].length) : endOfTag(text, at)
    if (end === -1) return `A tag or comment does not end, or is longer than ${longestTag} characters${place()}.`
    if (special) continue
    const tag = text.slice(at, end + 1)
    quotes += tag.match(/["']/g)?.length ?? 0
    if (quotes > mostQuotes) return `It has more than ${mostQuotes / 2} attributes.`
    if (tag.startsWith('<!')) {
      // Entities of its own would have to be expanded.
      if (tag.includes('[')) return `A document type with declarations of its own is not read${place()}.`
      continue
    }
    const name = /^<\/?([^\s/>]*)/.exec(tag)![1]!.toLowerCase()
    if (tag.startsWith('</')) {
      if (open.pop() !== name) return `</${name.slice(0, 50)}> closes what is not open${place()}.`
      continue
    }
    if (elements === 0 && name !== 'opml') return `This is no OPML: it begins with <${name.slice(0, 50)}>.`
    if (elements > 0 && open.length === 0) return `There is more after </opml>${place()}.`
    elements++
    if (!tag.endsWith('/>')) open.push(name)
    if (open.length > deepest) return `It is more than ${deepest} levels deep${place()}.`
  }
  if (elements === 0) return 'This is no OPML.'
  return open.length > 0 ? `It ends before </${open.at(-1)!.slice(0, 50)}>.` : undefined
}

const specials = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const

/** Where the > of a tag is: one in quotes ends nothing. -1 when there is none within the bound. */
function endOfTag(text: string, from: number): number {
  let quote = ''
  for (let at = from; at < Math.min(text.length, from + longestTag); at++) {
    const character = text[at]!
    if (quote !== '') {
      if (character === quote) quote = ''
    } else if (character === '"' || character === "'") quote = character
    else if (character === '>') return at
  }
  return -1
}
