import type { Random } from './random.ts'

export type Draft = { url: string; title: string; content: string; categoryId: string; language?: string }

/** An ArticleFilter of the API. */
export type Filter = { categoryIds?: string[]; languages?: string[]; minWordCount?: number } | null

/** In which no writer writes: every filter lets the articles of the end through. */
const end = { categoryId: 'end', language: 'zxx', words: 1_000 }
export const categories = ['world', 'science', 'sport', 'culture', end.categoryId]
const languages = ['en', 'en-GB', 'de', 'pt-BR', undefined]

/** A draft. No two have words in common, so that none is taken for a copy of another. @param name makes its link and its words its own */
function draft(name: string, words: number, categoryId: string, language: string | undefined): Draft {
  const content = Array.from({ length: words }, (_, i) => `${name}w${i}`).join(' ')
  return { url: `https://chaos.example/${name}`, title: `About ${name}`, content, categoryId, ...(language !== undefined && { language }) }
}

export const randomDraft = (name: string, random: Random): Draft => draft(name, random.int(5, 90), random.pick(categories.slice(0, -1)), random.pick(languages))

/** The same link with other words, and perhaps in another category and language. */
export function edited(old: Draft, edit: number, random: Random): Draft {
  return { ...randomDraft(`${old.url.split('/').at(-1)}e${edit}`, random), url: old.url }
}

/** Two, so that what comes again after the first is seen. */
export const endDrafts = [1, 2].map((n) => draft(`end${n}`, end.words, end.categoryId, end.language))
export const isEnd = (url: string): boolean => url === endDrafts[1]!.url

export function randomFilter(random: Random): Filter {
  const filter = {
    ...(random.chance(0.35) && { categoryIds: [random.pick(categories), random.pick(categories), end.categoryId] }),
    ...(random.chance(0.3) && { languages: [...random.pick([['en'], ['de', 'pt-BR'], ['EN-gb']]), end.language] }),
    ...(random.chance(0.3) && { minWordCount: random.int(10, 80) }),
  }
  return Object.keys(filter).length === 0 && random.chance(0.5) ? null : filter
}

/** What the schema says of a filter, read once more: nothing of the server's own code is asked. */
export function matches(filter: Filter, { categoryId, language, content }: Draft): boolean {
  const { categoryIds, languages: wanted, minWordCount = 0 } = filter ?? {}
  const spoken = language?.toLowerCase()
  return (
    (categoryIds?.includes(categoryId) ?? true) &&
    (wanted?.some((tag) => spoken === tag.toLowerCase() || spoken?.startsWith(`${tag.toLowerCase()}-`)) ?? true) &&
    content.split(' ').length >= minWordCount
  )
}
