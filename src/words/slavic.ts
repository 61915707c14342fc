/** Endings by how long a word must be for them, the longest first. */
type Endings = [longerThan: number, ending: RegExp][]

const without = (word: string, endings: Endings) => {
  const found = endings.find(([longerThan, ending]) => word.length > longerThan && ending.test(word))
  return found ? word.replace(found[1], '') : word
}

const czechCases: Endings = [
  [7, /atech$/],
  [6, /(?:ětem|etem|atům)$/],
  [5, /(?:ech|ich|ích|ého|ěmi|emi|ému|ěte|ete|ěti|eti|ího|iho|ími|ímu|imu|ách|ata|aty|ých|ama|ami|ové|ovi|ými)$/],
  [4, /(?:em|es|ém|ím|ům|at|ám|os|us|ým|mi|ou)$/],
  [3, /[aeiouůyáéíýě]$/],
]
const czechPossessives: Endings = [[5, /(?:ov|in|ův)$/]]

/** The stem of a Czech or Slovak word in lower case (Dolamic and Savoy, Indexing and stemming approaches for the Czech language, 2009: light). */
export function czech(word: string): string {
  return without(without(word, czechCases), czechPossessives)
    .replace(/čt$/, 'ck')
    .replace(/št$/, 'sk')
    .replace(/[cč]$/, 'k')
    .replace(/[zž]$/, 'h')
    .replace(/(?<=..)e(.)$/, '$1')
    .replace(/ů(.)$/, 'o$1')
}

const polishCases: Endings = [
  [6, /(?:owie|ami|ach|owi|ego|emu|ymi|imi|iem|iom|ych|ich|ów)$/],
  [5, /(?:om|em|ej|ym|im|ie|ia|iu|ią|ię)$/],
  [3, /[aeiouyąę]$/],
]

/** The stem of a Polish word in lower case: without the commonest endings of nouns and adjectives, and as before a hard one (rządzie, rząd). */
export function polish(word: string): string {
  return without(word, polishCases)
    .replace(/d[zź]$/, 'd')
    .replace(/c$/, 'k')
}
