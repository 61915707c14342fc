import { articleFilter, type ArticleFilter } from '../articles/filter.ts'
import { ArticleFilterInput } from '../articles/types.ts'
import type { Prisma } from '../db/connect.ts'
import { builder } from '../graphql/builder.ts'
import { load } from '../graphql/loader.ts'
import type { Topic } from '../stream/conflate.ts'
import { LiveSource } from '../stream/source.ts'
import { overTime, type Bucket, type Interval } from './over-time.ts'
import { rolledUp } from './rollups.ts'
import { counts, ofAllTime, totals, totalsByCategory, totalsOfCategories, type CategoryTotals, type Counts, type Totals } from './totals.ts'
import type { Difference } from './verify.ts'

declare module '../graphql/context.ts' {
  interface Context {
    /** That the statistics may have changed. */
    statisticsChanges: Topic<string>
    /** Compares the statistics with the rows that they are made of. */
    verify: () => Promise<Difference[]>
  }
}

/** Numbers are read once for all of their fields, and only when one of them is asked for. */
type Subject = { filter: ArticleFilter; counts: () => Promise<Counts>; totals: () => Promise<Totals> }

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined
  return () => (reading ??= read())
}

const CategoryStatistics = builder.objectRef<CategoryTotals>('CategoryStatistics').implement({
  description: 'The numbers of one category.',
  fields: (t) => ({
    category: t.prismaField({
      type: 'Category',
      description: 'The category.',
      resolve: (query, { categoryId }, _args, { prisma }) => prisma.category.findUniqueOrThrow({ ...query, where: { id: categoryId } }),
    }),
    articleCount: t.exposeInt('articleCount', { description: 'Its articles.' }),
    wordCount: t.exposeFloat('wordCount', { description: 'Their words.' }),
    readCount: t.exposeFloat('readCount', { description: 'Their reads.' }),
    lastIngestedAt: t.expose('lastIngestedAt', { type: 'DateTime', nullable: true, description: 'When the newest of them was ingested.' }),
  }),
})

const StatisticsBucket = builder.objectRef<Bucket>('StatisticsBucket').implement({
  description: 'The numbers of one stretch of time.',
  fields: (t) => ({
    start: t.expose('start', { type: 'DateTime', description: 'When it begins.' }),
    articleCount: t.exposeInt('articleCount', { description: 'Articles published in it.' }),
    wordCount: t.exposeFloat('wordCount', { description: 'Their words.' }),
    readCount: t.exposeFloat('readCount', { description: 'Reads in it.' }),
  }),
})

const IntervalEnum = builder.enumType('Interval', {
  description: 'How long a bucket is.',
  values: {
    HOUR: { description: 'An hour.' },
    DAY: { description: 'A day of the time zone: 23 to 25 hours.' },
    WEEK: { description: 'An ISO week, from Monday.' },
    MONTH: { description: 'A month of the calendar.' },
  } satisfies Record<Interval, object>,
})

