import type { RssFeed } from 'feedsmith'

type Value = Record<string, unknown>

/**
 * RSS written as JSON (github.com/scripting/Scripting-News, rss-in-json): {"rss": {"channel": {"item": […]}}}. What stands
 * once may be a list and the other way round; an element with attributes has its text at "#value".
 * @returns undefined when the document is nothing of the kind
 */
export function rssInJson(document: unknown): RssFeed.Feed<string> | undefined {
  const channel = all(isObject(document) && isObject(document['rss']) ? document['rss']['channel'] : undefined)[0]
  if (!isObject(channel)) return undefined
  return {
    ...some({ title: text(channel['title']), link: text(channel['link']), language: text(channel['language']) }),
    items: all(channel['item']).filter(isObject).map(item),
  }
}

function item(value: Value): RssFeed.Item<string> {
  const [guid] = all(value['guid'])
  const isPermaLink = isObject(guid) ? text(guid['isPermaLink']) : undefined
  return some({
    title: text(value['title']),
    link: text(value['link']),
    description: text(value['description']),
    pubDate: text(value['pubDate']),
    guid: some({ value: text(guid), isPermaLink: isPermaLink === undefined ? undefined : isPermaLink !== 'false' }),
    authors: texts(value['author']).map((name) => ({ name })),
    categories: texts(value['category']).map((name) => ({ name })),
    enclosures: all(value['enclosure'])
      .filter(isObject)
      .map(({ url, type, length }) => some({ url: text(url), type: text(type), length: length === undefined ? undefined : Number(length) })),
    content: some({ encoded: text(value['content:encoded']) }),
    dc: some({ creators: texts(value['dc:creator']), subjects: texts(value['dc:subject']), dates: texts(value['dc:date']) }),
    itunes: some({ image: all(value['itunes:image']).map((image) => text(isObject(image) ? image['href'] : image))[0], author: text(value['itunes:author']) }),
    media: some({
      contents: all(value['media:content'])
        .filter(isObject)
        .map(({ url, type, medium }) => some({ url: text(url), type: text(type), medium: text(medium) })),
      thumbnails: all(value['media:thumbnail'])
        .filter(isObject)
        .map(({ url }) => some({ url: text(url) })),
    }),
  })
}

const isObject = (value: unknown): value is Value => typeof value === 'object' && value !== null && !Array.isArray(value)
const all = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : value === undefined || value === null ? [] : [value])

function text(value: unknown): string | undefined {
  const [first] = all(value)
  const plain = isObject(first) ? first['#value'] : first
  return typeof plain === 'string' || typeof plain === 'number' || typeof plain === 'boolean' ? String(plain).trim() : undefined
}
const texts = (value: unknown): string[] => all(value).flatMap((one) => text(one) ?? [])

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> }
/** Without what is undefined. */
const some = <T extends Value>(value: T): Present<T> => Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as Present<T>
