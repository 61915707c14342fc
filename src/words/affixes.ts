const hangul = /^\p{sc=Hangul}+$/u
/** Particles of Korean, which follow a noun without a space; and the plural before them. */
const particle =
  /(?<=^..+?)(?:들)?(?:에서부터|으로부터|로부터|에서는|에게서|으로는|으로서|으로써|이라고|이라는|에서도|에서|에게|에는|에도|에만|까지|부터|보다|처럼|마다|조차|밖에|이나|이란|으로|라고|라는|로는|로서|로써|과의|와의|은|는|이|가|을|를|의|에|로|와|과|도|만|들)$/u

/** A Korean word without its particle: 대통령 of 대통령은; itself where it has none. Of two syllables at least. */
export function withoutParticle(word: string): string {
  return hangul.test(word) ? word.replace(particle, '') : word
}

const longestKorean = 8

/** What one syllable may stand after a noun of one: 책을. */
const shortParticle = /^.[은는이가을를의에로도]$/
/** What one syllable may stand after a noun of two: 서울시, 민주당, 방문한. */
const suffix = /^..[시도군구당측산적계형씨해한할함된될돼]$/

/**
 * The nouns that a Korean word may be made of, which are written together: 삼성 and 전자 of 삼성전자, each of two syllables or more; and those
 * before one syllable more.
 */
export function nounsWithin(word: string): string[] {
  if (!hangul.test(word)) return []
  if (shortParticle.test(word) || suffix.test(word)) return [word.slice(0, -1)]
  if (word.length < 4 || word.length > longestKorean) return []
  return Array.from({ length: word.length - 3 }, (_, n) => [word.slice(0, n + 2), word.slice(n + 2)]).flat()
}

const hebrew = /^\p{sc=Hebrew}{4,}$/u
const hebrewPrefix = /^(?:ו?כשה|[והבלמשכ]{1,2})/u
/** Short, but in every paper: תל אביב. */
const telAviv = /^[ובלמ]תל$/

/** A word without the words that Arabic and Hebrew write as its beginning: and, in, to, like, the. One form for each way to read them. */
export function withoutProclitics(word: string, language: string | null): string[] {
  if (language === 'ar') {
    const bare = word.replace(/^[وف](?=\p{L}{4})/u, '')
    const forms = [bare, bare.replace(/^لل(?=\p{L}{3})/u, 'ال').replace(/^[بك](?=ال\p{L}{3})/u, ''), bare.replace(/^ل(?=[^ل]\p{L}{3})/u, '')]
    return [...new Set(forms)].filter((form) => form !== word && form.length >= 3)
  }
  if (telAviv.test(word)) return [word.slice(1)]
  if (!hebrew.test(word)) return []
  const most = hebrewPrefix.exec(word)?.[0].length ?? 0
  return Array.from({ length: most }, (_, n) => word.slice(n + 1)).filter((form) => form.length >= 3)
}

/**
 * A noun as other forms of it are found: Arabic's with its article, without which the stemmer takes it for a verb (سيارات); Hebrew's without it;
 * the singular of Persian's and Portuguese's. Itself where it is no such noun.
 */
export function asNoun(word: string, language: string | null): string {
  if (language === 'ar') return /^[وفبكل]?ا?ل/u.test(word) || word.length < 4 ? word : `ال${word}`
  if (language === 'fa') return word.replace(/(?<=\p{L}{3})\u200c?ها(?:[یي]{0,2}|[مت]|ش|مان|تان|شان)$/u, '')
  if (language === 'pt') return singular(word)
  return hebrew.test(word) && word.startsWith('ה') ? word.slice(1) : word
}

const singular = (word: string) =>
  word
    .replace(/(?<=..)[õãoa]es$/, 'ão')
    .replace(/(?<=..)([aáeéoóu])is$/, (_, vowel: string) => `${vowel.normalize('NFD')[0]}l`)
    .replace(/(?<=..[aeiou])ns$/, 'm')
