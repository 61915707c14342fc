// What a plan makes is what graphql-js makes; and what it cannot make, it leaves.
import { buildSchema, execute, GraphQLObjectType, parse, type GraphQLFieldResolver } from 'graphql'
import { expect, it } from 'vitest'
import type { Context } from '../../src/graphql/context.ts'
import { layOut } from '../../src/stream/plan.ts'

const schema = buildSchema(`
  enum Color { RED GREEN }
  interface Node { id: ID! }
  type Thing implements Node { id: ID! name(upper: Boolean = false): String count: Int! color: Color tags: [String!] parts: [Thing!]! part: Thing node: Node }
  type Query { none: Int }
  type Subscription { thing: Thing! }`)

const resolvers: Record<string, GraphQLFieldResolver<Record<string, unknown>, unknown>> = {
  name: ({ name }, { upper }) => (upper && typeof name === 'string' ? name.toUpperCase() : name),
  parts: ({ parts }) => {
    if (parts instanceof Error) throw parts
    return parts ?? []
  },
}
for (const [name, resolve] of Object.entries(resolvers)) (schema.getType('Thing') as GraphQLObjectType).getFields()[name]!.resolve = resolve
schema.getSubscriptionType()!.getFields()['thing']!.resolve = (thing) => thing

const failing = new Error('it has failed')
const plain = {
  id: 7,
  name: 'one',
  count: 3,
  color: 'RED',
  tags: ['a', 'b'],
  part: { id: 'p', name: 'in it', count: 0 },
  parts: [
    { id: 'q', count: 1 },
    { id: 'r', count: 2 },
  ],
}

/** What both make of an operation. */
function results(operation: string, root: object, variableValues: Record<string, unknown> = {}) {
  const document = parse(operation)
  const plan = layOut(schema, { key: '', document, variableValues })
  return { planned: plan?.(root, {} as Context), executed: execute({ schema, document, rootValue: root, variableValues, contextValue: {} }) }
}

it.each([
  ['leaves, of every kind', '{ thing { id name count color tags } }'],
  ['what is null', '{ thing { id name part { id } tags } }', { id: 'x' }],
  ['arguments', '{ thing { name(upper: true) other: name } }'],
  ['arguments that are variables', 'subscription ($upper: Boolean) { thing { name(upper: $upper) } }', plain, { upper: true }],
  ['objects and lists in one another', '{ thing { parts { count part { id } parts { id } } part { id name } } }'],
  ['fragments, merged', '{ thing { ...A part { id } ... on Node { id } ... { count } } } fragment A on Thing { part { name } name }'],
  ['names of types', '{ thing { __typename part { type: __typename } } }'],
  ['what is skipped', 'subscription ($no: Boolean!) { thing { id @skip(if: $no) name @include(if: $no) count @skip(if: true) } }', plain, { no: true }],
])('makes %s', (_what, operation, root: object = plain, variableValues: Record<string, unknown> = {}) => {
  const { planned, executed } = results(operation.startsWith('{') ? `subscription ${operation}` : operation, root, variableValues)
  expect(planned).toBeDefined()
  expect(JSON.stringify(planned)).toBe(JSON.stringify((executed as { data: unknown }).data))
  expect(executed).not.toHaveProperty('errors')
})

it.each([
  ['a promise', '{ thing { id name } }', () => ({ id: 1, name: Promise.resolve('late') })],
  ['a promise that fails, which ends nothing', '{ thing { id name } }', () => ({ id: 1, name: Promise.reject(failing) })],
  ['a promise in a list', '{ thing { tags } }', () => ({ tags: ['a', Promise.resolve('late')] })],
  ['a null that may not be', '{ thing { id count } }', () => ({ id: 1 })],
  ['an error', '{ thing { id name } }', () => ({ id: 1, name: failing })],
  ['a resolver that throws', '{ thing { parts { id } } }', () => ({ parts: failing })],
  ['a value of another type', '{ thing { count } }', () => ({ count: 'many' })],
  ['a value that the enum does not have', '{ thing { color } }', () => ({ color: 'BLUE' })],
  ['a list that is none', '{ thing { tags } }', () => ({ tags: 'a' })],
  ['an interface', '{ thing { node { id } } }', () => ({ node: { id: 1 } })],
  ['a name that objects take for their own', '{ thing { __proto__: name id } }', () => plain],
  ['several fields of Subscription', '{ thing { id } thing2: thing { id } }', () => plain],
  ['arguments that are wrong', '{ thing { name(upper: "yes") } }', () => plain],
])('leaves %s', (_what, operation, root: () => object) => {
  const plan = layOut(schema, { key: '', document: parse(`subscription ${operation}`), variableValues: {} })
  expect(plan?.(root(), {} as Context)).toBeUndefined()
})
