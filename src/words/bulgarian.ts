/** Endings by how long a word must be for them, and what stands in their place. The first that fits is taken. */
type Rule = [longerThan: number, ending: RegExp, instead: string]

const articles: Rule[] = [
  [6, /ият$/, ''],
  [5, /(?:ът|то|те|(?<!н)та|ия)$/, ''],
  [4, /ят$/, ''],
]
const plurals: Rule[] = [
  [6, /(?:овци|ове)$/, ''],
  [6, /еве$/, 'й'],
  [5, /(?:ища|(?<!н)та)$/, ''],
  [5, /ци$/, 'к'],
  [5, /зи$/, 'г'],
  [4, /си$/, 'х'],
  [4, /и$/, ''],
]
const inflected: Rule[][] = [[[3, /я$/, '']], [[3, /[аое]$/, '']], [[4, /ен$/, 'н']], [[5, /ъ(.)$/, '$1']]]

const without = (word: string, rules: readonly Rule[]) => {
  const rule = rules.find(([longerThan, ending]) => word.length > longerThan && ending.test(word))
  return rule ? word.replace(rule[1], rule[2]) : word
}

/**
 * The stem of a Bulgarian word in lower case, without its article and plural (Savoy, Searching Strategies for the Bulgarian Language, 2007). Other
 * than there, -нта is no -н with an article but -нт (президента), and -е.и stays: it is rarely of a -я. (учители).
 */
export function bulgarian(word: string): string {
  if (word.length < 4) return word
  if (word.length > 5 && word.endsWith('ища')) return word.slice(0, -3)
  return [articles, plurals, ...inflected].reduce(without, word)
}