export const Statistics = builder.objectRef<Subject>('Statistics').implement({
  description: 'Numbers over the articles that a filter takes.',
  fields: (t) => ({
    articleCount: t.int({ description: 'Articles.', resolve: async (s) => (await s.counts()).articleCount }),
    wordCount: t.float({ description: 'Their words.', resolve: async (s) => (await s.counts()).wordCount }),
    readCount: t.float({ description: 'Their reads.', resolve: async (s) => (await s.counts()).readCount }),
    averageWordCount: t.float({
      description: 'Words of an article on average; 0 where there is none.',
      resolve: async (s) => {
        const { wordCount, articleCount } = await s.counts()
        return articleCount === 0 ? 0 : wordCount / articleCount
      },
    }),
    lastIngestedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the newest of them was ingested.',
      resolve: async (s) => (await s.totals()).lastIngestedAt,
    }),
    lastReadAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When one of them was last read.',
      resolve: async (s) => (await s.totals()).lastReadAt,
    }),
    byCategory: t.field({
      type: [CategoryStatistics],
      description: 'By category, those without such articles too, by name.',
      complexity: { field: 200, multiplier: 20 },
      resolve: ({ filter }, _args, { prisma }) => totalsByCategory(prisma, filter),
    }),
    overTime: t.field({
      type: [StatisticsBucket],
      description:
        'Articles by publishedAt, reads by when they were read, to the quarter of an hour. The last 30 buckets unless from is given; to is exclusive; weeks are ISO weeks; more than 1,000 buckets is BAD_USER_INPUT. Empty buckets are there, with zeros.',
      args: {
        interval: t.arg({ type: IntervalEnum, required: true, defaultValue: 'DAY', description: 'How long a bucket is.' }),
        from: t.arg({ type: 'DateTime', description: 'What is earlier does not count.' }),
        to: t.arg({ type: 'DateTime', description: 'What is then or later does not count; now when left out.' }),
        timeZone: t.arg.string({ required: true, defaultValue: 'UTC', description: 'The IANA time zone whose hours, days, weeks and months they are.' }),
      },
      complexity: { field: 500, multiplier: 30 },
      resolve: ({ filter }, { interval, from, to, timeZone }, { prisma, clock }) =>
        overTime(prisma, filter, { interval, timeZone, ...(from && { from }), ...(to && { to }) }, clock()),
    }),
  }),
})

builder.queryField('statistics', (t) =>
  t.field({
    type: Statistics,
    description: 'Numbers over the articles that a filter takes; over all of them when it is left out.',
    complexity: { field: 100, multiplier: 1 }, // it reads every article that the filter takes
    args: { filter: t.arg({ type: ArticleFilterInput, description: 'Which articles.' }) },
    resolve: (_root, { filter }, { prisma }) => statisticsOf(prisma, filter),
  }),
)

const DifferenceType = builder.objectRef<Difference>('StatisticsDifference').implement({
  description: 'Where the statistics say something else than the articles and reads that they are made of.',
  fields: (t) => ({
    what: t.exposeString('what', { description: 'Which number.' }),
    expected: t.exposeString('expected', { description: 'As it follows from the articles and reads.' }),
    found: t.exposeString('found', { description: 'As the statistics say.' }),
  }),
})

builder.queryField('verifyStatistics', (t) =>
  t.field({
    type: [DifferenceType],
    description:
      'Recomputes the statistics from all articles and reads, and says where they differ: at most 100 of each kind. Takes seconds in a large archive.',
    complexity: { field: 500, multiplier: 1 },
    resolve: (_root, _args, { verify }) => verify(),
  }),
)

builder.subscriptionField('statisticsChanged', (t) =>
  t.field({
    type: Statistics,
    description: 'The whole statistics object, at most once a second, only while something changes: never twice the same in what is selected.',
    complexity: { field: 100, multiplier: 1 },
    args: { filter: t.arg({ type: ArticleFilterInput, description: 'Which articles.' }) },
    subscribe: (_root, { filter }, { statisticsChanges }) => {
      articleFilter(filter) // a wrong one is told at once
      return new LiveSource({ topic: statisticsChanges, key: '', wants: () => true, root: () => ({}), isOne: true })
    },
    resolve: (_root, { filter }, { prisma }) => statisticsOf(prisma, filter),
  }),
)

function statisticsOf(prisma: Prisma, filter: Parameters<typeof articleFilter>[0]): Subject {
  const taken = articleFilter(filter)
  const all = once(() => totals(prisma, taken))
  return { filter: taken, totals: all, counts: ofAllTime(taken) || !rolledUp(taken) ? all : once(() => counts(prisma, taken)) }
}

builder.prismaObjectField('Category', 'statistics', (t) =>
  t.field({
    type: Statistics,
    description: 'Numbers over its articles.',
    resolve: ({ id }, _args, context) => {
      const all = once(() => load(context, totalsOfCategories, id))
      return { filter: { categoryIds: [id] }, totals: all, counts: all }
    },
  }),
)
