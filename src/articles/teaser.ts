import type { Draft } from './draft.ts'

/** A text of fewer words is less than an article. */
const shortest = 80
/** Up to as many words, the mark of a text that goes on elsewhere is believed. */
const longest = 300
const goesOn =
  /(?:…|\.\.\.|\[(?:…|\.\.\.|&hellip;)\]|»|(?:read (?:more|on|the full .{1,40})|continue reading.{0,80}|weiterlesen|lire la suite.{0,40}|leer más|続きを読む))\s*[.!→»]*$/iu

/** Whether a draft's text is but the beginning of its article. What is to be heard or watched has no text to fetch. */
export function isTeaser({ content, wordCount, enclosures }: Pick<Draft, 'content' | 'wordCount' | 'enclosures'>): boolean {
  if (enclosures?.some(({ mediaType }) => mediaType !== null && /^(audio|video)\//i.test(mediaType))) return false
  return wordCount < shortest || (wordCount < longest && goesOn.test(content.slice(-120)))
}
