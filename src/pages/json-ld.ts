/** What a page says of its article in JSON-LD (schema.org); what it does not say is undefined. */
export type StatedArticle = {
  headline: string | undefined
  authors: string[]
  datePublished: string | undefined
  language: string | undefined
  /** Plain text, or HTML. */
  body: string | undefined
}

const articleType = /(?:Article|Posting|Report|Recipe|Review)$/
const most = { nodes: 1_000, depth: 6, authors: 20 }

/**
 * The first article among blocks of JSON-LD, or what comes nearest to one.
 * @param blocks the texts of a page's scripts; those that are not JSON are passed over
 */
export function readJsonLd(blocks: readonly string[]): StatedArticle | undefined {
  const found: Record<string, unknown>[] = []
  for (const block of blocks) collect(parse(block), found, 0)
  const article = found.find((node) => texts(node['@type']).some((type) => articleType.test(type))) ?? found.find((node) => node['datePublished'])
  if (!article) return undefined
  return {
    headline: texts(article['headline'])[0],
    authors: namesOf(article['author'], found).slice(0, most.authors),
    datePublished: texts(article['datePublished'])[0],
    language: texts(article['inLanguage'])[0],
    body: texts(article['articleBody'])[0],
  }
}

function parse(block: string): unknown {
  try {
    // Line ends inside of strings are common, and no JSON.
    return JSON.parse(block.replace(/[\n\r\t]/g, ' '))
  } catch {
    return undefined
  }
}

function collect(value: unknown, found: Record<string, unknown>[], depth: number): void {
  if (depth > most.depth || found.length >= most.nodes || typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const one of value) collect(one, found, depth + 1)
    return
  }
  const node = value as Record<string, unknown>
  found.push(node)
  for (const inner of [node['@graph'], node['mainEntity'], node['mainEntityOfPage']]) collect(inner, found, depth + 1)
}

/** A text, or those of a list of texts. */
function texts(value: unknown): string[] {
  return [value].flat().filter((one) => typeof one === 'string' && one.trim() !== '') as string[]
}

/** An author is a name, an object with a name, or one that refers to such an object by its id. */
function namesOf(value: unknown, found: readonly Record<string, unknown>[]): string[] {
  return [value].flat().flatMap((one: unknown) => {
    if (typeof one !== 'object' || one === null) return texts(one)
    const { name, '@id': id } = one as Record<string, unknown>
    return texts(name ?? (id === undefined ? undefined : found.find((node) => node['@id'] === id && node['name'])?.['name']))
  })
}
