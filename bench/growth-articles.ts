// Articles without end, of real sentences.
import { readFile } from 'node:fs/promises'
import type { Entry } from '../src/articles/entry.ts'

type Story = { title: string; sentences: string[] }

/** What articles are made of: stories, a JSON object {title, text} on each line of files. */
export async function readStories(files: string[]): Promise<Story[]> {
  const stories: Story[] = []
  for (const file of files) {
    for (const line of (await readFile(file, 'utf8')).split('\n').filter(Boolean)) {
      const { title, text } = JSON.parse(line) as { title: string; text: string }
      const sentences = text.replace(/\s+/g, ' ').match(/[^.!?]{30,400}[.!?]/g) ?? []
      if (sentences.length >= 5 && title) stories.push({ title, sentences: sentences.map((sentence) => sentence.trim()) })
    }
  }
  return stories
}

/** From 0 to 1, the same for the same numbers (the finaliser of MurmurHash3). */
function chance(n: number, what: number): number {
  let hash = Math.imul(n + 1, 0x9e3779b1) ^ Math.imul(what + 1, 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}

const syllables = ['ka', 'lo', 'mi', 'ter', 'van', 'os', 'ri', 'dun', 'be', 'sha', 'wel', 'gor', 'ip', 'sen', 'tal', 'ux']
/** A name that nobody else has: the vocabulary of an archive grows with it. */
export const nameOf = (k: number) =>
  [0, 4, 8, 12, 16].map((shift) => syllables[(Math.imul(k + 1, 0x9e3779b1) >>> shift) & 15]!).join('') +
  k.toString(36).replaceAll(/\d/g, (d) => 'zyxwvutsrq'[Number(d)]!)

/**
 * Article n: the sentences of three stories that belong together, eight to sixteen of them in an order of its own, so that no two
 * articles are copies, and two names, each of which is in about ten articles.
 */
export function articleOf(n: number, stories: Story[], categoryId: string): Entry {
  const first = Math.floor(chance(n, 0) * stories.length)
  const near = [0, 1, 2].map((i) => stories[(first + i * (1 + Math.floor(chance(n, 1) * 5))) % stories.length]!)
  const pool = near.flatMap(({ sentences }) => sentences)
  const count = 8 + Math.floor(chance(n, 2) * 9)
  const chosen = Array.from({ length: count }, (_, i) => pool[Math.floor(chance(n, 10 + i) * pool.length)]!)
  const names = [3, 4].map((what) => nameOf(Math.floor(chance(n, what) * (1 + n / 5))))
  const content = [...chosen.slice(0, 4), `${names.join(' and ')} were there.`, ...chosen.slice(4)].join(' ')
  return {
    url: `https://news.example/${n}`,
    title: `${near[0]!.title} ${names[0]!}`,
    content,
    contentFormat: 'TEXT',
    categoryId,
    publishedAt: new Date(Date.UTC(2026, 0, 1) + n * 20_000),
    language: 'en',
  }
}
