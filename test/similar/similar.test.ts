// Articles like an article: as they are kept, and before that; both ways, as articles come, change and go; never itself nor its copies.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { alone } from '../../src/enrichment/enrich.ts'
import { keepNeighbours, remakeLists } from '../../src/similar/step.ts'
import { addCategory, draft, ingest, startApp, useApp, type App } from '../helpers/app.ts'
import { enrichAll } from '../helpers/enrichment.ts'

type Found = { article: { title: string }; score: number; terms: string[] }

const stories = {
  'harbour fire': 'Firefighters fought a blaze at the harbour of Rotterdam. The harbour was closed while firefighters put out the blaze.',
  'harbour aftermath': 'The harbour of Rotterdam has opened again after the blaze. Firefighters had fought it for hours.',
  'harbour trade': 'The harbour of Rotterdam handled more containers this year, said a director of trade.',
  'cup final': 'The striker scored twice in the final, and the goalkeeper saved a penalty. The cup goes to Porto.',
  'cup report': 'Porto won the cup: a goalkeeper saved a penalty after the striker had scored twice.',
  election: 'Voters chose a parliament. The coalition lost a majority, and ballots are counted once more.',
}

async function started(of: Record<string, string> = stories, language = 'en'): Promise<App> {
  const app = await useApp()
  await addCategory(app)
  await add(app, of, language)
  return app
}

const add = (app: App, of: Record<string, string>, language = 'en') =>
  ingest(
    app,
    Object.entries(of).map(([title, content]) => draft(encodeURIComponent(title), { title, content, language })),
  )
const enrichOnly = async (app: App) => expect(await enrichAll(app, [keepNeighbours])).toEqual([])
const enrich = async (app: App) => {
  await enrichOnly(app)
  while ((await alone(app.services.database.prisma, remakeLists))! > 0);
}
const fields = 'similar(first: $first) { article { title } score terms }'
async function similar(app: App, title: string, first = 5): Promise<Found[]> {
  const url = `https://example.com/${encodeURIComponent(title)}`
  return (await app.gql(`query ($url: URL!, $first: Int!) { articleByUrl(url: $url) { ${fields} } }`, { url, first })).articleByUrl.similar
}
const titles = (found: Found[]) => found.map(({ article }) => article.title)

it.each([
  ['before they are enriched', async () => {}],
  ['as they are kept', enrich],
])('finds the same event first, then the same subject, %s', async (_, prepare) => {
  const app = await started()
  await prepare(app)
  const found = await similar(app, 'harbour fire')
  expect(titles(found)).toEqual(['harbour aftermath', 'harbour trade'])
  expect(found[0]!.score).toBeLessThan(1)
  expect(found[0]!.score).toBeGreaterThan(found[1]!.score)
  expect(found[1]!.score).toBeGreaterThan(0)
  expect(found[0]!.terms).toEqual(expect.arrayContaining(['Firefighters', 'blaze', 'Rotterdam']))
  expect(found[1]!.terms.toSorted()).toEqual(['Rotterdam', 'harbour'])
  expect(titles(await similar(app, 'cup report'))).toEqual(['cup final'])
  expect(titles(await similar(app, 'harbour fire', 1))).toEqual(['harbour aftermath'])
  expect(await similar(app, 'election')).toEqual([])
})

it('ties nothing by words that any text has, within a language or across', async () => {
  const app = await started({
    a: 'Its council will not meet until they have been asked themselves. It’s new, and has no quorum.',
    b: 'Until bakers will have it themselves, its oven has no fire; it’s not what they were against.',
  })
  await ingest(app, [draft('c', { title: 'c', content: 'Il ministro ha aperto la mostra its a Trieste.', language: 'it' })])
  for (const prepare of [async () => {}, enrich]) {
    await prepare(app)
    for (const title of ['a', 'b', 'c']) expect(await similar(app, title)).toEqual([])
  }
})

it('spells terms as the article that was asked does', async () => {
  const app = await started({ a: 'Bridges were imported from Lisbon.', b: 'Lisbon: the bridge that is important.' })
  for (const prepare of [async () => {}, enrich]) {
    await prepare(app)
    expect((await similar(app, 'a'))[0]!.terms.toSorted()).toEqual(['Bridges', 'Lisbon', 'imported'])
    expect((await similar(app, 'b'))[0]!.terms.toSorted()).toEqual(['Lisbon', 'bridge', 'important'])
  }
})

it('finds what waits beside what is kept, and lists what came later in both', async () => {
  const app = await started({ 'harbour trade': stories['harbour trade'] })
  await enrich(app)
  await add(app, { 'harbour fire': stories['harbour fire'], 'harbour aftermath': stories['harbour aftermath'] })
  expect(titles(await similar(app, 'harbour fire'))).toEqual(['harbour aftermath', 'harbour trade'])
  expect(titles(await similar(app, 'harbour trade')).toSorted()).toEqual(['harbour aftermath', 'harbour fire'])
  await enrich(app)
  expect(titles(await similar(app, 'harbour fire'))).toEqual(['harbour aftermath', 'harbour trade'])
  expect(titles(await similar(app, 'harbour trade')).toSorted()).toEqual(['harbour aftermath', 'harbour fire'])
})

