// What a query asks for, said twice: as a tsquery to the database, and in JavaScript. They must agree whatever is written and asked.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { analyse, tsvectorText } from '../../src/words/analysis.ts'
import { parseQuery, tsqueryOf } from '../../src/words/query.ts'
import { startApp, type App } from '../helpers/app.ts'
import { holds } from './holds.ts'

let app: App
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app?.close())

type Article = { title: string; content: string; language: string | null }

/** Of each pair what the database says. */
async function saidByDatabase(pairs: [vector: string, query: string][]): Promise<boolean[]> {
  const { rows } = await app.services.database.pool.query<{ said: boolean }>(
    'SELECT vector::tsvector @@ query::tsquery AS said FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS p(vector, query, o) ORDER BY o',
    [pairs.map(([vector]) => vector), pairs.map(([, query]) => query)],
  )
  return rows.map(({ said }) => said)
}

/** @returns how many of the queries held */
async function expectAgreement(articles: Article[], texts: string[]): Promise<number> {
  const vectors = articles.map((article) => analyse(article))
  const asked = texts.flatMap((text) => {
    const query = parseQuery(text)
    const tsquery = tsqueryOf(query)
    return tsquery === undefined ? [] : [{ text, query, tsquery }]
  })
  const pairs = vectors.flatMap((vector, n) => asked.map((each) => ({ ...each, vector, article: articles[n]! })))
  if (pairs.length === 0) return 0
  const written = new Map(vectors.map((vector) => [vector, tsvectorText(vector)]))
  const said = await saidByDatabase(pairs.map(({ vector, tsquery }) => [written.get(vector)!, tsquery]))
  const differing = pairs.flatMap(({ vector, query, text, article }, i) =>
    holds(query, vector) === said[i]
      ? []
      : [{ text, language: article.language, title: article.title.slice(0, 200), content: article.content.slice(0, 200), said: said[i] }],
  )
  expect(differing).toEqual([])
  return said.filter(Boolean).length
}

const words =
  "the The president presidents U.S. us US it IT and running runs run Müller mueller muller l’économie l'économie economie dell'Unione İstanbul'da ışık Straße strasse Klimaschutzgesetz Gesetz 東京都知事 東京 知事 ประเทศไทย ไทย 대통령이 대통령 المدرسة مدرسة ἄνδρα C++ C# .NET e-mail email Wi-Fi wifi 1,000 1000 3.5 o'brien don’t a é e\u0301 ﬁne ⒈ ½ ㎏ \u{1f600} & | ! <-> :* ( ) \\ ' @en =the".split(
    ' ',
  )
const language = fc.constantFrom(null, 'en', 'en-GB', 'de', 'fr', 'it', 'tr', 'ja', 'th', 'ko', 'ar', 'da', 'xx', 'pt-BR')
const word = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...words) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 6 }) },
)
const between = fc.constantFrom(' ', ' ', ' ', '. ', '\n\n', '-', '')
const text = (maxLength: number) => fc.array(fc.tuple(word, between), { maxLength }).map((parts) => parts.flat().join(''))
const article = fc.record({ title: text(4), content: text(12), language })
const asked = fc
  .array(fc.tuple(fc.constantFrom('', '', '', '-'), fc.constantFrom('plain', 'plain', 'phrase'), fc.array(word, { minLength: 1, maxLength: 3 })), {
    minLength: 1,
    maxLength: 3,
  })
  .map((parts) => parts.map(([minus, kind, some]) => (kind === 'phrase' ? `${minus}"${some.join(' ')}"` : `${minus}${some[0]}`)).join(' '))

