import type { Api } from './api.ts'

type Page = {
  nodes: Node[]
  pageInfo: { endCursor: string | null; hasNextPage: boolean }
}
type Node = Exported & { contentHtml: string; sightings: { url: string; guid: string | null }[] }
type Exported = { id: string; url: string; createdAt: string; enclosures: object[] }

/** What import takes under the name that it has in the graph; the rest is made from what else is asked for. */
const fields = 'id categoryId url title publishedAt createdAt updatedAt lastReadAt readCount byline summary: sourceSummary imageUrl language tags'
const query = `query Export($first: Int!, $after: String) {
  articles(first: $first, after: $after, orderBy: CREATED_ASC) {
    nodes { ${fields} contentHtml enclosures { url mediaType byteLength } sightings(first: 5) { url guid } }
    pageInfo { endCursor hasNextPage }
  }
}`
const newest = 'query Newest { articles(first: 1, orderBy: CREATED_DESC) { nodes { id createdAt } } }'

/** The most that the server gives at once. */
const mostArticles = 100
/** Characters that the next page may have, as far as that can be told from the one before. */
const wantedCharacters = 4 * 1024 * 1024

/**
 * Every article that is there now, as import takes it, ordered by when it was made and then by its id, a page at a time. What
 * comes meanwhile comes after these, and is left out.
 */
export async function* exportArticles(api: Api): AsyncGenerator<object[], void> {
  const { articles: end } = await api<{ articles: Page }>(newest)
  const last = end.nodes[0]
  if (!last) return
  let after: string | null = null
  for (let first = 20; ;) {
    const { articles }: { articles: Page } = await api(query, { first, after })
    const wanted = articles.nodes.filter((node) => !isAfter(node, last))
    if (wanted.length > 0) yield wanted.map(archivedArticle)
    after = articles.pageInfo.endCursor
    if (!articles.pageInfo.hasNextPage || wanted.length < articles.nodes.length) return
    const characters = articles.nodes.reduce((sum, { contentHtml }) => sum + contentHtml.length, 1)
    first = Math.max(1, Math.min(mostArticles, first * 2, Math.floor((articles.nodes.length * wantedCharacters) / characters)))
  }
}

const isAfter = (a: Exported, b: Exported) => (a.createdAt === b.createdAt ? a.id > b.id : a.createdAt > b.createdAt)

/** What is null is left out: to import it is the same. */
function archivedArticle({ contentHtml, sightings, enclosures, ...article }: Node): object {
  const guid = sightings.find((sighting) => sighting.guid !== null && sighting.url === article.url)?.guid ?? null
  const all = { ...article, content: contentHtml, contentFormat: 'HTML', enclosures: enclosures.map(present), guid }
  return present(all)
}

const present = (fieldsOf: object) => Object.fromEntries(Object.entries(fieldsOf).filter(([, value]) => value !== null))
