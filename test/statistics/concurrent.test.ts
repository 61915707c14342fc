// Articles that come, change, move and go while they are read and folded, all at the same time: nothing is counted twice or lost.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { verifyStatistics } from '../../src/statistics/verify.ts'
import { addCategory, draft, useApp } from '../helpers/app.ts'
import { fold } from '../helpers/reads.ts'

it('agree with the rows after all of it', { timeout: 120_000 }, async () => {
  const app = await useApp()
  const categories = ['a', 'b', 'c']
  for (const id of categories) await addCategory(app, id)
  const ids = new Set<string>()
  const some = () => [...ids][Math.floor(Math.random() * ids.size)]
  const link = fc.nat({ max: 11 })
  const steps = fc.sample(
    fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({
          links: fc.uniqueArray(link, { minLength: 1, maxLength: 4 }),
          category: fc.constantFrom(...categories),
          words: fc.nat({ max: 9 }),
        }),
      },
      { weight: 8, arbitrary: fc.constant('read' as const) },
      { weight: 1, arbitrary: fc.constant('remove' as const) },
      { weight: 1, arbitrary: fc.constant('fold' as const) },
    ),
    400,
  )
  let epoch = 0
  const take = async (step: (typeof steps)[number]) => {
    if (step === 'fold') {
      await fold(app)
      return
    }
    if (step === 'read') {
      const reads = Array.from({ length: 5 }, some).flatMap((articleId) => (articleId ? [{ articleId }] : []))
      if (reads.length > 0) await app.gql('mutation ($reads: [RecordReadInput!]!) { recordReads(input: { reads: $reads }) { results { counted } } }', { reads })
      return
    }
    if (step === 'remove') {
      const id = some()
      if (!id) return
      ids.delete(id)
      epoch++ // its links are not taken again
      // It may be gone already: whoever edited it meanwhile has named it again.
      await app.ask('mutation ($id: ID!) { deleteArticle(id: $id) { id } }', { id })
      return
    }
    const articles = step.links.map((n) => draft(`c${n}-${epoch % 5}`, { categoryId: step.category, content: 'word '.repeat(step.words + 1) + n }))
    const { ingestArticles } = await app.gql('mutation ($input: IngestArticlesInput!) { ingestArticles(input: $input) { results { article { id } } } }', {
      input: { articles },
    })
    for (const { article } of ingestArticles.results) if (article) ids.add(article.id)
  }
  const lines = Array.from({ length: 6 }, async (_, line) => {
    for (const step of steps.filter((_step, i) => i % 6 === line)) await take(step)
  })
  await Promise.all(lines)
  expect(await verifyStatistics(app.services.database.pool, new Date())).toEqual([])
  const { all, rows } = await app.gql(
    '{ all: statistics { articleCount wordCount readCount byCategory { articleCount readCount } } rows: statistics(filter: { minWordCount: 0 }) { articleCount wordCount readCount byCategory { articleCount readCount } } }',
  )
  expect(all).toEqual(rows)
  expect(all.readCount).toBeGreaterThan(0)
})
