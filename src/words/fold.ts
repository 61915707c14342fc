const ascii = /^[\0-\x7f]*$/ // eslint-disable-line no-control-regex -- the whole of ASCII
const marks = /(?<=[\p{sc=Latin}\p{sc=Greek}])\p{M}+|[\u064b-\u065f\u0670\u0640\u0591-\u05c7]/gu
const letters = /[ßøæœłđðþıħёأإآىةیک٫]/g
const plain: Record<string, string> = {
  ß: 'ss',
  ø: 'o',
  æ: 'ae',
  œ: 'oe',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  ħ: 'h',
  ё: 'е',
  أ: 'ا',
  إ: 'ا',
  آ: 'ا',
  ى: 'ي',
  ة: 'ه',
  ی: 'ي',
  ک: 'ك',
  '٫': '.',
}

/** A word in lower case, in the one spelling of its characters (NFKC). */
export function lower(word: string): string {
  return ascii.test(word) ? word.toLowerCase() : word.normalize('NFKC').toLowerCase()
}

/** Digits of other scripts, in which Arabic, Persian, Hindi and Thai are written as well. Each script's ten stand in a row, from its zero. */
const digits = /(?![0-9])\p{Nd}/gu
const isDigit = /\p{Nd}/u
const valueOf = (digit: string) => {
  let value = 0
  while (value < 9 && isDigit.test(String.fromCodePoint(digit.codePointAt(0)! - value - 1))) value++
  return String(value)
}

const devanagari = /[\u0900-\u097f]/
const nukta = /\u093c/g
/** The nasal of a syllable's end, which is written as a dot, a crescent, or half of a letter: नरेंद्र and नरेन्द्र. */
const nasals = /\u0901|[ङञणनम]\u094d(?=[क-म])/g

/**
 * A word in lower case without what readers leave out when they type: the accents of Latin and Greek, the vowel signs of Arabic and Hebrew, the
 * dots of Hindi's borrowed sounds; with the digits of any script as 0 to 9, and Arabic's decimal comma as a dot.
 */
export function fold(word: string): string {
  if (ascii.test(word)) return word
  const folded = word
    .replace(letters, (letter) => plain[letter]!)
    .normalize('NFKD')
    .replace(marks, '')
    .replace(digits, valueOf)
    .normalize('NFC')
  return devanagari.test(folded) ? folded.replace(nukta, '').replace(nasals, '\u0902') : folded
}
