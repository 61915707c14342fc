import type { RssFeed } from 'feedsmith'
import { lineOf, type ParsedEnclosure, type ParsedText } from './parsed.ts'

type RssItem = RssFeed.Item<string>
export type Media = NonNullable<RssItem['media']>
type Terms = NonNullable<RssItem['dcterms']>
export type AtomLink = { href?: string; rel?: string; type?: string; length?: number }

export const html = (value: string): ParsedText => ({ value, html: true })
export const strings = (values: (string | undefined)[]): string[] => values.filter((value) => value !== undefined && value !== '') as string[]
export const texts = (values: (string | undefined)[]): ParsedText[] => strings(values).map(html)
/** Each on one line, without its HTML. */
export const lines = (values: (string | undefined)[]): string[] => strings(values).map((value) => lineOf(html(value)))
/** The first list that says anything. */
export const firstOf = (...lists: ((string | undefined)[] | undefined)[]): string[] =>
  lists.map((list) => lines(list ?? [])).find((list) => list.length > 0) ?? []

export const isHttp = (link: string | undefined): link is string => link !== undefined && /^\s*https?:\/\//i.test(link)

/** The links to the page itself; a page in HTML first. */
export function alternates(links: AtomLink[] | undefined): string[] {
  const found = (links ?? []).filter(({ rel }) => rel === undefined || rel === 'alternate')
  return strings(found.toSorted((a, b) => Number(isPage(b)) - Number(isPage(a))).map(({ href }) => href))
}
const isPage = ({ type }: AtomLink) => type === undefined || /html/i.test(type)

export const linksAs = (rel: string, links: AtomLink[] | undefined): string[] =>
  strings((links ?? []).filter((link) => link.rel === rel).map(({ href }) => href))

export const dctermsDates = (terms: Terms | undefined) => [terms?.issued?.[0], terms?.dates?.[0], terms?.created?.[0], terms?.modified?.[0]]

const partsOf = (media: Media | undefined) => [media ?? {}, ...(media?.groups ?? [])]
const contentsOf = (media: Media | undefined) => partsOf(media).flatMap(({ contents }) => contents ?? [])

export const mediaTitle = (media: Media | undefined): string | undefined =>
  [...partsOf(media), ...contentsOf(media)].map(({ title }) => title?.value).find((title) => title !== undefined)

export const mediaTexts = (media: Media | undefined) => [...partsOf(media), ...contentsOf(media)].map(({ description }) => description?.value)

/** Pictures before thumbnails. */
export function mediaImages(media: Media | undefined): string[] {
  const pictures = contentsOf(media).filter(isPicture)
  return strings([...pictures, ...[...partsOf(media), ...contentsOf(media)].flatMap(({ thumbnails }) => thumbnails ?? [])].map(({ url }) => url))
}
const isPicture = ({ medium, type }: { medium?: string; type?: string }) => medium === 'image' || type?.startsWith('image/') === true

/** What is to be heard or watched; the pictures are images. */
export const mediaEnclosures = (media: Media | undefined): ParsedEnclosure[] =>
  contentsOf(media)
    .filter(({ medium, type }) => /^(audio|video)$/.test(medium ?? '') || /^(audio|video)\//.test(type ?? ''))
    .flatMap(({ url, type, fileSize }) => enclosure(url, type, fileSize))

export const enclosure = (url: string | undefined, type: string | undefined, length: number | undefined): ParsedEnclosure[] =>
  url === undefined ? [] : [{ url, mediaType: type ?? null, byteLength: length ?? null }]

export const linkedEnclosures = (links: AtomLink[] | undefined): ParsedEnclosure[] =>
  (links ?? []).filter(({ rel }) => rel === 'enclosure').flatMap(({ href, type, length }) => enclosure(href, type, length))

export const linkedImages = (links: AtomLink[] | undefined): string[] =>
  strings((links ?? []).map(({ rel, type, href }) => (rel === 'enclosure' && type?.startsWith('image/') ? href : undefined)))

/** What an entry is about, in the words of whatever namespaces it uses besides its format's own. */
export function namespaceTags({ dc, dcterms, media, itunes, slash }: Pick<RssItem, 'dc' | 'dcterms' | 'media' | 'itunes' | 'slash'>): string[] {
  const ofMedia = partsOf(media).flatMap(({ categories, keywords }) => [...(categories ?? []).map(({ label, name }) => label ?? name), ...(keywords ?? [])])
  return lines([...(dc?.subjects ?? []), ...(dcterms?.subjects ?? []), slash?.section, ...ofMedia, ...(itunes?.keywords ?? [])])
}
