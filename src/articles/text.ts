import { Parser } from 'htmlparser2'
import { unspacedWords } from '../words/segment.ts'

/** The paragraphs of a body as it is stored: separated by a blank line. */
export function paragraphs(content: string): string[] {
  return content === '' ? [] : content.split('\n\n')
}

/** One line of plain text: white space and control characters become single spaces. */
export function plainLineFromText(text: string): string {
  return (
    text
      .toWellFormed()
      // eslint-disable-next-line no-control-regex -- control characters are what this removes
      .replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ')
      .trim()
  )
}

/** One line of plain text from HTML: tags gone, with what scripts and styles hold; entities decoded. */
export function plainLineFromHtml(html: string): string {
  let text = ''
  let code = 0
  const isCode = (name: string) => name === 'script' || name === 'style'
  const parser = new Parser({
    ontext: (part) => (text += code > 0 ? '' : part),
    onopentag: (name) => {
      if (isCode(name)) code++
      if (name === 'br') text += ' '
    },
    onclosetag: (name) => (code -= Number(isCode(name))),
  })
  parser.end(html)
  return plainLineFromText(text)
}

const letterOrDigit = /[\p{L}\p{N}]/u
const cjk = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}]/gu

/** Tokens between white space that hold a letter or a digit; in scripts without spaces, the words of Intl.Segmenter. */
export function countWords(text: string): number {
  let count = 0
  for (const [token] of text.matchAll(/\S+/gu)) {
    const segments = unspacedWords(token)
    if (segments) count += segments.length
    else if (letterOrDigit.test(token)) count++
  }
  return count
}

/**
 * Whole minutes, at least 1: 265 words a minute, and 500 characters a minute in Chinese, Japanese and Korean.
 * @param wordCount of the same text
 */
export function readingTimeMinutes(text: string, wordCount: number): number {
  const characters = text.match(cjk)?.length ?? 0
  const words = characters === 0 ? wordCount : countWords(text.replace(cjk, ' '))
  return Math.max(1, Math.ceil(words / 265 + characters / 500))
}
