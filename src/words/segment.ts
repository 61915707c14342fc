/** Scripts that are written without spaces between words. */
const unspaced = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u
const segmenter = new Intl.Segmenter('en', { granularity: 'word' })

/** A segmenter's time grows faster than its text. */
const segmentedAtOnce = 1_000

/** A word as it stands in a text, and where: offsets in UTF-16 code units. */
export type Word = { text: string; start: number; end: number }

/** Letters, digits and marks, with what holds a word together inside: don't, U.S, 3.5, 1,000. */
const run = /[\p{L}\p{N}\p{M}]+(?:(?:['’.·]|(?<=\p{N})[,:](?=\p{N}))[\p{L}\p{N}\p{M}]+)*/gu
const ascii = /^[\0-\x7f]*$/ // eslint-disable-line no-control-regex -- the whole of ASCII

/** The words of a text in order: runs of letters and digits, and Intl.Segmenter's words in scripts without spaces. */
export function* wordsOf(text: string): Iterable<Word> {
  for (const match of text.matchAll(run)) {
    const [found] = match
    const segments = ascii.test(found) ? undefined : unspacedSegments(found)
    if (segments) for (const { text: part, start } of segments) yield { text: part, start: match.index + start, end: match.index + start + part.length }
    else yield { text: found, start: match.index, end: match.index + found.length }
  }
}

/** The words of a token in a script that is written without spaces; undefined in any other. */
export function unspacedWords(token: string): string[] | undefined {
  return unspacedSegments(token)?.map((word) => word.text)
}

function unspacedSegments(token: string): Word[] | undefined {
  if (!unspaced.test(token)) return undefined
  const found: Word[] = []
  for (let start = 0; start < token.length; start += segmentedAtOnce) {
    for (const { segment, index, isWordLike } of segmenter.segment(token.slice(start, start + segmentedAtOnce))) {
      if (isWordLike) found.push({ text: segment, start: start + index, end: start + index + segment.length })
    }
  }
  return found
}
