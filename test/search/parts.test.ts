import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rankedWhole, sourcesOf } from '../../src/search/candidates.ts'
import { distance, nearest, oneEditAway } from '../../src/search/correct.ts'
import type { Context } from '../../src/graphql/context.ts'
import { highlight } from '../../src/search/highlight.ts'
import { memberHighlight } from '../../src/search/member-highlight.ts'
import { termsOf, wordsThatCount, type Plan, type ScoredTerm } from '../../src/search/plan.ts'
import { parseQuery } from '../../src/words/query.ts'

const weights = (...lexemes: string[]) => ({ weights: new Map(lexemes.map((lexeme, i) => [lexeme, i + 1])), phrases: [] })
const asked = (query: string, ...lexemes: string[]) => ({ ...weights(...lexemes), phrases: parseQuery(query).phrases })

describe('a passage', () => {
  it.each([
    ['marks words in their forms', 'Two dogs barked.', 'en', weights('dog'), 'Two <mark>dogs</mark> barked.'],
    ['escapes all else', `<b>"A" & 'dog'</b>`, 'en', weights('dog'), '&lt;b&gt;&quot;A&quot; &amp; &#39;<mark>dog</mark>&#39;&lt;/b&gt;'],
    ['escapes what it marks', 'l’<i>dog', 'en', weights('dog'), 'l’&lt;i&gt;<mark>dog</mark>'],
    ['is the text where nothing matches', 'Nothing here.', 'en', weights('dog'), 'Nothing here.'],
    ['is empty where the text is', '', null, weights('dog'), ''],
  ])('%s', (_, text, language, lexemes, expected) => {
    expect(highlight(text, language, lexemes)).toBe(expected)
  })

  it.each([
    ['by the part of a compound', 'Das Bundesverfassungsgericht tagt.', 'de', weights('gericht'), 'Das <mark>Bundesverfassungsgericht</mark> tagt.'],
    ['by two words with a hyphen', 'Free Wi-Fi here.', 'en', weights('wifi'), 'Free <mark>Wi-Fi</mark> here.'],
    ['at the end', 'Free Wi‑Fi', null, weights('wifi'), 'Free <mark>Wi‑Fi</mark>'],
    ['by each of them', 'Free Wi-Fi', 'en', weights('wi', 'fi', 'wifi'), 'Free <mark>Wi</mark>-<mark>Fi</mark>'],
    ['not by two of three', 'A wi-fi-x', 'en', weights('wifi'), 'A wi-fi-x'],
  ])('marks what is found %s', (_, text, language, lexemes, expected) => {
    expect(highlight(text, language, lexemes)).toBe(expected)
  })

  it('is of the title where only that matches, or where there is nothing else', () => {
    expect(highlight('People left.', 'en', weights('volcano'), 'Volcanoes & <more>')).toBe('<mark>Volcanoes</mark> &amp; &lt;more&gt;')
    expect(highlight('A volcano.', 'en', weights('volcano'), 'Volcanoes')).toBe('A <mark>volcano</mark>.')
    expect(highlight('People left.', 'en', weights('volcano'), 'News')).toBe('People left.')
    expect(highlight(' ', 'en', weights('volcano'), 'News')).toBe('News')
  })

  it('is made of one text in a round of the event loop', async () => {
    const content = 'dog cat bird '.repeat(100)
    const rows = Array.from({ length: 30 }, (_, n) => ({ id: `${n}`, title: '', content, language: 'en' }))
    const context = { prisma: { $queryRaw: async () => rows } } as unknown as Context
    let rounds = 0
    const count = () => {
      rounds++
      counting = setImmediate(count)
    }
    let counting = setImmediate(count)
    const made = await Promise.all(rows.map(({ id }) => memberHighlight(context, id, weights('dog'))))
    clearImmediate(counting)
    expect(made[29]).toContain('<mark>dog</mark>')
    expect(rounds).toBeGreaterThanOrEqual(29)
  })

  it('is where most of the rarest words are, between words', () => {
    const filler = 'Lorem ipsum dolor sit amet consectetur. '.repeat(20)
    const html = highlight(`A dog. ${filler}A dog and a cat sat. ${filler}A cat.`, 'en', weights('dog', 'cat'))
    expect(html).toContain('A <mark>dog</mark> and a <mark>cat</mark> sat.')
    expect(html).toMatch(/^… \S/)
    expect(html).toMatch(/\S …$/)
    expect(html.match(/<mark>/g)).toHaveLength(2)
  })

  it('is where the phrase is, all of it marked, whatever else is elsewhere', () => {
    const filler = 'Lorem ipsum dolor sit amet consectetur. '.repeat(20)
    const text = `A landing. ${filler}The moon and a rare landing. ${filler}It said that moon landings go ahead.`
    const phrase = highlight(text, 'en', asked('"moon landing"', 'land', 'moon', 'rare'))
    expect(phrase).toContain('that <mark>moon landings</mark> go ahead.')
    expect(highlight(text, 'en', asked('"it said"'))).toContain('<mark>It said</mark> that')
    expect(highlight(text, 'en', asked('"moon landing" rare', 'land', 'moon'))).not.toContain('rare')
    expect(highlight('昨夜、大きな地震があり', 'ja', asked('"大きな地震"', '地震'))).toBe('昨夜、<mark>大きな地震</mark>があり')
  })

  it('is where words stand side by side as they were asked for, sooner than apart', () => {
    const filler = 'Lorem ipsum dolor sit amet consectetur. '.repeat(20)
    const html = highlight(`The moon is a landing place. ${filler}A moon landing.`, 'en', weights('land', 'moon'))
    expect(html).toContain('A <mark>moon</mark> <mark>landing</mark>.')
  })

  it('is some 200 to 300 characters of the text, whatever that is', () => {
    const plain = (html: string) =>
      html.replace(/<\/?mark>/g, '').replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" })[name]!)
    fc.assert(
      fc.property(fc.array(fc.constantFrom('dog', 'a', 'cats', '<', '&', ' ', '\n', '🐕', '犬が', 'x'.repeat(90)), { maxLength: 200 }), (parts) => {
        const text = parts.join('')
        const html = highlight(text, 'en', asked('"cats dog cats" "dog a"', 'dog', 'cat'))
        const shown = plain(html).replace(/^… /, '').replace(/ …$/, '')
        expect(text).toContain(shown)
        expect(shown.isWellFormed()).toBe(true)
        expect(shown.length).toBeLessThan(330)
        expect(shown.length).toBeGreaterThanOrEqual(Math.min(text.length, 150))
        expect(html.replace(/<\/?mark>/g, '')).not.toMatch(/[<>]/)
      }),
    )
  })

  it('is found quickly in a long text', () => {
    const text = 'dog cat bird '.repeat(80_000)
    const startedAt = performance.now()
    expect(highlight(text, 'en', weights('dog', 'cat', 'bird'))).toContain('<mark>bird</mark>')
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })

  it('is found as quickly where phrases that are asked for are all of the text', () => {
    const phrases = Array.from({ length: 9 }, (_, n) => `"${'dog '.repeat(n + 2)}"`).join(' ')
    const startedAt = performance.now()
    expect(highlight('dog '.repeat(25_000), 'en', asked(`${phrases} ${'"dog dog" '.repeat(20)}`, 'dog'))).toContain('<mark>dog dog dog')
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })

  it('ends before a character of two code units where a very long text is cut within it', () => {
    const html = highlight(`${'x'.repeat(99_990)} dog ${'🐕'.repeat(20)}`, 'en', weights('dog'))
    expect(html).toMatch(/<mark>dog<\/mark> 🐕🐕$/u)
  })
})

