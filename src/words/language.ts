import { eld } from 'eld/extrasmall'

/** A beginning tells as much as the whole, and the time that it takes grows with the text. */
const looked = 250

/** Scripts that one language of the news is written in. */
const ofOneLanguage: [script: string, language: string][] = [
  ['Hangul', 'ko'],
  ['Greek', 'el'],
  ['Hebrew', 'he'],
  ['Thai', 'th'],
  ['Lao', 'lo'],
  ['Khmer', 'km'],
  ['Myanmar', 'my'],
  ['Tamil', 'ta'],
  ['Telugu', 'te'],
  ['Kannada', 'kn'],
  ['Malayalam', 'ml'],
  ['Sinhala', 'si'],
  ['Gujarati', 'gu'],
  ['Gurmukhi', 'pa'],
  ['Armenian', 'hy'],
  ['Georgian', 'ka'],
]
const scripts = ofOneLanguage.map(([script, language]) => ({ language, letters: new RegExp(`\\p{sc=${script}}`, 'gu') }))
const kana = /[\p{sc=Hiragana}\p{sc=Katakana}]/gu
const foreign = /[^\0-\u024f\u2000-\u20ff]/ // neither Latin nor punctuation

/** The share of a script in a text's letters that makes it its language: foreign names are Latin in every script. */
const leastShare = 0.2
/** Of a headline that is shorter, in letters, the language is told where it is that much likelier than the next. */
const short = 40
const leastLead = 0.12
/** Words that a Latin text has to have. */
const leastWords = 3
/** It has learnt Malay and not Indonesian, and takes one for the other. */
const untold = new Set(['ms'])

/** What it calls by another name than BCP 47. */
const renamed: Record<string, string> = { tl: 'fil' }
/** Ids, numbers and names of files are no words of any language. */
const noWord = /[\w./:-]*\d[\w./:-]*/g

/** The language of a text (BCP 47, without region or script); null where it cannot be told. */
export function detectLanguage(title: string, content: string): string | null {
  const text = `${title} ${content.slice(0, looked)}`.slice(0, looked).replace(noWord, '')
  const letters = text.match(/[\p{L}\p{M}]/gu)?.length ?? 0
  const byScript = foreign.test(text) ? languageOfScript(text, letters) : undefined
  if (byScript) return byScript
  if (!foreign.test(text) && (text.match(/\p{L}+/gu)?.length ?? 0) < leastWords) return null
  const found = eld.detect(text)
  if (!found.isReliable() || untold.has(found.language)) return null
  if (letters < short && leadOf(found.getScores()) < leastLead) return null
  return renamed[found.language] ?? found.language
}

function languageOfScript(text: string, letters: number): string | undefined {
  const share = (script: RegExp) => (text.match(script)?.length ?? 0) / letters
  return scripts.find((script) => share(script.letters) >= leastShare)?.language ?? (share(kana) >= leastShare ? 'ja' : undefined)
}

function leadOf(scores: Record<string, number>): number {
  const [first = 0, second = 0] = Object.values(scores).toSorted((a, b) => b - a)
  return first - second
}

/** The language proper of a BCP 47 tag: en of en-GB. */
export function baseLanguage(tag: string | null): string | null {
  return tag?.split('-', 1)[0] ?? null
}
