import { Parser } from 'htmlparser2'
import { draftOf } from '../src/articles/draft.ts'
import { plainLineFromHtml, plainLineFromText } from '../src/articles/text.ts'
import { readDate } from '../src/feeds/dates.ts'
import { normalize, type FeedEntry } from '../src/feeds/normalize.ts'
import { isHtml, type ParsedEntry, type ParsedFeed } from '../src/feeds/parsed.ts'

/** One statement of feedparser's tests: what stands at a path of its result. */
export type Assertion = { path: (string | number)[]; op: string; value?: unknown }
/** `ours` is for people. `sameText`: of a sanitiser's case, whether the text is the expected one besides. */
export type Verdict = { holds: boolean; ours: unknown; sameText?: boolean }
type Judge = (value: unknown, entry: ReadEntry, cleaned: boolean) => Verdict
type ReadEntry = { parsed: ParsedEntry; entry: FeedEntry; linked: boolean }

const now = new Date()

/**
 * What we have where feedparser has something, by its path without numbers.
 * `kind` gathers the paths that say the same thing in other words.
 */
const entryPlaces: [paths: string[], kind: string, judge: Judge][] = [
  [['title', 'title_detail.value'], 'title', (value, { entry }) => text(entry.title, value)],
  [['link', 'links.href'], 'link', (value, { entry, linked }) => (linked ? url(entry.url, value) : { holds: value === undefined, ours: undefined })],
  [['id'], 'id', (value, { entry }) => same(entry.guid, value)],
  [['description', 'summary', 'summary_detail.value', 'content.value'], 'body', judgeBody],
  [['published', 'published_parsed', 'updated', 'updated_parsed', 'created', 'created_parsed'], 'date', judgeDate],
  [['author', 'author_detail.name'], 'byline', (value, { entry }) => same(entry.byline, value)],
  [['content.language', 'title_detail.language', 'summary_detail.language', 'language'], 'language', (value, { entry }) => same(entry.language, value)],
  [['tags.term', 'tags.label', 'category'], 'tags', (value, { entry }) => ({ holds: entry.tags?.includes(String(value)) ?? false, ours: entry.tags })],
  [['image.href'], 'image', (value, { entry }) => url(entry.imageUrl, value)],
  [['enclosures.type'], 'enclosures', (value, { entry }) => same(entry.enclosures?.[0]?.mediaType ?? undefined, value)],
  [['enclosures.length'], 'enclosures', (value, { entry }) => same(entry.enclosures?.[0]?.byteLength?.toString(), value)],
]

const feedPlaces: [paths: string[], kind: string, judge: (value: unknown, feed: ParsedFeed, feedUrl: string) => Verdict][] = [
  [['title', 'title_detail.value'], 'title', (value, feed) => text(feed.title ?? '', value)],
  [['link', 'links.href'], 'link', (value, feed, feedUrl) => url(normalize(feed, { feedUrl, now }).siteUrl ?? undefined, value)],
  [['language'], 'language', (value, feed) => same(feed.language?.replaceAll('_', '-'), value)],
]

const nameOf = ({ path: [, ...rest] }: Assertion) => rest.filter((part) => typeof part === 'string').join('.')
const placeOf = (assertion: Assertion) =>
  assertion.op === 'length==' // a count of links
    ? undefined
    : (assertion.path[0] === 'feed' ? feedPlaces : assertion.path[0] === 'entries' ? entryPlaces : []).find(([paths]) => paths.includes(nameOf(assertion)))

/** What an assertion is about; undefined where we keep nothing of the kind. */
export const kindOf = (assertion: Assertion): string | undefined => placeOf(assertion)?.[1]

/** @param cleaned it is a case for the sanitiser */
export function judge(assertion: Assertion, feed: ParsedFeed, feedUrl: string, cleaned: boolean): Verdict {
  const { path, value } = assertion
  if (path[0] === 'feed') return feedPlaces.find(([paths]) => paths.includes(nameOf(assertion)))![2](value, feed, feedUrl)
  const parsed = feed.entries[Number(path[1])]
  if (!parsed) return { holds: false, ours: 'no such entry' }
  return entryPlaces.find(([paths]) => paths.includes(nameOf(assertion)))![2](value, readEntry(parsed, feed, feedUrl), cleaned)
}

/** What would be rejected is given a text and then a link, so that the rest of it is judged. */
function readEntry(parsed: ParsedEntry, feed: ParsedFeed, feedUrl: string): ReadEntry {
  const usual = (entry: ParsedEntry) => normalize({ ...feed, entries: [entry] }, { feedUrl, now }).entries[0]
  const whole = { ...parsed, bodies: [...parsed.bodies, { value: 'a text', html: false }] }
  const linked = usual(whole)
  return { parsed, linked: linked !== undefined, entry: usual(parsed) ?? linked ?? usual({ ...whole, links: ['http://entry.example/'] })! }
}

/** Any of an entry's texts may be the one that is asked for: feedparser keeps them all. */
function judgeBody(value: unknown, { parsed, entry }: ReadEntry, cleaned: boolean): Verdict {
  const written = parsed.bodies.map((body) => {
    const draft = draftOf({ ...entry, content: body.value, contentFormat: isHtml(body) ? 'HTML' : 'TEXT', categoryId: 'none', title: 'none' })
    return 'id' in draft ? draft.contentHtml : ''
  })
  const sameText = written.length === 0 ? folded(value).includes('') : written.some((html) => folded(value).includes(bare(plainLineFromHtml(html))))
  // A text that was lost is safe, and yet no success.
  const safe = written.length > 0 && written.every((html) => !isActive(html))
  return { holds: cleaned ? safe : sameText, ours: written, sameText }
}

/** An article has one date: the others count when they are among those that its entry brings. */
function judgeDate(value: unknown, { parsed }: ReadEntry): Verdict {
  const [year = NaN, month = NaN, day, hour, minute, second] = Array.isArray(value) ? (value as number[]) : []
  const expected = typeof value === 'string' ? readDate(value)?.getTime() : Date.UTC(year, month - 1, day, hour, minute, second)
  const ours = parsed.dates.map((date) => readDate(date))
  return { holds: expected !== undefined && ours.some((date) => date?.getTime() === expected), ours }
}

const same = (ours: string | undefined, value: unknown): Verdict => ({ holds: (ours ?? null) === (value ?? null), ours })
const text = (ours: string, value: unknown): Verdict => ({ holds: folded(value).includes(bare(ours)), ours })
const url = (ours: string | undefined, value: unknown): Verdict => ({
  holds: ours !== undefined && typeof value === 'string' && URL.canParse(value) && new URL(value).href === ours,
  ours,
})

/** A value may be HTML or a plain text; which, its path does not say. */
const folded = (value: unknown) => [bare(plainLineFromHtml(String(value))), bare(plainLineFromText(String(value)))]
const bare = (line: string) => line.replace(/\s+/g, '')

function isActive(html: string): boolean {
  let active = false
  const parser = new Parser({
    onopentag: (name, attributes) => {
      active ||= /^(script|style|iframe|object|embed|applet|form|input|button|meta|link|base|svg|math|frame|frameset)$/.test(name)
      active ||= Object.entries(attributes).some(
        ([attribute, value]) => attribute.startsWith('on') || attribute === 'style' || /^[\s\0-\x20]*(javascript|vbscript|data|mocha|livescript):/i.test(value),
      )
    },
  })
  parser.end(html)
  return active
}
