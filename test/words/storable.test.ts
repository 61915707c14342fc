// Words whose lexemes the database would refuse, were they kept as they come.
import { expect, test } from 'vitest'
import { analyse } from '../../src/words/analysis.ts'
import { addCategory, draft, ingest, useApp } from '../helpers/app.ts'

const odd = {
  'initials that are nothing but the lengthening of letters': 'ـ.ـ',
  'a hundred characters that are eighteen each in the one spelling': '\ufdfa'.repeat(100),
  'a character that is a blank and a mark': 'x\ufc5e \ufc5e',
  'a word of a megabyte': 'w'.repeat(1_000_000),
  'a backslash and quotes': `it's a \\'word\\' a'b\\c`,
  'a symbol': 'C++ C# .NET',
}

test.each(Object.entries(odd))('%s', (_what, text) => {
  for (const language of [null, 'en', 'de', 'ar']) {
    for (const lexeme of analyse({ title: text, content: text, language }).positions.keys()) {
      expect(lexeme.trim()).toBe(lexeme)
      expect(lexeme).not.toBe('')
      expect(Buffer.byteLength(lexeme)).toBeLessThan(2_046)
    }
  }
})

test('are stored, and are asked for, beside others', { timeout: 60_000 }, async () => {
  const app = await useApp()
  await addCategory(app)
  const drafts = Object.values(odd).map((content, n) => draft(n, { content }))
  const results = await ingest(app, [...drafts, draft('other')])
  expect(results.map(({ status }) => status)).toEqual(results.map(() => 'INGESTED'))
  for (const text of Object.values(odd).map((some) => some.slice(0, 1_000))) {
    await app.gql('query ($text: String!) { articles(filter: { text: $text }) { totalCount } search(query: $text) { nodes { id } } }', { text })
  }
})
