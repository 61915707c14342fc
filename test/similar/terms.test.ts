// By which words articles are alike: what any text has is none of them, and where an archive is small one word alone is not enough.
import { expect, it } from 'vitest'
import { comparing, subjectOf } from '../../src/similar/vector.ts'
import { termsOf } from '../../src/similar/terms.ts'

const words = (content: string, language: string | null = 'en') => termsOf({ title: '', content, language }).map(({ word }) => word)

it.each([
  [
    'en',
    'Its harbour will close until the ferries arrive; Porto, where they were, has none against itself.',
    ['harbour', 'close', 'ferries', 'arrive', 'Porto', 'none'],
  ],
  ['en', 'It’s a ferry, they don’t, she’ll, it isn’t; the ferry’s quay won’t.', ['ferry', 'quay']],
  ['en', 'What US voters told us.', ['US', 'voters', 'told']],
  ['it', 'Il porto di Trieste è chiuso, e non dell’acqua.', ['porto', 'Trieste', 'chiuso', 'dell’acqua']],
  ['es', 'El puerto estaba cerrado, aunque había tenido otra entrada.', ['puerto', 'cerrado', 'entrada']],
  ['pt-BR', 'O porto está fechado, mas não foram eles.', ['porto', 'fechado']],
  ['de', 'Der Hafen wird bis zwei geschlossen.', ['Hafen', 'geschlossen']],
  [null, 'Its harbour will, der Hafen, también el puerto, it’s.', ['harbour', 'Hafen', 'puerto']],
])('are, of a text in %s, those that tell what it is about', (language, text, expected) => {
  expect(words(text, language)).toEqual(expected)
})

it.each([
  ['one word of few articles, which tells nothing', 'The map of the marsh.', 'A map shows porpoises.', 20, false],
  ['one word that is rare', 'The map of the marsh.', 'A map shows porpoises.', 400, true],
  ['two words', 'The map of the marsh.', 'A marsh that no map shows.', 20, true],
])('compares %s', (_, one, other, articles, tied) => {
  const frequencies = { articles, of: () => 2 }
  const [a, b] = [one, other].map((content, n) => subjectOf(String(n), termsOf({ title: '', content, language: 'en' }), frequencies))
  expect(comparing(a!)(b!.vector) > 0).toBe(tied)
  expect(comparing(b!)(a!.vector) > 0).toBe(tied)
})
