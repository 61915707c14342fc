// npx tsx bench/feed-assertions.ts FOLDER [-v]
//
// How much of what feedparser's own tests say of a feed holds for what we read from it. FOLDER holds expect.dev.json (for
// each file its headers and assertions) and tests/. Every file goes the way of a fetched one: decode, parse, normalize, draft.
// -v names the places of feedparser's result that we have no counterpart of, and the texts that are safe, but others.
//
// - An entry without a link or a text would be rejected: it is given them, so that the rest of it is judged.
// - feedparser compares its own writing of HTML: here texts are compared, without tags, entities and white space.
// - A sanitiser's case holds when nothing active is left; how many are the same text too is told beside.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeBytes } from '../src/feeds/decode.ts'
import { parseFeedText } from '../src/feeds/parse.ts'
import type { ParsedFeed } from '../src/feeds/parsed.ts'
import { judge, kindOf, type Assertion } from './feed-places.ts'

type Case = { file: string; headers: Record<string, string>; assert: Assertion[] }

/** Why what fails is not mended, by the name of the file; for people, and without a part in the count. */
const reasons: [RegExp, string][] = [
  [/\/cdf\//, 'CDF is no format that is read here'],
  [/description_and_summary/, 'RSS has no <summary>'],
  [/not_a_doctype|malicious_comment/, 'a browser takes this for a comment, and so do we'],
  [/updated_multiple_values/, 'the first of two counts'],
  [/entry_id_base/, 'an id is kept as it is written'],
  [/link_xml_base_iri/, "a feed's link to itself has no place"],
  [/entities\/rang/, 'U+27E9, as HTML 5 has it'],
  [/author_map_author/, 'a byline is a name, without the address'],
  [/content_language/, 'the header Content-Language is not read'],
  [/lang\/|itunes_item_(link_image|category_nested)/, 'feedsmith drops it'],
  [/category_term_non_ascii/, 'a label stands for its term'],
]

const asked = ['title', 'link', 'id', 'body', 'date']

const [folder, flag] = process.argv.slice(2)
if (folder === undefined) throw new Error('Usage: npx tsx bench/feed-assertions.ts FOLDER [-v]')
const cases = JSON.parse(await readFile(join(folder, 'expect.dev.json'), 'utf8')) as Case[]
const counts = new Map<string, { holds: number; all: number }>()
const placeless = new Map<string, number>()
const sanitiser = { all: 0, safe: 0, sameText: 0 }
const failed: string[] = []

for (const { file, headers, assert } of cases) {
  const header = (name: string) => Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1]
  const feedUrl = new URL(header('content-location') ?? '', `http://127.0.0.1:8097/tests/${file}`).href
  const feed = read(await readFile(join(folder, 'tests', file)), header('content-type') ?? null)
  for (const assertion of assert) {
    const kind = kindOf(assertion)
    if (kind === undefined) {
      const place = assertion.path.map((part) => (typeof part === 'number' ? 'n' : part)).join('.')
      placeless.set(place, (placeless.get(place) ?? 0) + 1)
      continue
    }
    const cleaned = kind === 'body' && file.includes('/sanitize/')
    const verdict = 'failure' in feed ? { holds: false, ours: feed.failure } : judge(assertion, feed, feedUrl, cleaned)
    const count = counts.get(kind) ?? { holds: 0, all: 0 }
    counts.set(kind, { holds: count.holds + Number(verdict.holds), all: count.all + 1 })
    const reason = 'failure' in feed && /cannot be read/.test(feed.failure) ? 'needs repair/encoding' : reasons.find(([name]) => name.test(file))?.[1]
    if (!verdict.holds)
      failed.push(`${reason ?? 'FAULT'}: ${kind}: ${file} ${assertion.path.join('.')} ${assertion.op} ${shown(assertion.value)}, ours ${shown(verdict.ours)}`)
    if (cleaned) {
      if (flag === '-v' && verdict.holds && !verdict.sameText)
        console.log(`safe, but another text: ${file} ${shown(assertion.value)}, ours ${shown(verdict.ours)}`)
      sanitiser.all++
      sanitiser.safe += Number(verdict.holds)
      sanitiser.sameText += Number(verdict.sameText ?? false)
    }
  }
}

for (const line of failed.toSorted()) console.log(line)
for (const [kind, { holds, all }] of counts) console.log(`${kind}: ${share(holds, all)}`)
const sum = (field: 'holds' | 'all') => asked.reduce((total, kind) => total + (counts.get(kind)?.[field] ?? 0), 0)
console.log(`${asked.join(', ')} together: ${share(sum('holds'), sum('all'))}`)
console.log(`the sanitiser's cases among the bodies: ${sanitiser.all}, ${sanitiser.safe} safe, ${sanitiser.sameText} the same text too`)
const outside = [...placeless.values()].reduce((total, count) => total + count, 0)
console.log(
  `out of scope, for want of a place: ${outside} of ${placeless.size} kinds, ${placeless.get('bozo') ?? 0} of them whether the document is well-formed`,
)
if (flag === '-v') for (const [place, count] of [...placeless].toSorted((a, b) => b[1] - a[1])) console.log(`  ${count} ${place}`)

function read(body: Buffer, contentType: string | null): ParsedFeed | { failure: string } {
  try {
    return parseFeedText(decodeBytes(body, contentType).text)
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) }
  }
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 160 ? `${text.slice(0, 160)}…` : text
}

function share(part: number, all: number): string {
  return `${part} of ${all} hold (${((100 * part) / all).toFixed(1)} %)`
}
