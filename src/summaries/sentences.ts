import { stopIn } from '../words/stop-words.ts'
import { dottedOrdinals, leading, trailing } from './abbreviations.ts'

/** Of a text its beginning is split: news tells the most important first, and a segmenter's time grows with the text. UTF-16 code units. */
const mostCharacters = 16_000
/** A line that has as much and no end of a sentence goes on in the next one. */
const wrappedAt = 50
/** In scripts without an end of a sentence, phrases are brought together until they have as much. */
const leastPhrase = 60
/** Whether a sentence has ended is told by as much of its end: asked of all of it for each piece, time would grow with the square of the text. */
const reach = 100
/** What has as much goes on no further: a summary has no room for it. */
const longestOpen = 1_000

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' })
const end = /[.!?…‥。．！？｡؟۔।॥።᙮។៕။፧‼⁇⁈⁉]["'”’»«›)\]）」』】〉》〕]*(?:\s»["'”’)\]]*)?$/u
const spacesAlone = /[\p{sc=Thai}\p{sc=Lao}]/u
const dotted = /(?:^|[\s("'“”‘’«[/–—-])((?:\p{L}{1,5}\.)*[\p{L}\p{M}]{1,6}|\d{1,2})\.["'”’]*$/u
const firstWord = /^[\s"'“‘«»„([¿¡]*([\p{L}\p{N}][\p{L}\p{M}\p{N}'’]*)/u
/** As no sentence begins. */
const continues = /^(?:["'“‘«(]*\p{Ll}|[,;:])/u
const startsWithInitial = /^\s*\p{L}\./u
const quoteEnds = /[」』]$/u
/** To Unicode's rules a bracket or quote belongs to the sentence before it where no space is between: in Japanese and Chinese it opens the next one. */
const opensNext = /(?:[([「『（〔［【〈《]|(?<=[。！？．｡…][”’」』）】〉》〕]*)[“‘])+$/u
/** Of the end of a sentence; more brackets in a row are no text. */
const opensWithin = 8
/** French quotes have a space inside: what closes one belongs to the sentence before it. */
const closesLast = /^»(?=[\s,.;:!?…)\]]|$)\s*/u
/** As what was quoted goes on in Japanese. */
const quoteGoesOn = /^[とっ、]/u

/** Whether a sentence ends as sentences do in its script; a headline or a button's label does not. */
export const isEnded = (sentence: string) => end.test(sentence) || spacesAlone.test(sentence)

/**
 * The sentences of a body as it is stored, in order, each on one line. Unicode's rules (UAX #29, Intl.Segmenter), mended where they end a
 * sentence at an abbreviation, an initial, an ordinal or a quoted question; Thai and Lao, which have no mark for it, are split at spaces.
 * @param language ISO 639-1
 * @param most sentences of a longer text that are returned
 */
export function sentencesOf(content: string, language: string | null, most: number): string[] {
  const found: string[] = []
  for (const paragraph of content.slice(0, mostCharacters).split('\n\n')) {
    if (found.length >= most) break
    found.push(...(spacesAlone.test(paragraph) ? phrasesOf(paragraph) : splitParagraph(paragraph, language)))
  }
  // What the cut has left of a sentence is none.
  if (content.length > mostCharacters && found.length > 1) found.pop()
  return found.slice(0, most)
}

function splitParagraph(paragraph: string, language: string | null): string[] {
  const found: string[] = []
  let open = ''
  let opening = ''
  for (const { segment } of segmenter.segment(paragraph)) {
    const [closing = ''] = open === '' ? [] : (closesLast.exec(segment) ?? [])
    open += closing
    const piece = opening + segment.slice(closing.length)
    if (open !== '' && (open.length > longestOpen || !goesOn(open.slice(-reach), piece, language))) {
      found.push(oneLine(open))
      open = ''
    }
    ;[opening = ''] = opensNext.exec(piece.slice(-opensWithin)) ?? []
    open += piece.slice(0, piece.length - opening.length)
  }
  open += opening
  found.push(oneLine(open))
  return found.filter((sentence) => sentence !== '')
}

/** Whether a sentence that seems to have ended goes on, by the end of what stands before and by what comes after. */
function goesOn(before: string, after: string, language: string | null): boolean {
  const line = before.trimEnd()
  if (line === '') return true
  if (continues.test(after) || (quoteEnds.test(line) && quoteGoesOn.test(after))) return true
  if (!end.test(line)) return before.includes('\n', line.length) && line.length - line.lastIndexOf('\n') > wrappedAt
  const [, word] = dotted.exec(line) ?? []
  if (word === undefined) return false
  const small = word.toLowerCase()
  // z. B., i. d. R.
  if (leading.has(small) || (word.length === 1 && startsWithInitial.test(after))) return true
  const isOrdinal = /\d/.test(word)
  const isInitial = !isOrdinal && /^(?:\p{L}\.)*\p{Lu}$/u.test(word)
  if (isOrdinal ? !dottedOrdinals.has(language ?? '') : !isInitial && !trailing.has(small)) return false
  // As Kiss and Strunk (2006) do without their statistics: a frequent word in upper case begins a sentence.
  if (startsWithInitial.test(after)) return true
  const [, next = ''] = firstWord.exec(after) ?? []
  return next !== '' && !stopIn(next.toLowerCase()).includes(language ?? 'en')
}

function phrasesOf(paragraph: string): string[] {
  const found: string[] = []
  for (const line of paragraph.split('\n')) {
    let open = ''
    for (const phrase of line.split(/\s+/)) {
      open = open === '' ? phrase : `${open} ${phrase}`
      if (open.length < leastPhrase && !end.test(open)) continue
      found.push(open)
      open = ''
    }
    if (open !== '') found.push(open)
  }
  return found
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim()
