const ascii = /^[\0-\x7f]*$/ // eslint-disable-line no-control-regex -- the whole of ASCII
const marks = /(?<=[\p{sc=Latin}\p{sc=Greek}])\p{M}+|[\u064b-\u065f\u0670\u0640\u0591-\u05c7]/gu
const letters = /[ßøæœłđðþıħёأإآىةیک]/g
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
}

/** A word in lower case, in the one spelling of its characters (NFKC). */
export function lower(word: string): string {
  return ascii.test(word) ? word.toLowerCase() : word.normalize('NFKC').toLowerCase()
}

/** A word in lower case without what readers leave out when they type: the accents of Latin and Greek, the vowel signs of Arabic and Hebrew. */
export function fold(word: string): string {
  if (ascii.test(word)) return word
  return word
    .replace(letters, (letter) => plain[letter]!)
    .normalize('NFKD')
    .replace(marks, '')
    .normalize('NFC')
}