it('takes what is edited or gone from the lists of others', async () => {
  const app = await started()
  await enrich(app)
  await add(app, { 'harbour aftermath': stories['cup final'].replace('twice', 'three times') })
  await enrich(app)
  // A word of its title alone is left of what they had in common.
  expect(titles(await similar(app, 'harbour fire'))).toEqual(['harbour trade'])
  expect(titles(await similar(app, 'cup report')).toSorted()).toEqual(['cup final', 'harbour aftermath'])
  const { articleByUrl } = await app.gql('{ articleByUrl(url: "https://example.com/harbour%20trade") { id } }')
  await app.gql('mutation ($id: ID!) { deleteArticle(id: $id) { id } }', { id: articleByUrl.id })
  expect(titles(await similar(app, 'harbour fire'))).toEqual([])
  await enrich(app)
  const { prisma } = app.services.database
  const id = { articleId: articleByUrl.id }
  expect(await prisma.neighbour.count({ where: { OR: [id, { neighbourId: articleByUrl.id }] } })).toBe(0)
  expect(await prisma.articleVector.count({ where: id })).toBe(0)
})

it('lists no copies of an article, long or short, and one of two that are copies of each other', async () => {
  const words = (from: number) => Array.from({ length: 80 }, (_, n) => `word${from + n}`).join(' ')
  const app = await started({
    one: `${words(0)} harbour.`,
    two: `${words(0)} strike.`,
    far: words(20),
    short: 'Fire at the harbour again',
    'short copy': 'Fire at the harbour, again.',
  })
  for (const prepare of [async () => {}, enrich]) {
    await prepare(app)
    expect(titles(await similar(app, 'one')).toSorted()).toEqual(['far'])
    expect(titles(await similar(app, 'short'))).toEqual([])
    expect(titles(await similar(app, 'far'))).toHaveLength(1)
  }
})

it('works in languages without spaces between words', async () => {
  const app = await started(
    { a: '東京の港で火災が発生し、消防隊が消火した。', b: '消防隊は東京の港の火災を消火した。', c: '選挙で与党が過半数を失った。' },
    'ja',
  )
  await enrich(app)
  const [found] = await similar(app, 'a')
  expect(found!.article.title).toBe('b')
  expect(found!.terms).toEqual(expect.arrayContaining(['東京', '火災']))
})

it.each([0, 21, -1])('refuses first: %i', async (first) => {
  const app = await started({ election: stories.election })
  const { errors } = await app.ask(`query ($first: Int!) { articles { nodes { ${fields} } } }`, { first })
  expect(errors![0]!.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'first' })
})

it('costs a page of articles a fixed number of statements, kept or not', async () => {
  const query = '{ articles { nodes { id similar { article { title } score terms } } } }'
  const app = await started()
  const cost = async () => (await app.statements(() => app.gql(query))).length
  // The page, what is kept, texts, frequencies, candidates, what waits, texts of that, vectors, texts that may be copies, the articles.
  expect(await cost()).toBe(10)
  const more = Object.fromEntries(Object.entries(stories).map(([title, content]) => [`more ${title}`, `${content} And more.`]))
  await add(app, more)
  expect(await cost()).toBe(10)
  await enrich(app)
  // The page, what is kept, the articles, the words that tie them.
  expect(await cost()).toBe(4)
  // What is enriched anew is in the lists already.
  const { pool } = app.services.database
  await pool.query('INSERT INTO enrichment_task (article_id) SELECT article_id FROM article_lexemes')
  expect(await cost()).toBe(4)
  // Beside what is kept: texts, frequencies, candidates for what waits itself, what waits, texts of that, vectors, texts that may be copies.
  await add(app, { 'harbour again': 'Firefighters fought one more blaze at the harbour of Rotterdam.' })
  expect(await cost()).toBe(10)
})

it('finds what it has not made anew yet where lists got short, and makes them anew when nothing else is to be done', async () => {
  const own = (n: number) => Array.from({ length: 4 }, (_, word) => `own${n}x${word}`).join(' ')
  const many = (count: number, title: string, content: (n: number) => string) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`${title}${n}`, content(n)]))
  const app = await started(many(60, 'long', (n) => `Harbour blaze ${own(n)}.`))
  await add(
    app,
    many(25, 'short', (n) => `Harbour blaze only${n}.`),
  )
  await enrich(app)
  const { prisma, pool } = app.services.database
  await pool.query(`DELETE FROM article WHERE title LIKE 'short%'`)
  await enrichOnly(app)
  const waiting = async () => prisma.articleVector.count({ where: { articles: 0 } })
  const short = await waiting()
  expect(short).toBeGreaterThan(10)
  await pool.query('DELETE FROM neighbour WHERE article_id IN (SELECT article_id FROM article_vector WHERE articles = 0)')
  for (const n of Array.from({ length: 60 }).keys()) expect(await similar(app, `long${n}`, 20)).toHaveLength(20)
  await add(app, { election: stories.election })
  await enrichOnly(app)
  expect(await waiting()).toBe(short)
  await enrich(app)
  expect(await waiting()).toBe(0)
  expect(await prisma.neighbour.groupBy({ by: ['articleId'] })).toHaveLength(60)
  // One that is made and has no neighbours is not looked for again.
  const query = '{ articleByUrl(url: "https://example.com/election") { similar { score } } }'
  expect((await app.statements(() => app.gql(query))).length).toBeLessThan(5)
})

