import type { ParsedFeed } from './parsed.ts'

// Comments and instructions may only be read in one way: a choice would be tried in all combinations.
const root = /^\s*(?:<!--(?:(?!-->)[^])*-->\s*|<\?(?:(?!\?>)[^])*\?>\s*|<!doctype[^<>]*>\s*)*<(?:[\w-]+:)?(rss|feed|rdf)[\s/>]/i
const formats = { rss: 'RSS', feed: 'ATOM', rdf: 'RDF' } as const

/** The format of a document by its outermost element alone; undefined when that is no feed's. */
export function rootFormat(text: string): ParsedFeed['format'] | undefined {
  const name = root.exec(text)?.[1]?.toLowerCase()
  return name === undefined ? undefined : formats[name as keyof typeof formats]
}

/** A feed that says nothing yet, not even its title: the library takes it for none. */
export const emptyFeed = (format: ParsedFeed['format']): ParsedFeed => ({
  format,
  title: null,
  siteLinks: [],
  base: null,
  language: null,
  authors: [],
  entries: [],
})
