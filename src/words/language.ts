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
const latin = /\p{sc=Latin}\p{M}*/gu
const han = /\p{sc=Han}/u
const foreign = /[^\0-\u024f\u2000-\u20ff]/ // neither Latin nor punctuation

/** The share of a script in a text's letters that makes it its language: foreign names are Latin in every script. */
const leastShare = 0.2
/** Of a headline that is shorter, in letters, the language is told where it is that much likelier than the next: names alone tell little. */
const short = 40
const leastLead = { ofWords: 0.05, ofNames: 0.12 }
/** Words that are no names, in small letters, which make a headline one of words. */
const leastSmall = 2
/** Much alike, and told apart all the same. */
const kin = new Set(['da', 'no'])
/** Words that a text has to have, where words have spaces between them. */
const leastWords = 3
/** Letters by which a short text is none of a language: it scores those of one script much alike. */
const lacking: Record<string, RegExp> = {
  ru: /[іїєґўћђљњќѓџј]/i,
  uk: /[ыэёъўћђљњќѓџј]/i,
  be: /[щиъїґ]/i,
  bg: /[ыэёіїєґўћђљњќѓџј]/i,
  sr: /[ыэёщйъьюяіїєґў]/i,
  ar: /[پچژگکیٹڈڑںےہھ]/,
  fa: /[ٹڈڑںے]/,
  ur: /[ةكي]/,
}
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
  const words = text.match(/[\p{L}\p{M}]+/gu) ?? []
  if (words.length < leastWords && !han.test(text)) return null
  const found = eld.detect(text)
  const language = letters < short ? languageOfShort(text, words, found.getScores()) : found.language
  if (language === undefined || !found.isReliable() || untold.has(language)) return null
  return renamed[language] ?? language
}

function languageOfShort(text: string, words: readonly string[], scores: Record<string, number>): string | undefined {
  const ranked = Object.entries(scores).toSorted((a, b) => b[1] - a[1])
  if (2 * (text.match(latin)?.length ?? 0) < words.join('').length) return ranked.find(([language]) => !lacking[language]?.test(text))?.[0]
  const small = words.filter((word) => /^\p{Ll}+$/u.test(word)).length
  const [[language, first] = ['', 0], ...others] = ranked
  const [, second] = others.find(([other]) => !(kin.has(language) && kin.has(other))) ?? ['', 0]
  return first - second >= (small >= leastSmall ? leastLead.ofWords : leastLead.ofNames) ? language : undefined
}

function languageOfScript(text: string, letters: number): string | undefined {
  const share = (script: RegExp) => (text.match(script)?.length ?? 0) / letters
  return scripts.find((script) => share(script.letters) >= leastShare)?.language ?? (share(kana) >= leastShare ? 'ja' : undefined)
}

/** The language proper of a BCP 47 tag: en of en-GB. */
export function baseLanguage(tag: string | null): string | null {
  return tag?.split('-', 1)[0] ?? null
}
