import { stopwords as danish } from '@orama/stopwords/danish'
import { stopwords as dutch } from '@orama/stopwords/dutch'
import { stopwords as english } from '@orama/stopwords/english'
import { stopwords as finnish } from '@orama/stopwords/finnish'
import { stopwords as french } from '@orama/stopwords/french'
import { stopwords as german } from '@orama/stopwords/german'
import { stopwords as hungarian } from '@orama/stopwords/hungarian'
import { stopwords as italian } from '@orama/stopwords/italian'
import { stopwords as norwegian } from '@orama/stopwords/norwegian'
import { stopwords as portuguese } from '@orama/stopwords/portuguese'
import { stopwords as romanian } from '@orama/stopwords/romanian'
import { stopwords as russian } from '@orama/stopwords/russian'
import { stopwords as spanish } from '@orama/stopwords/spanish'
import { stopwords as swedish } from '@orama/stopwords/swedish'
import { stopwords as turkish } from '@orama/stopwords/turkish'
import { lower } from '../words/fold.ts'
import { stopIn } from '../words/stop-words.ts'

/**
 * Longer lists than those of words/stop-words.ts, whose words a search may leave out and must therefore be sure of. Where an archive is small all
 * words are rare, and only a list tells that "its" and "until" tie nothing.
 */
const lists = new Map(
  Object.entries({
    da: danish,
    nl: dutch,
    en: english,
    fi: finnish,
    fr: french,
    de: german,
    hu: hungarian,
    it: italian,
    no: norwegian,
    nb: norwegian,
    pt: portuguese,
    ro: romanian,
    ru: russian,
    es: spanish,
    sv: swedish,
    tr: turkish,
  }).map(([language, words]) => [language, new Set(words)]),
)
const everyList = new Set([...lists.values()].flatMap((list) => [...list]))

/** US, which is not us. */
const abbreviation = /^\p{Lu}{2,5}$/u

/** Whether a word tells nothing of what a text is about: in the text's language (ISO 639-1), or in any where that is not known. */
export function isFunctionWord(word: string, language: string | null): boolean {
  const typed = lower(word).replaceAll('’', "'")
  const stops = stopIn(typed)
  if (language === null ? stops.length > 0 : stops.includes(language)) return true
  return !abbreviation.test(word) && (language === null ? everyList : lists.get(language))?.has(typed) === true
}
