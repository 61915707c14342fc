import { expect, onTestFinished, test } from 'vitest'
import { createExtractor, ExtractionFailed } from '../../src/pages/extractor.ts'
import { articlePage } from './article-page.ts'

const url = 'https://news.example/bridge'

function useExtractor(...args: Parameters<typeof createExtractor>) {
  const extractor = createExtractor(...args)
  onTestFinished(() => extractor.close())
  return extractor
}

/** With a stand-in that goes wrong when a page says so. */
const useStandIn = (limits: Parameters<typeof createExtractor>[0] = {}) => useExtractor(limits, new URL('./slow-extract.js', import.meta.url))

test('a page is read on the thread as it is read here', async () => {
  const extractor = useExtractor()
  const head = '<meta property="article:published_time" content="2024-03-09">'
  expect(await extractor.extract(articlePage({ head }), url)).toMatchObject({
    title: 'Old bridge is repaired',
    language: 'en-GB',
    publishedAt: new Date('2024-03-09'),
    content: expect.stringContaining('The council of Ellery'),
  })
  expect(await extractor.extract('', url)).toBeUndefined()
})

test.each([
  ['takes too long', 'for ever', 'within 0.2 s'],
  ['takes too much memory', 'too much', 'memory'],
  ['makes the library throw', 'throw', 'thrown'],
  ['ends the thread', 'exit', 'could not be read'],
])('a page that %s is refused, and the next ones are read', async (_what, page, reason) => {
  const extractor = useStandIn({ pageMs: page === 'for ever' ? 200 : 20_000, heapMb: 32 })
  const [bad, next] = await Promise.allSettled([extractor.extract(page, url), page === 'for ever' ? undefined : extractor.extract('next', url)])
  expect(bad).toMatchObject({ status: 'rejected', reason: expect.any(ExtractionFailed) })
  expect((bad as PromiseRejectedResult).reason.message).toContain(reason)
  if (page !== 'for ever') expect(next).toMatchObject({ value: { content: 'next' } })
})

test('after a page that took too long the next one has a thread of its own', async () => {
  const extractor = useStandIn({ pageMs: 3_000 })
  const bad = extractor.extract('for ever', url)
  const next = extractor.extract('next', url)
  await expect(bad).rejects.toThrow('within 3 s')
  expect(await next).toMatchObject({ content: 'next' })
})

test('so many may wait, in their order', async () => {
  const extractor = useStandIn({ waiting: 2 })
  const order: string[] = []
  const pages = ['1', '2', '3'].map((page) => extractor.extract(page, url).then(() => order.push(page)))
  await expect(extractor.extract('4', url)).rejects.toThrow('Too many')
  await Promise.all(pages)
  expect(order).toEqual(['1', '2', '3'])
  expect(await extractor.extract('5', url)).toMatchObject({ content: '5' })
})

test('who waits may stop waiting', async () => {
  const extractor = useStandIn({ waiting: 1 })
  const abort = new AbortController()
  const first = extractor.extract('1', url)
  const second = extractor.extract('2', url, abort.signal)
  abort.abort(new Error('no longer wanted'))
  const third = extractor.extract('3', url) // the second has left its place
  await expect(second).rejects.toThrow('no longer wanted')
  expect([await first, await third]).toMatchObject([{ content: '1' }, { content: '3' }])
  await expect(extractor.extract('4', url, abort.signal)).rejects.toThrow('no longer wanted')
})

test('closing refuses the page that is being read and those that wait', async () => {
  const extractor = useStandIn()
  const pages = Promise.allSettled([extractor.extract('for ever', url), extractor.extract('2', url)])
  await extractor.close()
  expect(await pages).toMatchObject([{ reason: expect.any(ExtractionFailed) }, { reason: expect.any(ExtractionFailed) }])
  await expect(extractor.extract('3', url)).rejects.toThrow('closed')
})
