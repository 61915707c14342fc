import {
  defaultFieldResolver,
  getArgumentValues,
  getOperationAST,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql'
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js'
import type { Context } from '../graphql/context.ts'
import type { Shape } from './shape.ts'

/** The data of an event's result; undefined where graphql-js has to make it, since something must be waited for, or has failed. */
export type Plan = (root: object, context: Context) => Record<string, unknown> | undefined

type Complete = (value: unknown, context: Context) => unknown
type Path = GraphQLResolveInfo['path']

/** Thrown out of a plan: nobody sees it. */
const leftToGraphql = new Error('graphql-js makes this one')

/**
 * Lays a subscription's selection out once, for the many results that need nothing but what is loaded already: graphql-js finds out
 * again for each field of each event what is the same for all of them. A plan knows objects, lists and leaves. What it does not
 * know, and everything that goes wrong, is left to graphql-js, which makes the same result, or the right errors, from the start;
 * so resolvers may be asked twice. They get one `info` for all events: its path has no indices, and its rootValue is undefined.
 * @returns undefined for an operation that it cannot lay out. The subscription's own field must give its root as it is.
 */
export function layOut(schema: GraphQLSchema, { document, variableValues }: Shape): Plan | undefined {
  const operation = getOperationAST(document)
  const rootType = schema.getSubscriptionType()
  if (!operation || !rootType) return undefined
  const fragments = Object.fromEntries(
    document.definitions.flatMap((definition) => (definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [])),
  )

  const completeObject = (type: GraphQLObjectType, fieldNodes: readonly FieldNode[], path: Path): Complete => {
    if (type.isTypeOf) throw leftToGraphql
    const fields = [...collectSubfields(schema, fragments, variableValues, type, fieldNodes)].map(([key, nodes]) => layOutField(type, key, nodes, path))
    return (value, context) => {
      const made: Record<string, unknown> = {}
      for (const { key, resolve } of fields) made[key] = resolve(value, context)
      return made
    }
  }
  const layOutField = (parentType: GraphQLObjectType, key: string, fieldNodes: readonly FieldNode[], prev: Path): { key: string; resolve: Complete } => {
    const [node] = fieldNodes
    const fieldName = node!.name.value
    if (key === '__proto__') throw leftToGraphql
    if (fieldName === '__typename') return { key, resolve: () => parentType.name }
    const field = parentType.getFields()[fieldName]
    if (!field) throw leftToGraphql
    const path: Path = { prev, key, typename: parentType.name }
    const args = getArgumentValues(field, node!, variableValues)
    const where = { fieldName, fieldNodes, returnType: field.type, parentType, path }
    const info: GraphQLResolveInfo = { ...where, schema, fragments, rootValue: undefined, operation, variableValues }
    const resolve = field.resolve ?? defaultFieldResolver
    const complete = completeValue(field.type, fieldNodes, path)
    return { key, resolve: (value, context) => complete(resolve(value, args, context, info), context) }
  }
  const completeValue = (type: GraphQLOutputType, fieldNodes: readonly FieldNode[], path: Path): Complete => {
    if (isNonNullType(type)) {
      const complete = completeValue(type.ofType, fieldNodes, path)
      return (value, context) => complete(value, context) ?? leave()
    }
    const complete = completeSome(type, fieldNodes, path)
    return (value, context) => {
      if (value === null || value === undefined) return null
      if (typeof value === 'object') refuse(value)
      return complete(value, context)
    }
  }
  const completeSome = (type: GraphQLOutputType, fieldNodes: readonly FieldNode[], path: Path): Complete => {
    if (isLeafType(type)) return (value) => type.serialize(value) ?? leave()
    if (isObjectType(type)) return completeObject(type, fieldNodes, path)
    if (!isListType(type)) return leave()
    const complete = completeValue(type.ofType, fieldNodes, path)
    return (value, context) => (Array.isArray(value) ? value.map((item) => complete(item, context)) : leave())
  }

  try {
    const [[key, nodes] = [], ...others] = collectFields(schema, fragments, variableValues, rootType, operation.selectionSet)
    const field = nodes && rootType.getFields()[nodes[0]!.name.value]
    if (key === undefined || !field || others.length > 0 || key === '__proto__') return undefined
    const complete = completeValue(field.type, nodes, { prev: undefined, key, typename: rootType.name })
    return (root, context) => {
      try {
        return { [key]: complete(root, context) }
      } catch {
        return undefined
      }
    }
  } catch {
    return undefined
  }
}

function leave(): never {
  throw leftToGraphql
}

/** Leaves what must be waited for, or is an error. A promise that nobody will wait for may fail. */
function refuse(value: object): void {
  if (value instanceof Promise) value.catch(() => undefined)
  else if (!(value instanceof Error) && !('then' in value)) return
  leave()
}
