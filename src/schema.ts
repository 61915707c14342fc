import type { GraphQLSchema } from 'graphql'
import './archive/schema.ts'
import './articles/schema.ts'
import './categories/schema.ts'
import './feeds/presets-schema.ts'
import './feeds/schema.ts'
import './graphql/scalars.ts'
import './opml/schema.ts'
import './reads/schema.ts'
import './reindex/schema.ts'
import './search/schema.ts'
import './similar/schema.ts'
import './statistics/ranking-schema.ts'
import './statistics/schema.ts'
import './stream/schema.ts'
import { builder } from './graphql/builder.ts'

/** The whole graph, gathered from every feature. */
export const schema: GraphQLSchema = builder.toSchema({ sortSchema: true })
