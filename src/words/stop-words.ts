import * as lists from 'stopword'
import { lower } from './fold.ts'

/** The lists that the package has, by ISO 639-1. */
const languages: Record<string, string> = {
  af: 'afr', ar: 'ara', hy: 'hye', eu: 'eus', bn: 'ben', br: 'bre', bg: 'bul', ca: 'cat', cs: 'ces', da: 'dan', nl: 'nld', en: 'eng', eo: 'epo', et: 'est', fi: 'fin',
  fr: 'fra', gl: 'glg', de: 'deu', el: 'ell', gu: 'guj', he: 'heb', hi: 'hin', hr: 'hrv', hu: 'hun', id: 'ind', it: 'ita', ja: 'jpn', ko: 'kor', la: 'lat', lt: 'lit', lv: 'lav', mr: 'mar', my: 'mya',
  no: 'nob', nb: 'nob', fa: 'fas', pl: 'pol', pt: 'por', ro: 'ron', ru: 'rus', sk: 'slk', sl: 'slv', so: 'som', es: 'spa', sv: 'swe', sw: 'swa', ms: 'msa', fil: 'tgl', th: 'tha', tr: 'tur', uk: 'ukr', ur: 'urd', vi: 'vie', zh: 'zho', zu: 'zul',
} // prettier-ignore

const languagesOf = new Map<string, string[]>()
for (const [language, list] of Object.entries(languages)) {
  for (const word of new Set((lists as Record<string, string[]>)[list]!.map(lower))) languagesOf.set(word, [...(languagesOf.get(word) ?? []), language])
}

/** Endings of Persian, which stand for themselves where a zero-width space is before them: کتاب‌ها. */
const persian = ['ها', 'های', 'هایی', 'ای', 'می', 'نمی']
for (const word of persian) languagesOf.set(word, [...new Set([...(languagesOf.get(word) ?? []), 'fa'])])

/** The languages (ISO 639-1) in which a word in lower case says nothing of what a text is about: "the", "und". */
export function stopIn(word: string): readonly string[] {
  return languagesOf.get(word) ?? []
}
