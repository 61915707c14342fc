// Statistics: totals, by category, and over time in the hours, days, weeks and months of a time zone.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addCategory, draft, ingest, startApp, type App } from '../helpers/app.ts'
import { readAt } from '../helpers/reads.ts'
import { refused } from '../helpers/refused.ts'

let app: App
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app?.close())

const words = (count: number) => Array.from({ length: count }, () => 'word').join(' ')
const all =
  '{ statistics { articleCount wordCount readCount averageWordCount lastIngestedAt lastReadAt byCategory { category { id name } articleCount wordCount readCount lastIngestedAt } } }'
const series = `query ($interval: Interval!, $from: DateTime, $to: DateTime, $timeZone: String, $filter: ArticleFilter) {
  statistics(filter: $filter) { overTime(interval: $interval, from: $from, to: $to, timeZone: $timeZone) { start articleCount wordCount readCount } }
}`
type Bucket = { start: string; articleCount: number; wordCount: number; readCount: number }
const overTime = async (args: { interval: string; from?: string; to?: string; timeZone?: string; filter?: object }): Promise<Bucket[]> =>
  (await app.gql(series, { timeZone: 'UTC', ...args })).statistics.overTime
/** Buckets as `start: articles reads`, in UTC to the minute. */
const told = (buckets: Bucket[]) => buckets.map(({ start, articleCount, readCount }) => `${start.slice(0, 16)}Z ${articleCount} ${readCount}`)

/** Reads of another time than now, as an archive would bring them. */
async function readTimes(url: string, times: string[]) {
  const { id } = (await app.gql('query ($url: URL!) { articleByUrl(url: $url) { id } }', { url })).articleByUrl
  for (const time of times) await readAt(app, id, new Date(time))
}
const publish = (times: string[], fields: object = {}) =>
  ingest(
    app,
    times.map((publishedAt) => draft(`at-${publishedAt}-${JSON.stringify(fields)}`, { publishedAt, content: 'one two', ...fields })),
  )

describe('totals', () => {
  it('are zero where there is nothing', async () => {
    const nothing = { articleCount: 0, wordCount: 0, readCount: 0, lastIngestedAt: null }
    expect((await app.gql(all)).statistics).toEqual({ ...nothing, averageWordCount: 0, lastReadAt: null, byCategory: [] })
    await addCategory(app, 'empty', 'B empty')
    expect((await app.gql(all)).statistics.byCategory).toEqual([{ category: { id: 'empty', name: 'B empty' }, ...nothing }])
    expect(
      (await app.gql('{ category(id: "empty") { statistics { articleCount averageWordCount byCategory { category { id } articleCount } } } }')).category
        .statistics,
    ).toEqual({
      articleCount: 0,
      averageWordCount: 0,
      byCategory: [{ category: { id: 'empty' }, articleCount: 0 }],
    })
  })

  it('count articles, words and reads, as the filter takes them', async () => {
    await addCategory(app, 'sport', 'A sport')
    await addCategory(app, 'world', 'C world')
    const results = await ingest(app, [
      draft('t1', { content: words(1) }),
      draft('t2', { content: words(2) }),
      draft('t3', { content: words(5), categoryId: 'sport' }),
    ])
    const ids = results.map((result) => result.article!.id)
    for (const id of [ids[0]!, ids[0]!, ids[2]!]) await readAt(app, id, new Date())
    const { statistics } = await app.gql(all)
    const { nodes } = (await app.gql('{ articles { nodes { createdAt lastReadAt } } }')).articles as {
      nodes: { createdAt: string; lastReadAt: string | null }[]
    }
    const latest = (times: string[]) => times.toSorted().at(-1)
    expect(statistics).toEqual({
      articleCount: 3,
      wordCount: 8,
      readCount: 3,
      averageWordCount: 8 / 3,
      lastIngestedAt: latest(nodes.map((node) => node.createdAt)),
      lastReadAt: latest(nodes.map((node) => node.lastReadAt ?? '')),
      byCategory: [
        { category: { id: 'sport', name: 'A sport' }, articleCount: 1, wordCount: 5, readCount: 1, lastIngestedAt: expect.any(String) },
        { category: { id: 'empty', name: 'B empty' }, articleCount: 0, wordCount: 0, readCount: 0, lastIngestedAt: null },
        { category: { id: 'world', name: 'C world' }, articleCount: 2, wordCount: 3, readCount: 2, lastIngestedAt: expect.any(String) },
      ],
    })
    const { filtered } = await app.gql(
      '{ filtered: statistics(filter: { categoryIds: ["world"], minWordCount: 2 }) { articleCount wordCount readCount averageWordCount byCategory { category { id } articleCount } } }',
    )
    expect(filtered).toEqual({ articleCount: 1, wordCount: 2, readCount: 0, averageWordCount: 2, byCategory: [{ category: { id: 'world' }, articleCount: 1 }] })
    const { categories } = await app.gql('{ categories { id statistics { articleCount wordCount readCount averageWordCount } } }')
    expect(categories).toEqual([
      { id: 'sport', statistics: { articleCount: 1, wordCount: 5, readCount: 1, averageWordCount: 5 } },
      { id: 'empty', statistics: { articleCount: 0, wordCount: 0, readCount: 0, averageWordCount: 0 } },
      { id: 'world', statistics: { articleCount: 2, wordCount: 3, readCount: 2, averageWordCount: 1.5 } },
    ])
  })
})

