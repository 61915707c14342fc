import { Readability } from '@mozilla/readability'
import defuddle from 'defuddle'
import { parseHTML } from 'linkedom'
import { readBody } from '../articles/body.ts'
import { agreed } from './agree.ts'
import { readMetadata, type Metadata } from './metadata.ts'
import { prune } from './prune.ts'
import { readHtml } from './read-html.ts'
import { wholePage, type WholePage } from './whole-page.ts'

export type ExtractedPage = Metadata & {
  /** As it was found: not sanitised, links as the page has them. */
  contentHtml: string
  /** Plain text, paragraphs separated by a blank line. */
  content: string
}

/** What remains of a page is cut at; Readability's time grows with the square of it at worst. */
const most = { elements: 5_000, characters: 300_000 }
/** Defuddle costs some times more, most of all for images; a larger page is left to Readability. */
const mostForDefuddle = { elements: 3_000, characters: 200_000, images: 500 }

/** A text this much longer than the first choice shows that that one missed the article. */
const muchLonger = 2.5
/** When the texts of two extractors differ more in length, they found different things, and neither judges the other. */
const alike = 0.5
/** Characters; below it, a stated body may be a teaser. */
const shortestBody = 250

/**
 * Finds the article of a web page, and what the page says of it. Bounded in size, depth and number of elements (see readHtml);
 * costs some 10 to 300 ms of processor time, so a server asks an extractor (extractor.ts) instead.
 * @param url where the page is from: what its links are relative to
 * @returns undefined when there is no article text
 */
export function extractPage(html: string, url: string): ExtractedPage | undefined {
  const document = readHtml(html)
  const { stated, ...metadata } = readMetadata(document)
  prune(document)
  const page = wholePage(document, most)
  let found = bodyOf(byDefuddle(page, url), url)
  const other = bodyOf(byReadability(page), url)
  const said = stated?.body === undefined ? undefined : statedBody(stated.body, url)
  if (found && other && other.content.length > found.content.length * alike) found = bodyOf(agreed(found.contentHtml, other.content), url) ?? found
  const best = [other, said].reduce((one, next) => (next && (!one || next.content.length > one.content.length * muchLonger) ? next : one), found)
  return best && { ...metadata, ...best }
}

// The package's types are those of an ES module; what it exports is the class itself.
const Defuddle = defuddle as unknown as typeof defuddle.default

type Found = Pick<ExtractedPage, 'content' | 'contentHtml'>

function bodyOf(contentHtml: string | undefined, url: string): Found | undefined {
  if (contentHtml === undefined) return undefined
  const { content } = readBody(contentHtml, 'HTML', url)
  return content === '' ? undefined : { content, contentHtml }
}

function statedBody(text: string, url: string): Found | undefined {
  const { content, contentHtml } = readBody(text, /<(?:p|br|div)\b/i.test(text) ? 'HTML' : 'TEXT', url)
  return content.length < shortestBody ? undefined : { content, contentHtml }
}

function byDefuddle({ html, ...size }: WholePage, url: string): string | undefined {
  if (size.elements > mostForDefuddle.elements || size.characters > mostForDefuddle.characters || size.images > mostForDefuddle.images) return undefined
  try {
    return new Defuddle(parseHTML(html).document, { url, useAsync: false }).parse().content
  } catch {
    return undefined // it gives up by throwing on documents it does not expect; the other one may read them
  }
}

function byReadability({ html }: WholePage): string | undefined {
  try {
    return new Readability(parseHTML(html).document).parse()?.content ?? undefined
  } catch {
    return undefined
  }
}
