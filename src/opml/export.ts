import type { Prisma } from '../db/connect.ts'

/**
 * All feeds as OPML 2.0, each in the folder of its category; categories without feeds are there too. A folder's category
 * attribute holds the id of its category, so that two of one name stay two when the list is imported. What a feed is fetched
 * with, such as credentials, is left out.
 */
export async function exportOpml(prisma: Prisma, now: Date): Promise<string> {
  const categories = await prisma.category.findMany({ select: { id: true, name: true, description: true }, orderBy: [{ name: 'asc' }, { id: 'asc' }] })
  const feeds = await prisma.feed.findMany({ select: { url: true, title: true, siteUrl: true, categoryId: true }, orderBy: { id: 'asc' } })
  const feedsOf = new Map(categories.map(({ id }): [string, typeof feeds] => [id, []]))
  for (const feed of feeds) feedsOf.get(feed.categoryId)?.push(feed)
  const lines = categories.flatMap(({ id, name, description }) => [
    `    <outline${attributes({ text: name, category: `/${id}`, description })}>`,
    ...(feedsOf.get(id) ?? []).map(
      ({ title, url, siteUrl }) => `      <outline${attributes({ type: 'rss', text: title, title, xmlUrl: url, htmlUrl: siteUrl })}/>`,
    ),
    '    </outline>',
  ])
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<opml version="2.0">',
    `  <head><title>Newswire</title><dateCreated>${now.toUTCString()}</dateCreated></head>`,
    '  <body>',
    ...lines,
    '  </body>',
    '</opml>',
    '',
  ].join('\n')
}

const attributes = (values: Record<string, string | null>) =>
  Object.entries(values)
    .map(([name, value]) => (value === null ? '' : ` ${name}="${escaped(value)}"`))
    .join('')

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\t': '&#9;', '\n': '&#10;', '\r': '&#13;' }

/** Without what no XML may hold; line breaks as references, since a parser reads plain ones in an attribute as spaces. */
function escaped(text: string): string {
  return (
    text
      .toWellFormed()
      // eslint-disable-next-line no-control-regex -- control characters are what this removes
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
      .replace(/[&<>"\t\n\r]/g, (character) => entities[character]!)
  )
}
