import { builder } from '../graphql/builder.ts'
import type { JsonMapping } from './parse.ts'

export const JsonMappingInput = builder.inputType('JsonMappingInput', {
  description: 'Where in a JSON document the entries are, as dotted paths.',
  fields: (t) => ({
    items: t.string({ required: true, description: 'The list of entries; empty where the document is the list.' }),
    url: t.string({ required: true, description: 'In an entry: its link.' }),
    title: t.string({ required: true, description: 'In an entry: its title.' }),
    guid: t.string({ description: 'In an entry: its id.' }),
    content: t.string({ description: 'In an entry: its text, as HTML.' }),
    publishedAt: t.string({ description: 'In an entry: its date, or seconds or milliseconds since 1970.' }),
    categories: t.string({ description: 'In an entry: its tags.' }),
  }),
})

/** Nulls are: left out. */
export const mappingOf = (input: typeof JsonMappingInput.$inferInput): JsonMapping =>
  Object.fromEntries(Object.entries(input).filter(([, path]) => path != null)) as JsonMapping
