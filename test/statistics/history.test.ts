// Whatever happens to articles and their reads, and however far the fold is: the statistics are those of the rows.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { foldBatch } from '../../src/statistics/fold.ts'
import { verifyStatistics } from '../../src/statistics/verify.ts'
import { addCategory, draft, startApp, type App } from '../helpers/app.ts'
import { fold, moveWindows, readAt } from '../helpers/reads.ts'

// In the future: the server's own fold does not move the windows there.
const begin = Date.parse('2027-03-27T20:10:00Z')
const minuteMs = 60_000
const categories = ['a', 'b', 'c']
const zones = ['UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/Havana']

const article = fc.nat({ max: 5 })
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('ingest' as const),
      article,
      category: fc.nat({ max: 2 }),
      minutes: fc.nat({ max: 3000 }),
      words: fc.integer({ min: 1, max: 9 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('read' as const), article, minutes: fc.nat({ max: 3000 }), times: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), article }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('empty' as const), category: fc.nat({ max: 2 }), into: fc.nat({ max: 2 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('fold' as const), most: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 50_000 }) }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

async function take(app: App, step: Step, now: Date): Promise<void> {
  const id = async (n: number) =>
    (await app.gql('query ($url: URL!) { articleByUrl(url: $url) { id } }', { url: draft(`h${n}`).url })).articleByUrl?.id as string | undefined
  switch (step.do) {
    case 'ingest': {
      const publishedAt = new Date(begin + step.minutes * minuteMs + step.words * 1000).toISOString()
      const content = Array.from({ length: step.words }, (_, index) => `w${index}`).join(' ')
      await app.gql('mutation ($input: IngestArticlesInput!) { ingestArticles(input: $input) { results { status } } }', {
        input: { articles: [draft(`h${step.article}`, { categoryId: categories[step.category]!, publishedAt, content })] },
      })
      return
    }
    case 'read': {
      const known = await id(step.article)
      if (known) await readAt(app, known, new Date(begin + step.minutes * minuteMs), step.times)
      return
    }
    case 'remove': {
      const known = await id(step.article)
      if (known) await app.gql('mutation ($id: ID!) { deleteArticle(id: $id) { id } }', { id: known })
      return
    }
    case 'empty':
      if (step.category === step.into) return
      await app.gql('mutation ($id: ID!, $moveTo: ID!) { removeCategory(id: $id, moveTo: $moveTo) { id } }', {
        id: categories[step.category],
        moveTo: categories[step.into],
      })
      await addCategory(app, categories[step.category]!)
      return
    case 'fold':
      await foldBatch(app.services.database.pool, now, step.most)
      return
    case 'wait':
  }
}

const numbers = `query ($filter: ArticleFilter, $from: DateTime!, $to: DateTime!, $zone: String!) {
  statistics(filter: $filter) {
    articleCount wordCount readCount lastIngestedAt lastReadAt
    byCategory { category { id } articleCount wordCount readCount lastIngestedAt }
    hours: overTime(interval: HOUR, from: $from, to: $to, timeZone: $zone) { start articleCount wordCount readCount }
    days: overTime(interval: DAY, from: $from, to: $to, timeZone: $zone) { start articleCount wordCount readCount }
  }
}`
const counts = 'query ($filter: ArticleFilter) { statistics(filter: $filter) { articleCount wordCount averageWordCount readCount } }'
const best =
  '{ statistics { all: mostRead { score article { id } } day: mostRead(period: DAY) { score article { id } } month: mostRead(period: MONTH) { score article { id } } } }'

it('are those of the rows, after every step of any history', { timeout: 300_000 }, async () => {
  const history = fc.array(step, { minLength: 5, maxLength: 25 })
  const view = fc.record({
    zone: fc.constantFrom(...zones),
    from: fc.nat({ max: 2000 }),
    length: fc.integer({ min: 1, max: 2500 }),
    some: fc.subarray(categories),
  })
  await fc.assert(
    fc.asyncProperty(history, view, async (steps, { zone, from, length, some }) => {
      const app = await startApp()
      try {
        for (const id of categories) await addCategory(app, id)
        let now = begin
        // A filter that takes everything, but that the rollups do not know: the same numbers, from the rows.
        const fromRows = { minWordCount: 0 }
        const variables = { from: new Date(begin + from * minuteMs).toISOString(), to: new Date(begin + (from + length) * minuteMs + 7).toISOString(), zone }
        const stretch = { publishedFrom: variables.from, publishedBefore: variables.to }
        for (const step of steps) {
          if (step.do === 'wait') now += step.minutes * minuteMs
          await take(app, step, new Date(now))
          for (const filter of [{}, { categoryIds: some }]) {
            expect(await app.gql(numbers, { ...variables, filter })).toEqual(await app.gql(numbers, { ...variables, filter: { ...filter, ...fromRows } }))
          }
          expect(await app.gql(counts, { filter: stretch })).toEqual(await app.gql(counts, { filter: { ...stretch, ...fromRows } }))
        }
        await moveWindows(app, new Date(now))
        const before = await app.gql(best)
        expect(await verifyStatistics(app.services.database.pool, new Date(now))).toEqual([])
        expect(await app.gql(best)).toEqual(before)
      } finally {
        await app.close()
      }
    }),
    { numRuns: 8, endOnFailure: true },
  )
})

it('say where something was changed by hand', async () => {
  const app = await startApp()
  try {
    const { pool } = app.services.database
    await addCategory(app, 'a')
    await app.gql('mutation ($input: IngestArticlesInput!) { ingestArticles(input: $input) { results { status } } }', {
      input: { articles: [draft('one', { categoryId: 'a', content: 'three words here', publishedAt: '2026-01-02T03:04:05Z' })] },
    })
    const [{ id }] = (await app.gql('{ articles { nodes { id } } }')).articles.nodes
    await readAt(app, id, new Date('2026-01-03T00:00:00Z'), 2)
    await fold(app)
    expect(await verifyStatistics(pool, new Date())).toEqual([])
    await pool.query(`UPDATE statistics_rollup SET articles = articles + 1 WHERE category_id = 'a' AND minutes = 60 AND articles > 0`)
    await pool.query('UPDATE article_counter SET read_count = 3')
    await pool.query(`UPDATE article_rank SET month = month + 5, category_id = 'b'`)
    expect(await verifyStatistics(pool, new Date())).toEqual([
      {
        what: '60 minutes from 2026-01-02T03:00Z of category a',
        expected: '1 articles, 3 words, 2 reads of them, 0 reads',
        found: '2 articles, 3 words, 2 reads of them, 0 reads',
      },
      { what: `reads of article ${id}`, expected: expect.stringMatching(/^2, /), found: expect.stringMatching(/^3, /) },
      { what: `place of the rank of article ${id}`, expected: expect.stringMatching(/^a, /), found: expect.stringMatching(/^b, /) },
      { what: `rank of article ${id}`, expected: '2, 0 in a day, 0 in a week, 0 in a month', found: '2, 0 in a day, 0 in a week, 5 in a month' },
    ])
  } finally {
    await app.close()
  }
})