describe('spelling', () => {
  it.each([
    ['volcano', 'vulcano', 1],
    ['volcano', 'volcao', 1],
    ['volcano', 'voclano', 1],
    ['volcano', 'volcano', 0],
    ['volcano', 'volcanoes', 2],
    ['', 'ab', 2],
    ['abc', 'xyz', 3],
  ])('counts edits: %s %s', (a, b, edits) => {
    expect(distance(a, b)).toBe(edits)
    expect(distance(b, a)).toBe(edits)
  })

  it('makes every word that is one edit away', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(oneEditAway(a).includes(b) || a === b).toBe(distance(a, b) <= 1)
      }),
    )
    expect(oneEditAway('вулкан')).toContain('вулкано')
    for (const one of oneEditAway('volcano')) expect(distance(one, 'volcano')).toBeLessThanOrEqual(1)
  })

  it('prefers the nearest, then the most frequent, another letter counting less; short words are one edit away', () => {
    const known = (...some: [string, number][]) => some.map(([lexeme, articles]) => ({ lexeme, articles }))
    const misspelt = (lexeme: string, ...neighbours: string[]) => ({ lexemes: [lexeme], neighbours: new Map(neighbours.map((one) => [one, 1])) })
    expect(nearest(misspelt('vulcano'), known(['volcano', 3], ['vulcans', 900]))?.lexeme).toBe('vulcans')
    expect(nearest(misspelt('vulcanno'), known(['volcano', 900], ['vulcano', 1]))).toEqual({ lexeme: 'vulcano', articles: 1, edits: 1 })
    expect(nearest(misspelt('teni'), known(['toni', 300], ['tenni', 100]))?.lexeme).toBe('tenni')
    expect(nearest({ ...misspelt('teni'), lexemes: ['tenis', 'teni'] }, known(['toni', 300], ['tenni', 100]))?.lexeme).toBe('tenni')
    expect(nearest(misspelt('peic'), known(['pric', 300], ['piec', 100]))?.lexeme).toBe('piec')
    expect(nearest(misspelt('cats'), known(['carp', 900]))).toBeUndefined()
    expect(nearest(misspelt('gover', 'govern'), known(['over', 900], ['govern', 1]))).toEqual({ lexeme: 'govern', articles: 1, edits: 1 })
  })
})