it('keeps the newest 300 articles of a term', async () => {
  const app = await started(Object.fromEntries(Array.from({ length: 320 }, (_, n) => [`blaze ${n}`, `Blaze own${n}.`])))
  await enrich(app)
  const { pool } = app.services.database
  const { rows } = await pool.query<{ articles: number[] }>('SELECT articles FROM similar_term ORDER BY cardinality(articles) DESC LIMIT 1')
  expect(rows[0]!.articles).toHaveLength(300)
  const { rows: newest } = await pool.query<{ number: number }>('SELECT number FROM article_vector ORDER BY number DESC LIMIT 300')
  expect(rows[0]!.articles.toSorted((a, b) => b - a)).toEqual(newest.map(({ number }) => number))
})

it('keeps for each article the best of all, whatever came, changed and went in whatever order', { timeout: 120_000 }, async () => {
  const app = await startApp()
  const { pool, prisma } = app.services.database
  try {
    await addCategory(app)
    const vocabulary = Array.from({ length: 14 }, (_, n) => `theme${n}`)
    const content = fc.array(fc.constantFrom(...vocabulary), { minLength: 2, maxLength: 8 }).map((words) => words.join(' '))
    const command = fc.oneof(
      { weight: 5, arbitrary: fc.record({ put: fc.integer({ min: 0, max: 9 }), content }) },
      { weight: 1, arbitrary: fc.record({ remove: fc.nat() }) },
      { weight: 2, arbitrary: fc.constant({ enrich: true }) },
    )
    let run = 0
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 25 }), async (commands) => {
        run++
        for (const one of commands) {
          if ('put' in one) await ingest(app, [draft(`${run}-${one.put}`, { title: 'x', content: one.content })])
          else if ('enrich' in one) await enrich(app)
          else {
            const all = await prisma.article.findMany({ select: { id: true }, orderBy: { id: 'asc' } })
            const id = all[one.remove % Math.max(1, all.length)]?.id
            if (id) await app.gql('mutation ($id: ID!) { deleteArticle(id: $id) { id } }', { id })
          }
        }
        await enrich(app)
        const { rows: wrong } = await pool.query(`
          SELECT * FROM neighbour n WHERE n.article_id = n.neighbour_id OR n.score <= 0 OR n.score > 1
            OR NOT EXISTS (SELECT FROM article WHERE id = n.article_id) OR NOT EXISTS (SELECT FROM article WHERE id = n.neighbour_id)`)
        expect(wrong).toEqual([])
        const lists = async () =>
          (await pool.query<{ pair: string; score: number }>(`SELECT article_id || ' ' || neighbour_id AS pair, score FROM neighbour ORDER BY 1`)).rows
        // How rare a word is moves as articles come: what was just too unlike when it was compared need not be now.
        const clearly = 0.2
        const missingIn = (some: { pair: string }[], of: { pair: string; score: number }[]) =>
          of.filter(({ pair, score }) => score >= clearly && !some.some((other) => other.pair === pair))
        const counted = async () => (await prisma.similarCount.findMany()).map(({ articles }) => articles)[0] ?? 0
        const kept = await lists()
        // From scratch: everything is enriched anew, as if it had just come.
        expect(await counted()).toBe(await prisma.article.count())
        await pool.query('TRUNCATE neighbour, article_vector, similar_term')
        await pool.query('UPDATE similar_count SET articles = 0')
        await pool.query('INSERT INTO enrichment_task (article_id) SELECT article_id FROM article_lexemes')
        await enrich(app)
        const made = await lists()
        expect({ lost: missingIn(kept, made), extra: missingIn(made, kept) }).toEqual({ lost: [], extra: [] })
        for (const { id } of await prisma.article.findMany({ select: { id: true } }))
          await app.gql('mutation ($id: ID!) { deleteArticle(id: $id) { id } }', { id })
        await enrich(app)
        expect(await lists()).toEqual([])
        expect([await prisma.articleVector.count(), await prisma.similarTerm.count(), await counted()]).toEqual([0, 0, 0])
      }),
      { numRuns: 8 },
    )
  } finally {
    await app.close()
  }
})
