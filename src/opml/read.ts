import { parseOpml } from 'feedsmith'
import { limits } from '../articles/draft.ts'
import { plainLineFromText } from '../articles/text.ts'
import { badInput } from '../errors.ts'
import { addressOf, checkedHeaders, type FeedAddress } from '../feeds/feeds.ts'
import type { RejectedEntry } from '../feeds/normalize.ts'
import { isSlug } from '../graphql/ids.ts'
import { problemOfXml } from './well-formed.ts'
import { readUrl } from '../read-url.ts'

/** A folder that should be a category. `id` is what an export wrote of it. */
export type Folder = { id: string | null; name: string; description: string | null }
/** `title` is null where the list only repeats the address; `folder` where the feed is in none. */
export type ListedFeed = FeedAddress & { title: string | null; folder: Folder | null }
/** `emptyFolders` are those of an export: others say nothing of what they would hold. */
export type FeedList = { feeds: ListedFeed[]; emptyFolders: Set<Folder>; rejected: RejectedEntry[] }

type Outline = NonNullable<NonNullable<ReturnType<typeof parseOpml>['body']>['outlines']>[number]

const mostBytes = 5 * 1024 * 1024
const mostOutlines = 5_000
const most = { title: 500, name: 200, description: 2_000, told: 500 }

/**
 * Reads OPML 1.0 or 2.0. Each outline is judged on its own; of one folder there is one object, however often it stands there.
 * @throws BAD_USER_INPUT for what is no OPML, or beyond the bounds
 */
export function readOpml(text: string): FeedList {
  if (Buffer.byteLength(text) > mostBytes) throw badInput(`OPML of at most ${mostBytes / 1024 / 1024} MiB is taken.`, 'opml')
  const problem = problemOfXml(text)
  if (problem !== undefined) throw badInput(problem, 'opml')
  const list: FeedList = { feeds: [], emptyFolders: new Set(), rejected: [] }
  const folderOf = folders()
  const seen = new Set<string>()
  let outlines = 0

  const visit = (members: Outline[], folder: Folder | null): void => {
    for (const outline of members) {
      const children = outline.outlines ?? []
      const url = urlOf(outline)
      if (url === undefined && children.length > 0 && !outline.isComment) {
        visit(children, folderOf(outline) ?? folder)
        continue
      }
      if (++outlines > mostOutlines) continue
      const empty = url === undefined && idOf(outline) !== null ? folderOf(outline) : null
      if (empty) {
        list.emptyFolders.add(empty)
        continue
      }
      const feed = judge(outline, url)
      if (typeof feed === 'string') list.rejected.push(rejection(outline, feed))
      else if (seen.has(feed.key)) list.rejected.push(rejection(outline, 'It stands in this list twice: the first one holds.'))
      else {
        seen.add(feed.key)
        list.feeds.push({ ...feed, title: titleOf(outline, feed), folder })
      }
      if (!outline.isComment) visit(children, folder)
    }
  }
  visit(parsed(text), null)
  if (outlines > mostOutlines) {
    const reason = `At most ${mostOutlines} outlines are read: the ${outlines - mostOutlines} after them were left out. Import them as a list of their own.`
    list.rejected.push({ title: null, url: null, reason })
  }
  return list
}

function parsed(text: string): Outline[] {
  try {
    return parseOpml(text).body?.outlines ?? []
  } catch (error) {
    // It was found to be OPML: the parser says of one without outlines, alone, that it is none, and names no cause.
    if (error instanceof Error && error.cause === undefined) return []
    throw badInput('The XML of this OPML cannot be read.', 'opml')
  }
}

/** Some old lists write url for xmlUrl. Some write feed: in place of, or before, http:. */
function urlOf({ xmlUrl, type, url }: Outline): string | undefined {
  const written = xmlUrl ?? (/^(rss|atom)$/i.test(type ?? '') ? url : undefined)
  return written?.trim().replace(/^feed:(?:(?=https?:)|\/\/)/i, (match) => (match.endsWith('/') ? 'http://' : '')) || undefined
}

/** Its address, or why it is rejected. */
function judge({ isComment, url: link, type }: Outline, url: string | undefined): FeedAddress | string {
  if (isComment) return 'It is commented out.'
  if (url === undefined) return link !== undefined || /^(link|include)$/i.test(type ?? '') ? 'It is a link, and has no xmlUrl.' : 'It has no xmlUrl.'
  if (url.length > limits.url) return `Its xmlUrl is longer than ${limits.url} characters.`
  if (!/^https?:$/.test(readUrl(url)?.protocol ?? '')) return 'Its xmlUrl is no absolute http(s) URL.'
  const address = addressOf(url)
  try {
    checkedHeaders(address.headers)
    return address
  } catch {
    return 'The credentials in its xmlUrl are too long.'
  }
}

function titleOf(outline: Outline, { url, host }: FeedAddress): string | null {
  const title = cut(lineOf(outline), most.title)
  return ['', url, host, outline.xmlUrl?.trim()].includes(title) ? null : title
}

/** One object for each id, and for each name, in whatever case, among those without; undefined where the outline has no name. */
function folders(): (outline: Outline) => Folder | undefined {
  const known = new Map<string, Folder>()
  return (outline) => {
    const name = cut(lineOf(outline), most.name)
    if (name === '') return undefined
    const id = idOf(outline)
    const key = id === null ? ` ${name.toLowerCase()}` : id
    const folder = known.get(key) ?? { id, name, description: descriptionOf(outline) }
    known.set(key, folder)
    return folder
  }
}

/** An export writes the id of a category as the one path of its folder's category attribute. */
function idOf({ category, type }: Outline): string | null {
  const id = type === undefined && category?.startsWith('/') ? category.slice(1) : ''
  return isSlug(id) ? id : null
}

const descriptionOf = ({ description }: Outline) => cut((description ?? '').replaceAll('\0', '').toWellFormed(), most.description) || null
const lineOf = ({ text, title }: Outline) => plainLineFromText(text ?? '') || plainLineFromText(title ?? '')
/** A pair of surrogates that the end would part is left out. */
const cut = (text: string, length: number) =>
  text
    .slice(0, length)
    .replace(/[\ud800-\udbff]$/, '')
    .trim()

function rejection(outline: Outline, reason: string): RejectedEntry {
  return { title: cut(lineOf(outline), most.told) || null, url: cut((outline.xmlUrl ?? outline.url ?? '').toWellFormed(), most.told) || null, reason }
}
