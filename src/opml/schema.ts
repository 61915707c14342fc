import { builder } from '../graphql/builder.ts'
import { RejectedDraft } from '../feeds/types.ts'
import { exportOpml } from './export.ts'
import { importOpml, type Import } from './import.ts'

const ImportOpmlPayload = builder.objectRef<Import>('ImportOpmlPayload').implement({
  description: 'What became of the outlines of a list.',
  fields: (t) => ({
    added: t.prismaField({
      type: ['Feed'],
      description: 'Feeds that were not there, in the order of the list.',
      complexity: { field: 1, multiplier: 100 },
      resolve: (query, { added }, _args, { prisma }) => prisma.feed.findMany({ ...query, where: { id: { in: added } }, orderBy: { id: 'asc' } }),
    }),
    existing: t.prismaField({
      type: ['Feed'],
      description: 'Feeds that were there already, and stay as they are.',
      complexity: { field: 1, multiplier: 100 },
      resolve: (query, { existing }, _args, { prisma }) => prisma.feed.findMany({ ...query, where: { id: { in: existing } }, orderBy: { id: 'asc' } }),
    }),
    rejected: t.field({ type: [RejectedDraft], description: 'Outlines that are no feeds, or beyond the bounds.', resolve: ({ rejected }) => rejected }),
  }),
})

builder.mutationField('importOpml', (t) =>
  t.field({
    type: ImportOpmlPayload,
    description:
      'Adds the feeds of an OPML list (1.0 or 2.0), which are then due at once. The innermost folder names the category, found by the id that an export wrote, by its name or by its slug, or made; feeds in no folder go to "imported". A bad outline never loses the others. At most 5 MiB and 5,000 outlines; once in a document.',
    args: { opml: t.arg.string({ required: true, description: 'The text of the list.' }) },
    resolve: (_root, { opml }, { prisma, clock }) => importOpml(prisma, opml, clock()),
  }),
)

builder.queryField('exportOpml', (t) =>
  t.string({
    description: 'All feeds as OPML 2.0, in folders by category. Without credentials, headers and mappings. Once in a document.',
    complexity: 100,
    resolve: (_root, _args, { prisma, clock }) => exportOpml(prisma, clock()),
  }),
)