describe('the database says the same as JavaScript', () => {
  it('of any text and query', async () => {
    let held = 0
    await fc.assert(
      fc.asyncProperty(fc.array(article, { minLength: 1, maxLength: 8 }), fc.array(asked, { minLength: 1, maxLength: 12 }), async (articles, texts) => {
        held += await expectAgreement(articles, texts)
      }),
      { numRuns: 60 },
    )
    expect(held).toBeGreaterThan(100) // else it has compared nothing
  })

  it('of parts of an article itself', async () => {
    await fc.assert(
      fc.asyncProperty(article, fc.nat(), fc.nat(3), async (one, from, length) => {
        const some = `${one.title} ${one.content}`.split(/\s+/).slice(from % 16, (from % 16) + length + 1)
        await expectAgreement([one], [some.join(' '), `"${some.join(' ')}"`, `-"${some.join(' ')}"`, `"${some.toReversed().join(' ')}"`])
      }),
      { numRuns: 60 },
    )
  })

  it('of texts that are longer than positions go', async () => {
    // Of the lexemes of Müller, one stands early and one late alone.
    const early = ['Mueller kommt', ...Array.from({ length: 16_298 }, (_, n) => `w${n}`)]
    const late = Array.from({ length: 300 }, (_, n) => `late${n} presidents running`)
    const articles = ['en', 'de', null].map((tongue) => ({ title: 'Long', content: [...early, ...late, 'Muller', 'last word'].join(' '), language: tongue }))
    const held = await expectAgreement(articles, [
      'w0', 'last', 'late299', '"w0 w1"', '"w16296 w16297"', '"w16297 late0"', '"Müller kommt"', '"late0 president"', '"late20 president"', '"late22 president"', '"late23 president"', '"late24 president"', '"president run"', '"last word"', '"late299 late299"', '-"last word"', '"long w0"',
    ]) // prettier-ignore
    expect(held).toBeGreaterThan(10)
  })

  it('of words that stand more often than is kept', async () => {
    const content = Array.from({ length: 400 }, (_, n) => `again x${n}`).join(' ')
    await expectAgreement(
      [{ title: 'again', content, language: 'en' }],
      ['again', '"again x0"', '"again x253"', '"again x254"', '"again x255"', '"x0 again"', '"again again"', '"x399 again"', 'again -"again x300"'],
    )
  })

  it('of a text of more lexemes than are kept', async () => {
    const content = Array.from({ length: 90_000 }, (_, n) => `${n.toString(36)}x${n}`).join(' ')
    await expectAgreement([{ title: 'Much', content, language: null }], ['much', '0x0', '1x1', '"0x0 1x1"', '1xf89999', `${(89_999).toString(36)}x89999`])
  })
})

describe('what is typed', () => {
  const read = (typed: string) => {
    const { words: plain, phrases, without } = parseQuery(typed)
    const join = (terms: { word: string }[]) => terms.map((term) => term.word).join(' ')
    return [join(plain), phrases.map(join), without.map(join)]
  }
  it.each([
    ['', '', [], []],
    ['two words', 'two words', [], []],
    ['"a phrase" and more', 'and more', ['a phrase'], []],
    ['“curly quotes” „tief“ «guillemets now»', 'tief guillemets now'.slice(0, 4), ['curly quotes', 'guillemets now'], []],
    ['"unclosed phrase', '', ['unclosed phrase'], []],
    ['"one"', 'one', [], []],
    ['-not -"not this"', '', [], ['not', 'not this']],
    ['well-known', 'well known', [], []],
    ['a - b -- c', 'a b c', [], []],
    ['title:"a phrase"', 'title', ['a phrase'], []],
    ['C++ .NET e-mail U.S.', 'C++ .NET e-mail U.S', [], []],
    ['& | ! () :* <->', '', [], []],
  ])('%s', (typed, plain, phrases, without) => {
    expect(read(typed)).toEqual([plain, phrases, without])
  })

  it('is read to its end in words alone, however long', () => {
    expect(parseQuery('word '.repeat(1_000), 5).words).toHaveLength(5)
    expect(parseQuery(`"${'word '.repeat(1_000)}"`, 5).phrases[0]).toHaveLength(5)
  })

  it('is in capitals no stop word', () => {
    const stops = (typed: string) => parseQuery(typed).words.map((term) => term.stopIn.includes('en'))
    expect(stops('it IT I.T. the The')).toEqual([true, false, false, true, true])
  })
})
