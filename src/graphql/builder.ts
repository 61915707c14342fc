import SchemaBuilder from '@pothos/core'
import ComplexityPlugin from '@pothos/plugin-complexity'
import PrismaPlugin from '@pothos/plugin-prisma'
import type PrismaTypes from '../db/generated/pothos.ts'
import { getDatamodel } from '../db/generated/pothos.ts'
import type { Context } from './context.ts'
import { complexityLimits, tooComplex } from './limits.ts'

type Types = {
  PrismaTypes: PrismaTypes
  Context: Context
  Scalars: {
    ID: { Input: string; Output: string }
    DateTime: { Input: Date; Output: Date }
    URL: { Input: string; Output: string }
  }
  DefaultFieldNullability: false
}

export type SchemaTypes = PothosSchemaTypes.ExtendDefaultTypes<Types>

/** The one builder: every feature's schema.ts adds to it when it is imported. */
export const builder = new SchemaBuilder<Types>({
  plugins: [ComplexityPlugin, PrismaPlugin],
  defaultFieldNullability: false,
  complexity: { limit: complexityLimits, complexityError: tooComplex },
  prisma: { dmmf: getDatamodel(), client: (context) => context.prisma },
})

builder.queryType({ description: 'What can be asked.' })
builder.mutationType({ description: 'What can be changed.' })
builder.subscriptionType({
  description:
    'What can be followed, over WebSocket (graphql-transport-ws) or server-sent events. A filter is judged on the article as it was at the event, so replay and live agree.',
})
