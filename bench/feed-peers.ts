// npx tsx bench/feed-peers.ts FOLDER...
//
// Feeds that other parsers' tests hold, with what those parsers read from them: X.xml beside X.json (gofeed), or input/X.*
// and output/X.json (rss-parser). Tells how many entries, titles and links are the same here, what is refused that they
// read, and what is read that they refuse. Titles and texts are compared without tags, entities and white space.
import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { plainLineFromHtml } from '../src/articles/text.ts'
import { decodeBytes } from '../src/feeds/decode.ts'
import { normalize } from '../src/feeds/normalize.ts'
import { parseFeedText, type ParsedFeed } from '../src/feeds/parse.ts'
import { lineOf } from '../src/feeds/parsed.ts'

type Item = { title?: unknown; link?: unknown; links?: unknown }
type Expected = { items?: Item[]; entries?: Item[]; feed?: { items?: Item[] } }

const feedUrl = 'http://feed.example/feed'
const folders = process.argv.slice(2)
if (folders.length === 0) throw new Error('Usage: npx tsx bench/feed-peers.ts FOLDER...')

for (const folder of folders) {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
  const known = new Set(names)
  const total = { feeds: 0, read: 0, counts: 0, entries: 0, titles: 0, links: 0, titled: 0, linked: 0, alone: 0 }
  for (const name of names.toSorted()) {
    const expectation = expectationOf(name, known)
    if (expectation === name || name.endsWith('LICENSE') || (expectation === undefined && !/\.(xml|rss|atom|json)$/.test(name))) continue
    const feed = parse(await readFile(name))
    if (expectation === undefined) {
      if (!('failure' in feed) || !/_expected\.json$|\/output\//.test(name)) {
        total.alone++
        console.log(`  ${name}: nothing to compare with; ${'failure' in feed ? feed.failure : `${feed.entries.length} entries`}`)
      }
      continue
    }
    const items = itemsOf(JSON.parse(await readFile(expectation, 'utf8')) as Expected)
    total.feeds++
    total.entries += items.length
    total.titled += items.filter(({ title }) => text(title) !== '').length
    total.linked += items.filter((item) => linksOf(item).length > 0).length
    if ('failure' in feed) {
      console.log(`  ${name}: refused (${feed.failure}), ${items.length} entries there`)
      continue
    }
    total.read++
    if (feed.entries.length === items.length) total.counts++
    else console.log(`  ${name}: ${feed.entries.length} entries, ${items.length} there`)
    items.forEach((item, i) => {
      const entry = feed.entries[i]
      const title = entry?.title ? lineOf(entry.title) : ''
      if (text(item.title) !== '' && [bare(title), title.replace(/\s+/g, '')].includes(bare(text(item.title)))) total.titles++
      else if (text(item.title) !== '') console.log(`  ${name}: title ${JSON.stringify(title)}, ${JSON.stringify(item.title)} there`)
      const links = linksOf(item)
      const url =
        entry && normalize({ ...feed, entries: [{ ...entry, bodies: [{ value: 'a text', html: false }] }] }, { feedUrl, now: new Date() }).entries[0]?.url
      if (links.some((link) => URL.canParse(link, feedUrl) && new URL(link, feedUrl).href === url)) total.links++
      else if (links.length > 0) console.log(`  ${name}: link ${url}, ${links.join(' ')} there`)
    })
  }
  console.log(
    `${folder}: ${total.read} of ${total.feeds} feeds read, ${total.counts} with as many entries; of ${total.entries} entries ${total.titles} of ${total.titled} titles ` +
      `and ${total.links} of ${total.linked} links are the same; ${total.alone} more without an expectation`,
  )
}

/** The name itself where it is an expectation. */
function expectationOf(name: string, known: Set<string>): string | undefined {
  const stem = name.slice(0, -extname(name).length)
  if (name.includes('/output/')) return name
  const beside = [`${stem}.json`, `${stem}_expected.json`, join(dirname(dirname(name)), 'output', `${basename(stem)}.json`)]
  if (name.endsWith('.json') && (known.has(`${stem}.xml`) || name.endsWith('_expected.json'))) return name
  return beside.find((candidate) => candidate !== name && known.has(candidate))
}

function parse(body: Buffer): ParsedFeed | { failure: string } {
  try {
    return parseFeedText(decodeBytes(body, null).text)
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) }
  }
}

function itemsOf({ items, entries, feed }: Expected): Item[] {
  return items ?? entries ?? feed?.items ?? []
}

function text(value: unknown): string {
  if (typeof value === 'string') return value
  return typeof value === 'object' && value !== null && 'value' in value ? text(value.value) : ''
}

function bare(line: string): string {
  return plainLineFromHtml(line).replace(/\s+/g, '')
}

/** gofeed's own tests write a link as a text, Atom's as {href, rel}. */
function linksOf({ link, links }: Item): string[] {
  const all = [link, ...(Array.isArray(links) ? (links as unknown[]) : [])]
  return all.flatMap((one) => {
    if (typeof one === 'string') return one === '' ? [] : [one]
    const { href, rel } = (one ?? {}) as { href?: string; rel?: string }
    return href !== undefined && (rel === undefined || rel === 'alternate') ? [href] : []
  })
}
