import { detectAll } from 'jschardet'
import { asBuffer, encodingOf, sampleOf, type Encoding } from './encoding.ts'

/** The encodings that feeds were written in before UTF-8, as the detector calls them: of all that it knows, half were never on the web. */
const onTheWeb = `cp932 shift_jis_2004 euc_jis_2004 iso2022_jp_2 cp949 euc_kr gb18030 big5hkscs cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258
  cp866 cp874 tis-620 koi8-r koi8-u iso8859-2 iso8859-5 iso8859-6 iso8859-7`.split(/\s+/)

/**
 * What a language was written in. Languages of windows-1252 are left out: a feed's template says "en-us" whatever its language.
 */
const ofLanguages: [languages: string, encodings: string][] = [
  ['ja', 'shift_jis euc-jp iso-2022-jp'],
  ['ko', 'euc-kr'],
  ['zh', 'gb18030 gbk big5'],
  ['ru uk be bg sr mk', 'windows-1251 koi8-r koi8-u iso-8859-5 ibm866'],
  ['pl cs sk hu ro hr sl bs', 'windows-1250 iso-8859-2'],
  ['el', 'windows-1253 iso-8859-7'],
  ['tr az', 'windows-1254'],
  ['he iw yi', 'windows-1255'],
  ['ar fa ur', 'windows-1256 iso-8859-6'],
  ['et lv lt', 'windows-1257'],
  ['vi', 'windows-1258'],
  ['th', 'windows-874'],
]

/** Letters that are no statistics. */
const few = 5
/** How far in a language is looked for. */
const headBytes = 4096
const most = 5

/**
 * What a text that is in no Unicode may be written in: the likeliest first, at most five. Goes by statistics of the bytes (the
 * detector is a port of Python's chardet 7), and by the language that the document names.
 */
export function guessEncodings(body: Uint8Array): Encoding[] {
  const sample = sampleOf(body)
  const own = encodingsOfLanguage(body)
  if (own.length === 0 && isFewAndApart(sample)) return ['windows-1252']
  const guesses = detectAll(sample, { detectEncodings: onTheWeb, minimumThreshold: 0 }).flatMap(({ encoding }) => (encoding && encodingOf(encoding)) || [])
  const fitting = guesses.filter((encoding) => own.includes(encoding))
  return [...new Set([...fitting, ...guesses])].slice(0, most)
}

function encodingsOfLanguage(body: Uint8Array): string[] {
  const head = asBuffer(body.subarray(0, headBytes)).toString('latin1')
  const language = /(?:<(?:dc:)?language>\s{0,9}|\blang\s{0,9}=\s{0,9}["'])([a-z]{2,3})\b/i.exec(head)?.[1]?.toLowerCase()
  return ofLanguages.find(([languages]) => language !== undefined && languages.split(' ').includes(language))?.[1].split(' ') ?? []
}

/** Single letters between ASCII are an é in a western text. */
function isFewAndApart(sample: Uint8Array): boolean {
  let count = 0
  for (let i = 0; i < sample.length; i++) {
    if (sample[i]! <= 0x7f) continue
    if (++count > few || (i > 0 && sample[i - 1]! > 0x7f)) return false
  }
  return true
}
