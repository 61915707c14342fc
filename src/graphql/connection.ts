import type { ObjectRef } from '@pothos/core'
import type { GraphQLResolveInfo } from 'graphql'
import { badInput, cursorInvalid } from '../errors.ts'
import { builder, type SchemaTypes } from './builder.ts'

/** One page of a list. The exact total is counted when it is asked for. */
export type Page<T> = {
  edges: { cursor: string; node: T }[]
  hasNextPage: boolean
  hasPreviousPage: boolean
  totalCount: () => Promise<number>
}

/** What a client asks of a list: `limit` members from the front, or from the back where `backward`. */
export type PageRequest = { limit: number; backward: boolean; after?: string; before?: string }

type PageArgs = { [K in 'first' | 'last']?: number | null | undefined } & { [K in 'after' | 'before']?: string | null | undefined }

/**
 * Reads the arguments of a connection.
 * @throws BAD_USER_INPUT where they contradict, or ask for other than 1 to 100
 */
export function pageRequest({ first, last, after, before }: PageArgs): PageRequest {
  if (first != null && last != null) throw badInput('Give either first or last.', 'last')
  for (const [field, count] of Object.entries({ first, last })) {
    if (count != null && !(count >= 1 && count <= 100)) throw badInput(`${field} must be from 1 to 100.`, field)
  }
  return { limit: first ?? last ?? 20, backward: last != null, ...(after != null && { after }), ...(before != null && { before }) }
}

/** Whether a field is resolved once for each member of a list. */
export function isWithinList({ path }: { path: GraphQLResolveInfo['path'] }): boolean {
  for (let at: GraphQLResolveInfo['path'] | undefined = path; at; at = at.prev) if (typeof at.key === 'number') return true
  return false
}

/** Makes a page of rows that were read in the request's direction, one more than its limit where there are more. */
export function toPage<T>(rows: T[], request: PageRequest, cursorOf: (row: T) => string, totalCount: () => Promise<number>): Page<T> {
  const more = rows.length > request.limit
  const kept = rows.slice(0, request.limit)
  if (request.backward) kept.reverse()
  return {
    edges: kept.map((node) => ({ cursor: cursorOf(node), node })),
    hasNextPage: request.backward ? request.before !== undefined : more,
    hasPreviousPage: request.backward ? more : request.after !== undefined,
    totalCount,
  }
}

/** An opaque cursor: the key of a row in a list, bound to the list's order and filter by `scope`. */
export function encodeCursor(scope: string, key: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify([scope, ...key])).toString('base64url')
}

/** @throws CURSOR_INVALID for a cursor that is malformed, or of another order or filter */
export function decodeCursor(scope: string, cursor: string, field: string): (string | number | null)[] {
  let parts: unknown
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    throw cursorInvalid('This is no cursor.', field)
  }
  if (!Array.isArray(parts) || typeof parts[0] !== 'string') throw cursorInvalid('This is no cursor.', field)
  if (parts[0] !== scope) throw cursorInvalid('This cursor is of another list, order or filter.', field)
  return parts.slice(1) as (string | number | null)[]
}

export const PageInfo = builder.objectRef<Page<unknown>>('PageInfo').implement({
  description: 'Where a page stands in its list.',
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage', { description: 'Whether there are members after this page.' }),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage', { description: 'Whether there are members before this page.' }),
    startCursor: t.string({ nullable: true, description: 'The cursor of the first edge.', resolve: (page) => page.edges[0]?.cursor ?? null }),
    endCursor: t.string({ nullable: true, description: 'The cursor of the last edge.', resolve: (page) => page.edges.at(-1)?.cursor ?? null }),
  }),
})

/** The connection and edge types of a node type. */
export function connectionType<T extends object>(name: string, node: ObjectRef<SchemaTypes, T>) {
  const Edge = builder.objectRef<{ cursor: string; node: T }>(`${name}Edge`).implement({
    description: `A member of a list of ${name} nodes.`,
    fields: (t) => ({
      cursor: t.exposeString('cursor', { description: 'Where it stands: after and before take it.' }),
      node: t.field({ type: node, description: 'The member itself.', resolve: (edge) => edge.node as never }),
    }),
  })
  return builder.objectRef<Page<T>>(`${name}Connection`).implement({
    description: `A page of a list of ${name} nodes.`,
    fields: (t) => ({
      edges: t.field({ type: [Edge], description: 'The members with their cursors.', complexity: { multiplier: 1 }, resolve: (page) => page.edges }),
      nodes: t.field({
        type: [node],
        description: 'The members alone.',
        complexity: { multiplier: 1 },
        resolve: (page) => page.edges.map((edge) => edge.node) as never,
      }),
      pageInfo: t.field({ type: PageInfo, description: 'Where the page stands.', resolve: (page) => page }),
      totalCount: t.int({ description: 'Exact. Counted only when asked for.', resolve: (page) => page.totalCount() }),
    }),
  })
}

/** What a connection costs: its members, as many as are asked for. */
export const connectionComplexity = (args: PageArgs) => ({ field: 1, multiplier: Math.min(100, Math.max(1, args.first ?? args.last ?? 20)) })

type ArgBuilder = PothosSchemaTypes.FieldBuilder<SchemaTypes, never>['arg']

/** The arguments of every connection. */
export function pageArgs({ arg }: { arg: ArgBuilder }) {
  return {
    first: arg.int({ description: 'How many from the front, 1 to 100; 20 if neither first nor last is given. More is an error.' }),
    after: arg.string({ description: 'Only members after this cursor.' }),
    last: arg.int({ description: 'How many from the back, 1 to 100.' }),
    before: arg.string({ description: 'Only members before this cursor.' }),
  }
}
