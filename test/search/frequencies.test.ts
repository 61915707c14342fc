import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countLexemes, frequencyChanges } from '../../src/search/frequencies.ts'
import { lendDatabase } from '../helpers/lent-database.ts'

describe('the changes of a batch', () => {
  it.each([
    ['a new article', [{ lexemes: ['a', 'b'], before: null }], { a: 1, b: 1 }],
    [
      'two with the same word',
      [
        { lexemes: ['a'], before: null },
        { lexemes: ['a', 'c'], before: null },
      ],
      { a: 2, c: 1 },
    ],
    ['an edit', [{ lexemes: ['a', 'c'], before: ['a', 'b'] }], { c: 1, b: -1 }],
    ['one that is gone', [{ lexemes: [], before: ['a'] }], { a: -1 }],
    [
      'one that comes as another goes',
      [
        { lexemes: ['a'], before: null },
        { lexemes: [], before: ['a'] },
      ],
      {},
    ],
    ['what is the same', [{ lexemes: ['a'], before: ['a'] }], {}],
  ])('%s', (_, articles, expected) => {
    expect(Object.fromEntries(frequencyChanges(articles))).toEqual(expected)
  })
})

describe('the table of document frequencies', () => {
  let lent: Awaited<ReturnType<typeof lendDatabase>>
  beforeAll(async () => {
    lent = await lendDatabase()
  })
  afterAll(() => lent?.giveBack())

  const enriched = (id: string, lexemes: string[], before: string[] | null = null) => ({ id, words: null, lexemes, before })

  it('follows what comes, changes and goes', async () => {
    const { prisma } = lent.connected
    const step = (...articles: Parameters<typeof countLexemes>[1]) => prisma.$transaction((tx) => countLexemes(tx, articles, new Date(0)))
    const stored = async () => Object.fromEntries((await prisma.lexeme.findMany()).map(({ lexeme, articles }) => [lexeme, articles]))
    expect(await step(enriched('1', ['new', '=new', '@en']), enriched('2', ['new', "it's"]))).toEqual([])
    expect(await stored()).toEqual({ new: 2, '=new': 1, '@en': 1, "it's": 1 })
    await step(enriched('1', ['old', '@en'], ['new', '=new', '@en']))
    expect(await stored()).toEqual({ new: 1, old: 1, '@en': 1, "it's": 1 })
    await step(enriched('1', [], ['old', '@en']), enriched('2', [], ['new', "it's"]))
    expect(await stored()).toEqual({})
    await step()
    expect(await stored()).toEqual({})
  })
})
