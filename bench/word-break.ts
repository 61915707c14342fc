// npx tsx bench/word-break.ts FILE
//
// How often Intl.Segmenter, which cuts scripts without spaces into words (src/words/unspaced.ts), breaks a text as Unicode says: FILE is
// WordBreakTest.txt of the Unicode Character Database, of the version of Node's ICU or near to it.
import { readFile } from 'node:fs/promises'

const [path] = process.argv.slice(2)
if (path === undefined) throw new Error('usage: npx tsx bench/word-break.ts FILE')
const segmenter = new Intl.Segmenter('en', { granularity: 'word' })

/** A line is code points with what is between them: ÷ for a break, × for none. */
function segmentsOf(line: string): string[] {
  const segments = line.split('÷').map((segment) => segment.trim())
  return segments.filter((segment) => segment !== '').map((segment) => String.fromCodePoint(...segment.split(/[\s×]+/).map((hex) => parseInt(hex, 16))))
}

const lines = (await readFile(path, 'utf8')).split('\n').map((line) => line.split('#', 1)[0]!.trim())
const tests = lines.filter((line) => line !== '').map(segmentsOf)
const same = tests.filter((expected) => {
  const found = [...segmenter.segment(expected.join(''))].map(({ segment }) => segment)
  return found.length === expected.length && found.every((segment, i) => segment === expected[i])
})
console.log(`${same.length} of ${tests.length} texts in the same segments (Unicode ${process.versions['unicode']}, ICU ${process.versions['icu']})`)
