// npx tsx bench/copies.ts ARTICLES PAIRS
//
// How well copies are told: the articles of ARTICLES ({id, title, text} on each line) are ingested, each under a host of its
// own, and those that became one article are held against PAIRS ([[id, id, index], ...], a Jaccard index of .8 or more).
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig } from '../src/config.ts'
import { startServer } from '../src/serve.ts'
import { post } from './post.ts'

const [articlesFile, pairsFile] = process.argv.slice(2)
if (articlesFile === undefined || pairsFile === undefined) throw new Error('usage: npx tsx bench/copies.ts ARTICLES PAIRS')
const articles = (await readFile(articlesFile, 'utf8'))
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line) as { id: string; title: string; text: string })
const pairs = JSON.parse(await readFile(pairsFile, 'utf8')) as [string, string, number][]

const folder = await mkdtemp(join(tmpdir(), 'newswire-bench-'))
const { url, close } = await startServer(parseConfig({ DATA_DIR: folder, PORT: '0', LOG_LEVEL: 'fatal' }), { poll: false })
try {
  await post(url, 'mutation { addCategory(input: { id: "bench", name: "Bench" }) { category { id } } }', {})
  const members = new Map<string, string[]>()
  for (let from = 0; from < articles.length; from += 100) {
    const some = articles.slice(from, from + 100)
    const { ingestArticles } = (await post(
      url,
      'mutation ($articles: [ArticleInput!]!) { ingestArticles(input: { articles: $articles }) { results { article { id } } } }',
      { articles: some.map(({ title, text }, i) => ({ url: `https://host${from + i}.example/story`, title, content: text, categoryId: 'bench' })) },
    )) as { ingestArticles: { results: { article: { id: string } }[] } }
    ingestArticles.results.forEach(({ article }, i) => members.set(article.id, [...(members.get(article.id) ?? []), some[i]!.id]))
  }
  const name = (a: string, b: string) => (a < b ? `${a} ${b}` : `${b} ${a}`)
  const joined = new Set([...members.values()].flatMap((ids) => ids.flatMap((a, i) => ids.slice(i + 1).map((b) => name(a, b)))))
  const copies = new Set(pairs.filter(([, , index]) => index >= 0.8).map(([a, b]) => name(a, b)))
  const right = [...joined].filter((pair) => copies.has(pair)).length
  const [precision, recall] = [right / joined.size, right / copies.size]
  console.log(
    `${articles.length} articles became ${members.size}; ${copies.size} pairs, ${joined.size} joined: precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}, F1 ${((2 * precision * recall) / (precision + recall)).toFixed(3)}`,
  )
  for (const pair of joined) if (!copies.has(pair)) console.log(`joined, and no such pair: ${pair}`)
  for (const pair of copies) if (!joined.has(pair)) console.log(`not joined: ${pair}`)
} finally {
  await close()
  await rm(folder, { recursive: true, force: true })
}
