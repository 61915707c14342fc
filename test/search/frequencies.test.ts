import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EnrichedArticle } from '../../src/enrichment/step.ts'
import { countLexemes, frequencyChanges } from '../../src/search/frequencies.ts'
import { lendDatabase } from '../helpers/lent-database.ts'

const words = { title: '', content: '', language: null }
const enriched = (lexemes: string[], before: string[] | null): EnrichedArticle => ({ id: '1', words, lexemes, before })
const gone = (before: string[] | null): EnrichedArticle => ({ id: '1', words: null, lexemes: [], before })

describe('the changes of a batch', () => {
  it.each<[string, EnrichedArticle[], Record<string, number>]>([
    ['a new article', [enriched(['a', 'b'], null)], { a: 1, b: 1, '@': 1 }],
    ['two with the same word', [enriched(['a'], null), enriched(['a', 'c'], null)], { a: 2, c: 1, '@': 2 }],
    ['an edit', [enriched(['a', 'c'], ['a', 'b'])], { c: 1, b: -1 }],
    ['one that is gone', [gone(['a'])], { a: -1, '@': -1 }],
    ['one that came and went before it was enriched', [gone(null)], {}],
    ['one without words', [enriched([], null)], { '@': 1 }],
    ['one that comes as another goes', [enriched(['a'], null), gone(['a'])], {}],
    ['what is the same', [enriched(['a'], ['a'])], {}],
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

  it('follows what comes, changes and goes', async () => {
    const { prisma } = lent.connected
    const step = (...articles: Parameters<typeof countLexemes>[1]) => prisma.$transaction((tx) => countLexemes(tx, articles, new Date(0)))
    const stored = async () => Object.fromEntries((await prisma.lexeme.findMany()).map(({ lexeme, articles }) => [lexeme, articles]))
    expect(await step(enriched(['new', '=new', '@en'], null), enriched(['new', "it's"], null))).toEqual([])
    expect(await stored()).toEqual({ new: 2, '=new': 1, '@en': 1, "it's": 1, '@': 2 })
    await step(enriched(['old', '@en'], ['new', '=new', '@en']))
    expect(await stored()).toEqual({ new: 1, old: 1, '@en': 1, "it's": 1, '@': 2 })
    await step(gone(['old', '@en']), gone(['new', "it's"]))
    expect(await stored()).toEqual({})
    await step()
    expect(await stored()).toEqual({})
  })
})
