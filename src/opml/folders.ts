import { hash128 } from '../articles/identity.ts'
import { isSlug } from '../graphql/ids.ts'
import type { Folder } from './read.ts'

type Category = { id: string; name: string }
/** A category for each folder, undefined where there is no room for another one; and those of them that are to be made. */
export type Sorted = { idOf: (folder: Folder) => string | undefined; made: (Category & { description: string | null })[] }

/**
 * Finds a category for each folder: the one of the folder's own id, else of its name in any case, else of the id that the name
 * would make, else a new one. Folders with ids of their own stay apart, though their names are the same.
 * @param there all categories
 * @param room how many more there may be
 */
export function sortFolders(folders: Folder[], there: Category[], room: number): Sorted {
  const ids = new Set(there.map(({ id }) => id))
  const known = there.map(({ id, name }) => ({ id, name: folded(name) }))
  const byName = new Map(known.toReversed().map(({ id, name }) => [name, id]))
  const bySlug = new Set(ids)
  /** Categories that folders with ids have: another one with an id is another category. */
  const claimed = new Set(folders.flatMap(({ id }) => (id !== null && ids.has(id) ? [id] : [])))
  const found = new Map<Folder, string>()
  const made: Sorted['made'] = []

  const match = (folder: Folder): string | undefined => {
    const [name, slug] = [folded(folder.name), slugOf(folder.name)]
    if (folder.id === null) return byName.get(name) ?? (bySlug.has(slug) ? slug : undefined)
    if (ids.has(folder.id)) return folder.id
    const free = known.filter(({ id }) => !claimed.has(id))
    const id = (free.find((category) => category.name === name) ?? free.find((category) => category.id === slug))?.id
    if (id !== undefined) claimed.add(id)
    return id
  }
  // Those with ids first: no new one may take an id that a later folder brings.
  for (const folder of folders.toSorted((a, b) => Number(a.id === null) - Number(b.id === null))) {
    let id = match(folder)
    if (id === undefined) {
      if (made.length >= room) continue
      id = unused(folder.id ?? slugOf(folder.name), ids)
      ids.add(id)
      if (!byName.has(folded(folder.name))) byName.set(folded(folder.name), id)
      made.push({ id, name: folder.name, description: folder.description })
    }
    found.set(folder, id)
  }
  return { idOf: (folder) => found.get(folder), made }
}

const folded = (name: string) => name.normalize('NFC').toLowerCase()

/** The id that a name makes: its letters without accents, or a hash of it where it is not written in Latin letters. */
export function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '')
  if (slug === '' || (!/[a-z]/.test(slug) && /\p{L}/u.test(name))) return `category-${hash128(folded(name)).slice(0, 8)}`
  return isSlug(slug) ? slug : `category-${slug}`.slice(0, 60)
}

/** @returns the id, or the id with the first number that makes it one of its own */
function unused(id: string, taken: Set<string>): string {
  for (let n = 1; ; n++) {
    const next = n === 1 ? id : `${id.slice(0, 58)}-${n}`
    if (!taken.has(next) && isSlug(next)) return next
  }
}
