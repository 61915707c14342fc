// BENCH_DATABASE_URL=postgresql://… npx tsx bench/statistics.ts [--small 10000] [--large 1000000] [--rounds 30] [--plans] [--kept NAME,NAME]
//
// What the statistics cost in a small archive and in a large one, with two reads an article: all of them at once, and each part alone.
// Rows are those that scans looked at, and blocks 8 KiB each. The databases are made and dropped; --kept names two that
// bench/archive.ts has filled, in their place.
import { sideBySide } from './side-by-side.ts'

const from = new Date(Date.now() - 89 * 86_400_000).toISOString()
const ranked = '{ score article { id title } }'
const parts = {
  totals: 'articleCount wordCount readCount lastIngestedAt lastReadAt',
  byCategory: 'byCategory { category { id name } articleCount wordCount readCount lastIngestedAt }',
  'overTime, 90 days': `overTime(interval: DAY, from: "${from}") { start articleCount wordCount readCount }`,
  'mostRead, ALL': `all: mostRead ${ranked}`,
  'mostRead, MONTH': `month: mostRead(period: MONTH) ${ranked}`,
  trending: `trending ${ranked}`,
}

await sideBySide(async (compare) => {
  await compare('all', { query: `{ statistics { ${Object.values(parts).join(' ')} } }` })
  for (const [name, fields] of Object.entries(parts)) await compare(name, { query: `{ statistics { ${fields} } }` })
  for (const [name, fields] of Object.entries(parts)) {
    await compare(`${name}, of a category`, { query: `{ statistics(filter: { categoryIds: ["c05"] }) { ${fields} } }` })
  }
})