describe('over time', () => {
  it('are days of UTC: from counts, to does not, and empty days are there', async () => {
    await publish(['2020-03-01T00:00:00Z', '2020-03-01T23:59:59.999Z', '2020-03-03T12:00:00Z', '2020-03-04T00:00:00Z'])
    await readTimes('https://example.com/t1', ['2020-03-01T00:00:00Z', '2020-03-03T23:59:00Z', '2020-03-04T00:00:00Z'])
    const buckets = await overTime({ interval: 'DAY', from: '2020-03-01T00:00:00Z', to: '2020-03-04T00:00:00Z' })
    expect(told(buckets)).toEqual(['2020-03-01T00:00Z 2 1', '2020-03-02T00:00Z 0 0', '2020-03-03T00:00Z 1 1'])
    expect(buckets.map(({ wordCount }) => wordCount)).toEqual([4, 0, 2])
    // What is earlier than from does not count, though its day is there.
    expect(told(await overTime({ interval: 'DAY', from: '2020-03-01T12:00:00Z', to: '2020-03-03T12:00:00.001Z' }))).toEqual([
      '2020-03-01T00:00Z 1 0',
      '2020-03-02T00:00Z 0 0',
      '2020-03-03T00:00Z 1 0',
    ])
    expect(told(await overTime({ interval: 'DAY', from: '2020-03-01T00:00:00Z', to: '2020-03-01T00:00:00.001Z' }))).toEqual(['2020-03-01T00:00Z 1 1'])
    // Nor does what is at the very end, in the middle of a day.
    expect(told(await overTime({ interval: 'DAY', from: '2020-03-03T00:00:00Z', to: '2020-03-03T12:00:00Z' }))).toEqual(['2020-03-03T00:00Z 0 0'])
    // The filter holds for articles and for reads.
    expect(told(await overTime({ interval: 'DAY', from: '2020-03-01T00:00:00Z', to: '2020-03-02T00:00:00Z', filter: { categoryIds: ['sport'] } }))).toEqual([
      '2020-03-01T00:00Z 0 0',
    ])
  })

  it('count reads by whole quarters of an hour, that of from too', async () => {
    await readTimes('https://example.com/t1', ['2018-03-01T15:51:00Z'])
    const reads = async (from: string, to: string) => (await overTime({ interval: 'HOUR', from, to })).reduce((sum, { readCount }) => sum + readCount, 0)
    expect(await reads('2018-03-01T15:50:00Z', '2018-03-01T15:52:00Z')).toBe(1)
    expect(await reads('2018-03-01T15:00:00Z', '2018-03-01T15:45:00Z')).toBe(0)
    expect(await reads('2018-03-01T16:00:00Z', '2018-03-01T17:00:00Z')).toBe(0)
  })

  it('have each hour where the clocks are off the quarter', async () => {
    // Monrovia was 44 minutes and a half behind until 1972-01-07.
    const buckets = await overTime({ interval: 'HOUR', from: '1972-01-07T00:00:00Z', to: '1972-01-07T03:00:00Z', timeZone: 'Africa/Monrovia' })
    expect(buckets.at(-1)!.start).toBe('1972-01-07T02:00:00.000Z')
  })

  it('are hours', async () => {
    await publish(['2020-05-01T10:00:00Z', '2020-05-01T10:59:59.999Z', '2020-05-01T12:00:00Z'])
    expect(told(await overTime({ interval: 'HOUR', from: '2020-05-01T10:00:00Z', to: '2020-05-01T13:00:00Z' }))).toEqual([
      '2020-05-01T10:00Z 2 0',
      '2020-05-01T11:00Z 0 0',
      '2020-05-01T12:00Z 1 0',
    ])
  })

  it('are ISO weeks, from Monday, across the end of a year', async () => {
    await publish(['2020-12-27T23:59:59Z', '2020-12-28T00:00:00Z', '2021-01-03T23:00:00Z', '2021-01-04T00:00:00Z'])
    expect(told(await overTime({ interval: 'WEEK', from: '2020-12-21T00:00:00Z', to: '2021-01-11T00:00:00Z' }))).toEqual([
      '2020-12-21T00:00Z 1 0',
      '2020-12-28T00:00Z 2 0',
      '2021-01-04T00:00Z 1 0',
    ])
  })

  it('are months, of 28 to 31 days', async () => {
    await publish(['2016-01-31T23:59:59Z', '2016-02-29T12:00:00Z', '2016-03-01T00:00:00Z'])
    expect(told(await overTime({ interval: 'MONTH', from: '2016-01-31T00:00:00Z', to: '2016-04-01T00:00:00Z' }))).toEqual([
      '2016-01-01T00:00Z 1 0',
      '2016-02-01T00:00Z 1 0',
      '2016-03-01T00:00Z 1 0',
    ])
  })

  it('have days of 23 and 25 hours in Berlin', async () => {
    // 2026-03-29 begins at 23:00Z and ends at 22:00Z; 2026-10-25 begins at 22:00Z and ends at 23:00Z.
    await publish(['2026-03-28T22:59:59Z', '2026-03-28T23:00:00Z', '2026-03-29T21:59:59Z', '2026-03-29T22:00:00Z'])
    expect(told(await overTime({ interval: 'DAY', from: '2026-03-27T23:00:00Z', to: '2026-03-30T22:00:00Z', timeZone: 'Europe/Berlin' }))).toEqual([
      '2026-03-27T23:00Z 1 0',
      '2026-03-28T23:00Z 2 0',
      '2026-03-29T22:00Z 1 0',
    ])
    await publish(['2026-10-24T21:59:59Z', '2026-10-24T22:00:00Z', '2026-10-25T22:59:59Z', '2026-10-25T23:00:00Z'])
    await readTimes('https://example.com/t2', ['2026-10-24T22:00:00Z', '2026-10-25T22:45:00Z', '2026-10-25T23:00:00Z'])
    expect(told(await overTime({ interval: 'DAY', from: '2026-10-23T22:00:00Z', to: '2026-10-26T23:00:00Z', timeZone: 'Europe/Berlin' }))).toEqual([
      '2026-10-23T22:00Z 1 0',
      '2026-10-24T22:00Z 2 2',
      '2026-10-25T23:00Z 1 1',
    ])
  })

  it('have 25 hours on that day, the doubled one twice', async () => {
    await publish(['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-10-25T01:31:00Z'])
    const buckets = await overTime({ interval: 'HOUR', from: '2026-10-24T22:00:00Z', to: '2026-10-25T23:00:00Z', timeZone: 'Europe/Berlin' })
    expect(buckets).toHaveLength(25)
    expect(told(buckets).slice(2, 4)).toEqual(['2026-10-25T00:00Z 1 0', '2026-10-25T01:00Z 2 0'])
    expect(await overTime({ interval: 'HOUR', from: '2026-03-28T23:00:00Z', to: '2026-03-29T22:00:00Z', timeZone: 'Europe/Berlin' })).toHaveLength(23)
  })

  it('lie where the hours and days of Kathmandu lie, and those of an old spelling', async () => {
    await publish(['2026-02-01T18:14:59Z', '2026-02-01T18:15:00Z'])
    await readTimes('https://example.com/t2', ['2026-02-01T18:14:59Z', '2026-02-01T18:15:00Z'])
    for (const timeZone of ['Asia/Kathmandu', 'Asia/Katmandu', 'asia/kathmandu']) {
      expect(told(await overTime({ interval: 'DAY', from: '2026-01-31T18:15:00Z', to: '2026-02-02T18:15:00Z', timeZone }))).toEqual([
        '2026-01-31T18:15Z 1 1',
        '2026-02-01T18:15Z 1 1',
      ])
      expect(told(await overTime({ interval: 'HOUR', from: '2026-02-01T17:15:00Z', to: '2026-02-01T19:15:00Z', timeZone }))).toEqual([
        '2026-02-01T17:15Z 1 1',
        '2026-02-01T18:15Z 1 1',
      ])
    }
  })

  it.each([
    ['half an hour is skipped and repeated', 'Australia/Lord_Howe', 'HOUR', '2026-04-04T00:00:00Z', '2026-04-06T00:00:00Z', 30 * 60_000],
    ['half an hour is skipped', 'Australia/Lord_Howe', 'HOUR', '2026-10-03T00:00:00Z', '2026-10-05T00:00:00Z', 30 * 60_000],
    ['midnight is skipped', 'Africa/Cairo', 'DAY', '2026-04-22T00:00:00Z', '2026-04-27T00:00:00Z', 3_600_000],
    ['midnight comes twice', 'America/Havana', 'DAY', '2026-10-30T00:00:00Z', '2026-11-03T00:00:00Z', 3_600_000],
    ['a whole day is skipped', 'Pacific/Apia', 'DAY', '2011-12-28T00:00:00Z', '2012-01-02T00:00:00Z', 6 * 3_600_000],
  ])('lose nothing, and count nothing twice, where %s: %s', async (_what, timeZone, interval, from, to, step) => {
    const times: string[] = []
    for (let time = Date.parse(from); time < Date.parse(to); time += step) times.push(new Date(time).toISOString())
    await publish(times, { byline: timeZone })
    const expected = (
      await app.gql('query ($filter: ArticleFilter) { articles(filter: $filter) { totalCount } }', { filter: { publishedFrom: from, publishedBefore: to } })
    ).articles.totalCount
    const buckets = await overTime({ interval, from, to, timeZone })
    expect(buckets.reduce((sum, { articleCount }) => sum + articleCount, 0)).toBe(expected)
    expect(new Set(buckets.map(({ start }) => start)).size).toBe(buckets.length)
    expect(buckets.map(({ start }) => start)).toEqual(buckets.map(({ start }) => start).toSorted())
  })

  it('are the last 30 up to now when nothing is said', async () => {
    for (const interval of ['HOUR', 'DAY', 'WEEK', 'MONTH']) {
      const buckets = await overTime({ interval })
      expect(buckets).toHaveLength(30)
      expect(Date.parse(buckets.at(-1)!.start)).toBeLessThanOrEqual(Date.now())
      expect(buckets.at(-1)!.readCount).toBeGreaterThanOrEqual(interval === 'HOUR' ? 0 : 3) // those that were recorded above
    }
    const { statistics } = await app.gql('{ statistics { overTime { start } } }')
    expect(statistics.overTime).toHaveLength(30)
    expect(told(await overTime({ interval: 'DAY', to: '2020-03-04T00:00:00Z' })).slice(-2)).toEqual(['2020-03-02T00:00Z 0 0', '2020-03-03T00:00Z 1 1'])
    expect(await overTime({ interval: 'DAY', to: '2020-03-04T00:00:00Z' })).toHaveLength(30)
  })

  it('are 1,000 at most', async () => {
    const from = '2021-01-01T00:00:00Z'
    const after = (hours: number, ms = 0) => new Date(Date.parse(from) + hours * 3_600_000 + ms).toISOString()
    expect(await overTime({ interval: 'HOUR', from, to: after(1000) })).toHaveLength(1000)
    const tooMany = { code: 'BAD_USER_INPUT', field: 'from' }
    expect(await refused(app, series, { interval: 'HOUR', from, to: after(1000, 1), timeZone: 'UTC' })).toEqual(tooMany)
    expect(await overTime({ interval: 'DAY', from, to: after(24_000) })).toHaveLength(1000)
    expect(await refused(app, series, { interval: 'DAY', from, to: after(24_001), timeZone: 'UTC' })).toEqual(tooMany)
    for (const interval of ['HOUR', 'DAY', 'WEEK', 'MONTH']) {
      expect(await refused(app, series, { interval, from: '0001-01-01T00:00:00Z', to: '9999-12-31T00:00:00Z', timeZone: 'UTC' })).toEqual(tooMany)
    }
  })

  it.each(['', 'Nowhere', 'Europe/Nowhere', '+02:00', '-05:00', 'UTC+2', 'Factory', 'nul\0', '\ud800', "UTC'", 'x'.repeat(5000)])(
    'refuse the time zone %j',
    async (timeZone) => {
      expect(await refused(app, series, { interval: 'DAY', timeZone })).toEqual({ code: 'BAD_USER_INPUT', field: 'timeZone' })
    },
  )

  it.each([
    'UTC',
    'Europe/Kyiv',
    'Europe/Kiev',
    'America/New_York',
    'US/Eastern',
    'Etc/GMT+5',
    'Asia/Calcutta',
    'America/Argentina/Buenos_Aires',
    'Pacific/Chatham',
    'EST',
  ])('take the time zone %s', async (timeZone) => {
    expect(await overTime({ interval: 'DAY', to: '2026-01-01T00:00:00Z', timeZone })).toHaveLength(30)
  })

  it.each([
    [{ from: '2026-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }, 'from'],
    [{ from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z' }, 'from'],
    [{ from: '9999-01-02T00:00:00Z' }, 'from'],
    [{ to: '0001-01-02T00:00:00Z' }, 'to'],
    [{ from: 'yesterday' }, 'from'],
    [{ to: '2026-13-01T00:00:00Z' }, 'to'],
    [{ interval: 'YEAR' }, 'interval'],
  ])('refuse %j', async (args, field) => {
    expect(await refused(app, series, { interval: 'MONTH', timeZone: 'UTC', ...args })).toEqual({ code: 'BAD_USER_INPUT', field })
  })

  it.each(['HOUR', 'DAY', 'WEEK', 'MONTH'])('hold at the ends of time: %s', async (interval) => {
    const buckets = await overTime({ interval, to: '9999-12-31T23:59:59.999Z' })
    expect(buckets).toHaveLength(30)
    const answer = await app.ask(series, { interval, from: '0001-01-01T00:00:00Z', to: '0001-01-01T01:00:00Z', timeZone: 'America/New_York' })
    expect(answer.errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', field: 'from' })
  })
})