describe('a plan', () => {
  const collection = (frequencies: Record<string, number>, languages = ['en']) => ({
    articles: 1000,
    averageLength: 100,
    newestBatch: 0,
    languages,
    further: [],
    share: () => 1,
    frequencies: new Map(Object.entries(frequencies)),
  })

  it('leaves stop words of its languages out, unless there is nothing else', () => {
    const words = (text: string, ...languages: string[]) => wordsThatCount(parseQuery(text), languages).map(({ word }) => word)
    expect(words('the cat die', 'en')).toEqual(['cat', 'die'])
    expect(words('the cat die', 'de')).toEqual(['the', 'cat'])
    expect(words('the of', 'en')).toEqual(['the', 'of'])
    expect(words('"the cat" sat', 'en')).toEqual(['sat', 'cat'])
  })

  it('weighs rare words more, and a repeated word twice', () => {
    const terms = termsOf(parseQuery('rare common common').words, collection({ rare: 2, common: 500 }))
    const weight = (lexeme: string) => terms.filter((term) => term.lexeme === lexeme)[0]!.weight
    expect(weight('rare')).toBeGreaterThan(weight('common'))
    expect(weight('common')).toBeCloseTo(2 * Math.log(2), 2)
  })

  it('asks for stems of the many further languages of an archive where it has them', () => {
    const lexemes = (frequencies: Record<string, number>) =>
      termsOf(parseQuery('häuser').words, { ...collection(frequencies), further: ['de'] }).map(({ lexeme, languages }) => [lexeme, languages])
    expect(lexemes({ hauser: 1 })).not.toContainEqual(['haus', ['de']])
    expect(lexemes({ haus: 1 })).toContainEqual(['haus', ['de']])
  })

  const term = (lexeme: string, articles: number, titles = 0): ScoredTerm => ({ lexeme, languages: null, weight: 1, articles, titles })
  const plan = (articles: number, ...terms: ScoredTerm[]): Plan => ({
    articles,
    averageLength: 100,
    newestBatch: Math.floor(articles / 1024),
    terms,
    expansion: [],
  })

  it('ranks a small archive as a whole', () => {
    expect(sourcesOf(plan(rankedWhole, term('a', 9000), term('b', 1)), undefined)).toMatchObject([{ query: "('b'|'a')", batches: null }])
    expect(sourcesOf(plan(5), undefined)).toEqual([])
  })

  it('takes all articles with rare words, of those with common ones the newest, and a bounded number in all', () => {
    const large = plan(1_000_000, term('the', 900_000, 400_000), term('news', 300_000, 90_000), term('rare', 100, 3))
    const sources = sourcesOf(large, "!'not'")
    expect(sources[0]).toMatchObject({ query: "('rare') & !'not'", batches: null })
    expect(sources.map(({ query }) => query)).toContain("('news') & ('the') & !'not'")
    for (const { batches, query } of sources.slice(1)) {
      expect(query.endsWith("& !'not'")).toBe(true)
      expect(batches?.[0]).toBe(976)
      expect(batches!.length).toBeLessThan(100)
    }
    expect(sources.reduce((sum, { most }) => sum + most, 0)).toBeLessThanOrEqual(20_000)
  })

  it('looks for what is required among all articles with a common word, as far as that is bounded', () => {
    const bounded = sourcesOf(plan(25_000, term('people', 9_000)), "('people' <-> 'said')")
    expect(bounded).toContainEqual({ query: "('people') & ('people' <-> 'said')", batches: null, most: 2_000 })
    const large = sourcesOf(plan(1_000_000, term('people', 400_000, 90_000)), "('people' <-> 'said')")
    for (const { batches } of large) expect(batches!.length).toBeLessThan(100)
  })

  it('is bounded for any frequencies', () => {
    const some = fc.array(fc.tuple(fc.integer({ min: 0, max: 2_000_000 }), fc.integer({ min: 0, max: 500_000 })), { minLength: 1, maxLength: 64 })
    fc.assert(
      fc.property(some, fc.integer({ min: rankedWhole + 1, max: 2_000_000 }), (frequencies, articles) => {
        const sources = sourcesOf(plan(articles, ...frequencies.map(([all, titles], i) => term(`t${i}`, all, titles))), undefined)
        expect(sources.length).toBeGreaterThan(0)
        expect(sources.length).toBeLessThanOrEqual(5)
        expect(sources.reduce((sum, { most }) => sum + most, 0)).toBeLessThanOrEqual(20_000)
        for (const { batches } of sources) expect(batches === null || (batches.length > 0 && batches.length <= 1000)).toBe(true)
      }),
    )
  })
})
