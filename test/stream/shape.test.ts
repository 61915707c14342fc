import { parse, print } from 'graphql'
import { describe, expect, it } from 'vitest'
import { shapeOf } from '../../src/stream/shape.ts'

const shape = (query: string, variableValues: Record<string, unknown> = {}, operationName?: string) =>
  shapeOf({ schema: null as never, document: parse(query), variableValues, operationName: operationName ?? null })

const base = 'subscription { articleIngested { cursor article { id title } } }'

describe('the same work', () => {
  it.each<[string, string, Record<string, unknown>?, string?]>([
    ['in another layout', 'subscription{articleIngested{cursor,article{id\n title}}} # a comment'],
    ['under a name', 'subscription Live { articleIngested { cursor article { id title } } }'],
    ['after a cursor', 'subscription { articleIngested(after: "x") { cursor article { id title } } }'],
    ['after a cursor in a variable', 'subscription ($c: String) { articleIngested(after: $c) { cursor article { id title } } }', { c: 'y' }],
    ['with a filter', 'subscription { articleIngested(filter: { minWordCount: 3 }) { cursor article { id title } } }'],
    ['with a filter in variables', 'subscription ($n: Int) { articleIngested(filter: { minWordCount: $n }) { cursor article { id title } } }', { n: 4 }],
    ['beside other operations', `query Q { streamCursor } subscription S { articleIngested { cursor article { id title } } }`, {}, 'S'],
  ])('is done for one %s', (_what, query, variables, operationName) => {
    expect(shape(query, variables, operationName).key).toBe(shape(base).key)
  })
})

describe('other work', () => {
  const withVariable = 'subscription ($first: Int!) { articleIngested { article { sightings(first: $first) { url } } } }'
  it.each<[string, { key: string }, { key: string }]>([
    ['another selection', shape('subscription { articleIngested { cursor article { title id } } }'), shape(base)],
    ['another field', shape('subscription { articleChanged { cursor article { id title } } }'), shape(base)],
    ['another alias', shape('subscription { a: articleIngested { cursor article { id title } } }'), shape(base)],
    ['another variable of the selection', shape(withVariable, { first: 1 }), shape(withVariable, { first: 2 })],
    [
      'another fragment',
      shape('subscription { articleIngested { ...F } } fragment F on ArticleEvent { cursor }'),
      shape('subscription { articleIngested { ...F } } fragment F on ArticleEvent { article { id } }'),
    ],
    [
      'another filter of the statistics',
      shape('subscription ($n: Int) { statisticsChanged(filter: { minWordCount: $n }) { articleCount } }', { n: 1 }),
      shape('subscription ($n: Int) { statisticsChanged(filter: { minWordCount: $n }) { articleCount } }', { n: 2 }),
    ],
  ])('is done for %s', (_what, one, other) => {
    expect(one.key).not.toBe(other.key)
  })
})

it('keeps the variables that the selection uses, and no others, with their defaults', () => {
  const { document, variableValues } = shape(
    'subscription ($after: String, $first: Int = 3) { ...S } fragment S on Subscription { articleIngested(after: $after) { article { sightings(first: $first) { url } } } }',
    { after: 'x' },
  )
  expect(print(document)).toBe(
    print(parse('subscription ($first: Int = 3) { ...S } fragment S on Subscription { articleIngested { article { sightings(first: $first) { url } } } }')),
  )
  expect(variableValues).toEqual({ first: undefined })
})
