// What is computed of many long texts lets everybody else have the thread meanwhile, and asks the database for no more than it must.
import { setImmediate as turn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { findSimilar, type Asked } from '../../src/similar/find.ts'
import { readFrequencies } from '../../src/similar/frequencies.ts'
import { subjectsOf } from '../../src/similar/subjects.ts'
import type { Term } from '../../src/similar/terms.ts'
import { pack } from '../../src/similar/vector.ts'
import { readTerms } from '../../src/similar/waiting.ts'

/** A database that answers at once: nothing waits but for the computation. */
const answering = (answer: (sql: string, values: unknown[]) => unknown[]): Asked => ({
  $queryRaw: (async (sql: TemplateStringsArray, ...values: unknown[]) => answer(sql.join('?'), values)) as unknown as Asked['$queryRaw'],
})

/** How often others had their turn. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let [turns, ended] = [0, false]
  const counting = (async () => {
    while (!ended) {
      await turn()
      turns++
    }
  })()
  await work()
  const during = turns
  ended = true
  await counting
  return during
}

const content = (n: number) => Array.from({ length: 4_000 }, (_, word) => `word${(word * (n + 7)) % 9_001}`).join(' ')
const texts = Array.from({ length: 60 }, (_, n) => ({ id: `${n}`, title: 'x', content: content(n), language: 'en' }))
const termsOf = (count: number, from = 0): Term[] => Array.from({ length: count }, (_, n) => ({ lexeme: `l${from + n}`, count: 1, word: 'w' }))

it('makes the terms of many texts with pauses', async () => {
  expect(
    await turnsDuring(() =>
      readTerms(
        answering(() => texts),
        [],
      ),
    ),
  ).toBeGreaterThan(10)
})

it('weighs the terms of many articles with pauses', async () => {
  const articles = new Map(Array.from({ length: 100 }, (_, n) => [`${n}`, termsOf(5_000)]))
  expect(await turnsDuring(() => subjectsOf(articles, { articles: 100, of: () => 1 }))).toBeGreaterThan(5)
})

it('tells copies with pauses, and without having read the longest texts', async () => {
  const articles = new Map(texts.map(({ id }) => [id, termsOf(200)]))
  const subjects = await subjectsOf(articles, { articles: 60, of: () => 1 })
  const terms = pack(subjects[0]!)
  const copyKeys = (n: number) => [1, n === 1 ? 2 : -n, ...[3, 4, 5, 6, 7, 8].map((key) => key * 100 + n)]
  const db = answering((sql) => {
    if (sql.includes('similar_candidates')) return subjects.slice(1).map(({ id }) => ({ of: '0', id }))
    if (sql.includes('copy_keys')) return subjects.map(({ id }, n) => ({ id, terms, copyKeys: n === 0 ? [1, 2] : copyKeys(n) }))
    return texts.filter(({ id }) => Number(id) !== 1 && Number(id) !== 2)
  })
  let lists: Awaited<ReturnType<typeof findSimilar>> | undefined
  expect(await turnsDuring(async () => (lists = await findSimilar(db, subjects.slice(0, 1))))).toBeGreaterThan(5)
  // Of the two that are not read, one shares two keys with the article, and the other one.
  const found = lists!.get('0')!.map(({ id }) => id)
  expect(found).not.toContain('1')
  expect(found).toContain('2')
})

it('asks for the frequencies of any number of lexemes, of at most 20,000 at once, with pauses', async () => {
  const asked: number[] = []
  const db = answering((_, [lexemes]) => {
    asked.push((lexemes as string[]).length)
    return [...(lexemes as string[]).map((lexeme) => ({ lexeme, articles: 7 })), { lexeme: null, articles: 9 }]
  })
  const articles = Array.from({ length: 50 }, (_, n) => termsOf(5_000, n * 5_000))
  let frequencies: Awaited<ReturnType<typeof readFrequencies>> | undefined
  expect(await turnsDuring(async () => (frequencies = await readFrequencies(db, articles)))).toBeGreaterThan(5)
  expect(asked).toEqual([...Array<number>(12).fill(20_000), 10_000])
  expect([frequencies!.articles, frequencies!.of('l0'), frequencies!.of('l249999'), frequencies!.of('none')]).toEqual([9, 7, 7, 1])
  await readFrequencies(db, [])
  expect(asked.at(-1)).toBe(0)
})
