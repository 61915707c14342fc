import { builder } from '../graphql/builder.ts'
import { presets, type FeedPreset as Preset } from './presets.ts'
import { JsonMappingType } from './types.ts'

const FeedPreset = builder.objectRef<Preset>('FeedPreset').implement({
  description: 'News that is JSON, but no feed, with the mapping that reads it: what addFeed takes.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'A slug.' }),
    title: t.exposeString('title', { description: 'What it is called.' }),
    url: t.expose('url', { type: 'URL', description: 'Where it is.' }),
    mapping: t.expose('mapping', { type: JsonMappingType, description: 'Where the entries are in it.' }),
  }),
})

builder.queryField('feedPresets', (t) =>
  t.field({ type: [FeedPreset], description: 'Sources that are no feeds, and yet are known here.', resolve: () => [...presets] }),
)
