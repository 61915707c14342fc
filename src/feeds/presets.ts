import type { JsonMapping } from './parse.ts'

/** News that is JSON, but no feed, and how it is read. */
export type FeedPreset = { id: string; title: string; url: string; mapping: JsonMapping }

export const presets: readonly FeedPreset[] = [
  {
    id: 'nhk-world',
    title: 'NHK WORLD-JAPAN News',
    url: 'https://www3.nhk.or.jp/nhkworld/data/en/news/all.json',
    // Its links are relative to the site, which serves the list itself; its dates are milliseconds since 1970, as a text.
    mapping: {
      items: 'data',
      url: 'page_url',
      title: 'title',
      guid: 'id',
      content: 'description',
      publishedAt: 'updated_at',
      categories: 'categories.name',
    },
  },
]
