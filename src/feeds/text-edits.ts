import { FeedInvalid } from './parsed.ts'

type Kind = keyof typeof kinds
type Edit = { at: number; removed: number; added: string; rank: number }

/** What is put in at the same place stands in this order, and before what is replaced there. */
const ranks = { text: 0, attribute: 1, tagEnd: 2, endTag: 3, replaced: 4 }

const mostEdits = 200_000
const mostNames = 5
const longestName = 40

const kinds = {
  before: ['text before the document', 'texts before the document'],
  control: ['character that XML does not allow', 'characters that XML does not allow'],
  ampersand: ['ampersand that began no entity', 'ampersands that began no entity'],
  lessThan: ['"<" that began no tag', '"<" that began no tag'],
  unclosed: ['tag that was not closed', 'tags that were not closed'],
  stray: ['end tag without a start', 'end tags without a start'],
  spelling: ['end tag spelt unlike its start', 'end tags spelt unlike their start'],
  unended: ['tag without its ">"', 'tags without their ">"'],
  unquoted: ['attribute without quotes', 'attributes without quotes'],
  quote: ['quote that was not closed', 'quotes that were not closed'],
  attributes: ['tag with too many attributes', 'tags with too many attributes'],
  comment: ['comment that was not closed', 'comments that were not closed'],
  cdata: ['CDATA section that was not closed', 'CDATA sections that were not closed'],
  channel: ['channel that was not begun', 'channels that were not begun'],
  prefix: ['prefix that was not declared', 'prefixes that were not declared'],
  after: ['text after the end of the document', 'texts after the end of the document'],
} satisfies Record<string, [one: string, several: string]>

/** Changes of a text, gathered while it is read and made at its end, and what to tell of them. */
export class TextEdits {
  readonly #edits: Edit[] = []
  readonly #told = new Map<Kind, { count: number; names: Set<string> }>()

  /** @throws FeedInvalid when there are more than 200,000 changes */
  insert(at: number, added: string, as: 'text' | 'attribute' | 'tagEnd' | 'endTag'): void {
    this.#add({ at, removed: 0, added, rank: ranks[as] })
  }

  /** @throws FeedInvalid when there are more than 200,000 changes */
  replace(at: number, removed: number, added: string): void {
    this.#add({ at, removed, added, rank: ranks.replaced })
  }

  #add(edit: Edit): void {
    if (this.#edits.length >= mostEdits) throw new FeedInvalid('The XML of the feed has too many errors to be repaired.')
    this.#edits.push(edit)
  }

  tell(kind: Kind, { count = 1, name }: { count?: number; name?: string } = {}): void {
    const told = this.#told.get(kind) ?? { count: 0, names: new Set() }
    told.count += count
    if (name !== undefined && told.names.size <= mostNames) told.names.add(name.slice(0, longestName).toWellFormed())
    this.#told.set(kind, told)
  }

  /** The text up to `end` with its changes; of what is put in at the same place in the same way, the first comes first. The same text when there are none. */
  apply(text: string, end: number): string {
    const edits = this.#edits.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at || a.rank - b.rank)
    const parts: string[] = []
    let from = 0
    for (const { at, removed, added } of edits) {
      if (at < from) continue
      parts.push(text.slice(from, at), added)
      from = at + removed
    }
    return parts.length === 0 ? text.slice(0, end) : parts.join('') + text.slice(from, Math.max(from, end))
  }

  /** In plain words, each kind once, e.g. "2 tags that were not closed: <b>, <i>". */
  told(): string[] {
    return [...this.#told].map(([kind, { count, names }]) => {
      const listed = [...names].slice(0, mostNames).map((name) => `<${name}>`)
      return `${count} ${kinds[kind][count === 1 ? 0 : 1]}${listed.length === 0 ? '' : `: ${listed.join(', ')}${names.size > mostNames ? ' and others' : ''}`}`
    })
  }
}
