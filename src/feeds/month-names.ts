const english = 'january february march april may june july august september october november december'.split(' ')
/** Whose feeds write dates in their own words. Of these, hardly a name means two months. */
const languages = 'bg cs da de el es fi fr hu it nb nl pl pt ro ru sk sv tr uk'.split(' ')

/** Without case, accents and the dot of an abbreviation. */
const plain = (name: string) =>
  name
    .normalize('NFD')
    .replace(/[\p{M}.]/gu, '')
    .toLowerCase()

/** @returns 1 to 12, or 0 for what is no month's name or abbreviation, in English or another language of Europe */
export function monthOf(name: string): number {
  const written = plain(name)
  if (written.length < 3) return 0
  const month = english.findIndex((known) => known.startsWith(written)) + 1
  return month || elsewhere().get(written) || english.findIndex((known) => known.startsWith(written.slice(0, 3))) + 1
}

let known: Map<string, number> | undefined

/** Most feeds need no other language. */
function elsewhere(): Map<string, number> {
  if (known) return known
  const months = new Map<string, Set<number>>()
  for (const language of languages) {
    // With a day beside it, a month has another form in some languages.
    for (const options of [{ month: 'long' }, { month: 'short' }, { day: 'numeric', month: 'long' }, { day: 'numeric', month: 'short' }] as const) {
      const format = new Intl.DateTimeFormat(language, { ...options, timeZone: 'UTC' })
      for (let month = 1; month <= 12; month++) {
        const name = plain(format.formatToParts(Date.UTC(2024, month - 1, 1)).find(({ type }) => type === 'month')?.value ?? '')
        months.set(name, (months.get(name) ?? new Set()).add(month))
      }
    }
  }
  known = new Map([...months].flatMap(([name, meant]) => (meant.size === 1 ? [[name, [...meant][0]!]] : [])))
  return known
}
