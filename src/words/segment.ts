import { segmentsOf } from './unspaced.ts'

/** Scripts that are written without spaces between words. */
const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u

/** A word as it stands in a text, and where: offsets in UTF-16 code units. */
export type Word = { text: string; start: number; end: number }

/** Letters, digits and marks, with what holds a word together inside: don't, U.S, 3.5, 1,000, e-mail, צה"ל; soft hyphens. */
const run = /(?:\p{L}-(?=\p{L}{2}))?[\p{L}\p{N}\p{M}]+(?:(?:['’.·\u00ad]|(?<=\p{N})[,:٫٬\u00a0\u202f](?=\p{N})|["״](?<=[א-ת].)(?=[א-ת]))[\p{L}\p{N}\p{M}]+)*/gu
const ascii = /^[\0-\x7f]*$/ // eslint-disable-line no-control-regex -- the whole of ASCII
/** What belongs to a letter before it: C++, C#. */
const programming = /(?:\+\+|#)(?![\p{L}\p{N}#+])/uy

/** The words of a text in order: runs of letters and digits, and Intl.Segmenter's words in scripts without spaces. */
export function* wordsOf(text: string): Iterable<Word> {
  for (const match of text.matchAll(run)) {
    const [found] = match
    const { index } = match
    if (ascii.test(found)) {
      const start = index - leading(text, index)
      const end = index + found.length + (found.length === 1 ? trailing(text, index + 1) : 0)
      yield { text: end - start === found.length ? found : text.slice(start, end), start, end }
      continue
    }
    const segments = unspacedSegments(found) ?? mixed(found)
    if (segments) for (const { text: part, start } of segments) yield { text: part, start: index + start, end: index + start + part.length }
    else yield { text: found, start: index, end: index + found.length }
  }
}

/** Of the dot before .NET, which is no end of a sentence. */
function leading(text: string, at: number): number {
  if (text.charCodeAt(at - 1) !== 46) return 0
  return at === 1 || /[\s(]/.test(text[at - 2]!) ? 1 : 0
}

function trailing(text: string, at: number): number {
  programming.lastIndex = at
  return programming.exec(text)?.[0].length ?? 0
}

/** The words of a token in a script that is written without spaces; undefined in any other. */
export function unspacedWords(token: string): string[] | undefined {
  return unspacedSegments(token)?.map((word) => word.text)
}

function unspacedSegments(token: string): { text: string; start: number }[] | undefined {
  return unspaced.test(token) ? segmentsOf(token) : undefined
}

/** Korean writes its particles on to foreign words: AI가. */
function mixed(token: string): { text: string; start: number }[] | undefined {
  if (!/\p{sc=Hangul}/u.test(token) || !/[a-z\d]/i.test(token)) return undefined
  return [...token.matchAll(/\p{sc=Hangul}+|[^\p{sc=Hangul}]+/gu)].map((match) => ({ text: match[0], start: match.index }))
}
