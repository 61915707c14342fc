const hangul = /^\p{sc=Hangul}+$/u
/** Particles of Korean, which follow a noun without a space; and the plural before them. */
const particle =
  /(?<=^..+?)(?:들)?(?:에서부터|으로부터|에서는|에게서|으로는|으로서|으로써|이라고|이라는|에서도|에서|에게|에는|에도|에만|까지|부터|보다|처럼|마다|조차|밖에|이나|이란|으로|라고|라는|로는|로서|로써|과의|와의|은|는|이|가|을|를|의|에|로|와|과|도|만|들)$/u

/** A Korean word without its particle: 대통령 of 대통령은; itself where it has none. Of two syllables at least. */
export function withoutParticle(word: string): string {
  return hangul.test(word) ? word.replace(particle, '') : word
}

const longestKorean = 8

/** The nouns that a Korean word may be made of, which are written together: 삼성 and 전자 of 삼성전자. Each has two syllables or more. */
export function nounsWithin(word: string): string[] {
  if (word.length < 4 || word.length > longestKorean || !hangul.test(word)) return []
  return Array.from({ length: word.length - 3 }, (_, n) => [word.slice(0, n + 2), word.slice(n + 2)]).flat()
}

const hebrew = /^\p{sc=Hebrew}{4,}$/u
const hebrewPrefix = /^[והבלמשכ]{1,2}/u

/** A word without the words that Arabic and Hebrew write as its beginning: and, in, to, like, the. One form for each way to read them. */
export function withoutProclitics(word: string, language: string | null): string[] {
  if (language === 'ar') {
    const bare = word.replace(/^[وف](?=\p{L}{4})/u, '')
    const forms = [bare, bare.replace(/^لل(?=\p{L}{3})/u, 'ال').replace(/^[بك](?=ال\p{L}{3})/u, '')]
    return [...new Set(forms)].filter((form) => form !== word && form.length >= 3)
  }
  if (!hebrew.test(word)) return []
  const most = hebrewPrefix.exec(word)?.[0].length ?? 0
  return Array.from({ length: most }, (_, n) => word.slice(n + 1)).filter((form) => form.length >= 3)
}
