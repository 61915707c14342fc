import { ClientError } from '../errors.ts'
import { builder } from '../graphql/builder.ts'
import type { DiscoveredFeed as Discovered } from './discover.ts'
import { FeedFormatEnum } from './types.ts'

const DiscoveredFeed = builder.objectRef<Discovered>('DiscoveredFeed').implement({
  description: 'A feed that a site has.',
  fields: (t) => ({
    url: t.expose('url', { type: 'URL', description: 'Where it is.' }),
    title: t.exposeString('title', { nullable: true, description: 'What the page, or the feed, calls it.' }),
    format: t.expose('format', { type: FeedFormatEnum, nullable: true, description: 'What it is written in, as the page says; null where it does not.' }),
  }),
})

builder.queryField('discoverFeeds', (t) =>
  t.field({
    type: [DiscoveredFeed],
    description:
      'The feeds of a site: the address itself where it is a feed; else what its page announces, at most 50; else links on it that look like feeds, at most 10 and untried; else the first feed at one of five usual paths. POST only, once in a document, bounded concurrency together with previewFeed.',
    args: { url: t.arg({ type: 'URL', required: true, description: 'A page of the site, or a feed.' }) },
    complexity: { field: 100, multiplier: 10 },
    resolve: (_root, { url }, { feeds, method }) => {
      if (method !== 'POST') throw new ClientError('FORBIDDEN', 'discoverFeeds takes POST alone.')
      return feeds.discover(url)
    },
  }),
)
