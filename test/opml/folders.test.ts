import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isSlug } from '../../src/graphql/ids.ts'
import { slugOf, sortFolders } from '../../src/opml/folders.ts'

const id = fc.stringMatching(/^[ab][-_2]{0,2}$/)
const name = fc.oneof(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 70 }), fc.constantFrom('a', 'A', 'a-2', 'b', 'Ä', 'новости', '2024'))
const categories = fc.uniqueArray(fc.record({ id, name }), { selector: (category) => category.id, maxLength: 8 })
const folders = fc
  .array(fc.record({ id: fc.option(id), name, description: fc.constant(null) }), { maxLength: 12 })
  .map((all) => all.filter((folder, n) => folder.id === null || all.findIndex((other) => other.id === folder.id) === n))

test('every name makes an id', () => {
  fc.assert(fc.property(name, (text) => isSlug(slugOf(text))))
  fc.assert(fc.property(fc.uuid(), (text) => isSlug(slugOf(text))))
  expect(slugOf('Новости')).toBe(slugOf('новости'))
})

test('each folder has a category, and folders with ids of their own have each another one', () => {
  fc.assert(
    fc.property(folders, categories, (all, there) => {
      const { idOf, made } = sortFolders(all, there, 100)
      const ids = [...there, ...made].map((category) => category.id)
      expect(new Set(ids).size).toBe(ids.length)
      expect(made.every((category) => isSlug(category.id))).toBe(true)
      for (const folder of all) expect(ids).toContain(idOf(folder))
      // Categories without a name's match are what an empty database has: there, ids stay as they were.
      if (there.length === 0) for (const folder of all) if (folder.id !== null) expect(idOf(folder)).toBe(folder.id)
      for (const folder of all) if (there.some((category) => category.id === folder.id)) expect(idOf(folder)).toBe(folder.id)
      const withIds = all.filter((folder) => folder.id !== null)
      expect(new Set(withIds.map(idOf)).size).toBe(withIds.length)
      const folded = (folder: { name: string }) => folder.name.normalize('NFC').toLowerCase()
      if (there.length > 0) return
      for (const folder of all) {
        const same = withIds.filter((other) => folder.id === null && idOf(other) === idOf(folder))
        expect(same.every((other) => folded(other) === folded(folder))).toBe(true)
      }
    }),
  )
})

test('a second import makes no more categories', () => {
  fc.assert(
    fc.property(folders, categories, (all, there) => {
      const { made } = sortFolders(all, there, 100)
      expect(sortFolders(all, [...there, ...made], 100).made.length).toBe(0)
    }),
  )
})

test('a new category takes no id that a later folder brings', () => {
  const [byName, byId] = [
    { id: null, name: 'World', description: null },
    { id: 'world', name: 'Welt', description: null },
  ]
  const { idOf } = sortFolders([byName, byId], [], 100)
  expect([idOf(byName), idOf(byId)]).toEqual(['world-2', 'world'])
})

test('no more are made than there is room for', () => {
  fc.assert(
    fc.property(folders, categories, fc.nat(3), (all, there, room) => {
      const { idOf, made } = sortFolders(all, there, room)
      expect(made.length).toBeLessThanOrEqual(room)
      for (const folder of all) if (idOf(folder) === undefined) expect(made).toHaveLength(room)
    }),
  )
})
