// What is read most, in all and lately: with the reads that are not folded yet, and at the edges of the periods.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { addCategory, draft, ingest, startApp, type App } from '../helpers/app.ts'
import { fold, readAt } from '../helpers/reads.ts'
import { refused } from '../helpers/refused.ts'

let app: App
let ids: string[]
const now = Date.now()
const minuteMs = 60_000
const hourMs = 60 * minuteMs
const ago = (ms: number) => new Date(now - ms)

beforeAll(async () => {
  app = await startApp()
  await addCategory(app)
  await addCategory(app, 'sport')
  const results = await ingest(app, [draft('r0'), draft('r1'), draft('r2', { categoryId: 'sport' }), draft('r3')])
  ids = results.map((result) => result.article!.id)
})
afterAll(() => app?.close())

type Entry = { score: number; article: { id: string } }
const named = (ranked: Entry[]) => ranked.map(({ score, article }) => `r${ids.indexOf(article.id)} ${Math.round(score * 1000) / 1000}`)
const mostRead = async (args: string, filter = '') =>
  named((await app.gql(`{ statistics${filter} { mostRead${args} { score article { id } } } }`)).statistics.mostRead)

it('are counted at once, and the same once they are folded', async () => {
  expect(await mostRead('')).toEqual([])
  await readAt(app, ids[0]!, ago(40 * 24 * hourMs), 9)
  await readAt(app, ids[1]!, ago(20 * 24 * hourMs), 7)
  await readAt(app, ids[2]!, ago(5 * 24 * hourMs), 5)
  await readAt(app, ids[3]!, ago(hourMs), 3)
  for (const _ of ['with what is not folded', 'folded']) {
    expect(await mostRead('')).toEqual(['r0 9', 'r1 7', 'r2 5', 'r3 3'])
    expect(await mostRead('(first: 2)')).toEqual(['r0 9', 'r1 7'])
    expect(await mostRead('(period: MONTH)')).toEqual(['r1 7', 'r2 5', 'r3 3'])
    expect(await mostRead('(period: WEEK)')).toEqual(['r2 5', 'r3 3'])
    expect(await mostRead('(period: DAY)')).toEqual(['r3 3'])
    expect(await mostRead('(first: 1)', '(filter: { categoryIds: ["sport"] })')).toEqual(['r2 5'])
    expect(await mostRead('(first: 1)', '(filter: { categoryIds: [] })')).toEqual([])
    await fold(app)
  }
  // New reads on folded ones, of one that was not among the first.
  await readAt(app, ids[3]!, new Date(now), 20)
  for (const _ of ['with what is not folded', 'folded']) {
    expect(await mostRead('(first: 2)')).toEqual(['r3 23', 'r0 9'])
    expect(await mostRead('(first: 2, period: DAY)')).toEqual(['r3 23'])
    await fold(app)
  }
})

it('trend by their reads, each half after twelve hours', async () => {
  const trending = async (args = '') => (await app.gql(`{ statistics { trending${args} { score article { id } } } }`)).statistics.trending as Entry[]
  const weight = (ms: number) => 2 ** (-ms / (12 * hourMs))
  const best = await trending()
  // 40 and 20 days ago is too long.
  expect(best.map(({ article }) => ids.indexOf(article.id))).toEqual([3, 2].slice(0, best.length))
  expect(Math.abs(best[0]!.score - 20 - 3 * weight(hourMs))).toBeLessThan(0.2)
  await readAt(app, ids[1]!, ago(12 * hourMs), 100)
  for (const _ of ['with what is not folded', 'folded']) {
    const [first, second] = await trending('(first: 2)')
    expect([first, second].map((entry) => ids.indexOf(entry!.article.id))).toEqual([1, 3])
    expect(first!.score).toBeGreaterThan(49.5)
    expect(first!.score).toBeLessThan(50.1)
    await fold(app)
  }
})

it('leave a period to the quarter of an hour', async () => {
  const later = await startApp()
  try {
    await addCategory(later)
    const [result] = await ingest(later, [draft('one')])
    // In the future: the server's own fold does not move the windows there.
    const begin = Date.parse('2027-01-01T12:00:00Z')
    await readAt(later, result!.article!.id, new Date(begin + 7 * minuteMs))
    await fold(later, new Date(begin + 10 * minuteMs))
    const days = { DAY: 1, WEEK: 7, MONTH: 30 }
    for (const [period, length] of Object.entries(days)) {
      const score = async () => (await later.gql(`{ statistics { mostRead(period: ${period}) { score } } }`)).statistics.mostRead
      await fold(later, new Date(begin + length * 24 * hourMs - 1))
      expect(await score()).toEqual([{ score: 1 }])
      await fold(later, new Date(begin + length * 24 * hourMs))
      expect(await score()).toEqual([])
    }
    expect((await later.gql('{ statistics { mostRead { score } } }')).statistics.mostRead).toEqual([{ score: 1 }])
  } finally {
    await later.close()
  }
})

it.each([0, -1, 101])('refuse first: %i', async (first) => {
  for (const field of ['mostRead', 'trending']) {
    expect(await refused(app, `query ($first: Int!) { statistics { ${field}(first: $first) { score } } }`, { first })).toEqual({
      code: 'BAD_USER_INPUT',
      field: 'first',
    })
  }
})
