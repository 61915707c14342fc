import { v7 as uuidv7 } from 'uuid'
import { mostCategories } from '../categories/categories.ts'
import type { Prisma } from '../db/connect.ts'
import type { Prisma as Sql } from '../db/generated/client.ts'
import { mostFeeds } from '../feeds/feeds.ts'
import type { RejectedEntry } from '../feeds/normalize.ts'
import { sortFolders } from './folders.ts'
import { readOpml, type FeedList, type Folder, type ListedFeed } from './read.ts'

/** Ids of feeds, in the order of the list. */
export type Import = { added: string[]; existing: string[]; rejected: RejectedEntry[] }

/** Where feeds go that are in no folder. */
const imported: Folder = { id: 'imported', name: 'Imported', description: null }

/**
 * Adds the feeds of a list, in one transaction of a few statements however many they are; each is due at once. A feed that is
 * there stays as it is, and a folder becomes a category only where it brings a feed or is an empty one of an export.
 * @throws BAD_USER_INPUT for what is no OPML, or beyond the bounds
 */
export async function importOpml(prisma: Prisma, text: string, now: Date): Promise<Import> {
  const list = readOpml(text)
  const rejected = [...list.rejected]
  const ids = await prisma.$transaction((tx) => store(tx, list, rejected, now))
  const of = (which: 'added' | 'existing') => list.feeds.flatMap(({ key }) => ids[which].get(key) ?? [])
  return { added: of('added'), existing: of('existing'), rejected }
}

type Ids = { added: Map<string, string>; existing: Map<string, string> }

async function store(tx: Sql.TransactionClient, { feeds, emptyFolders }: FeedList, rejected: RejectedEntry[], now: Date): Promise<Ids> {
  const reject = ({ title, url }: ListedFeed, reason: string) => rejected.push({ title, url, reason })
  const existing = await idsOf(tx, feeds)
  let fresh = feeds.filter(({ key }) => !existing.has(key))
  if (fresh.length > 0) {
    const room = Math.max(0, mostFeeds - (await tx.feed.count()))
    for (const feed of fresh.slice(room)) reject(feed, `There are ${mostFeeds} feeds, which is the most.`)
    fresh = fresh.slice(0, room)
  }
  const categoryOf = await categoriesFor(tx, new Set([...fresh.map(({ folder }) => folder ?? imported), ...emptyFolders]), now)
  const full = `There are ${mostCategories} categories, which is the most.`
  for (const folder of emptyFolders) if (categoryOf(folder) === undefined) rejected.push({ title: folder.name, url: null, reason: full })
  const rows = fresh.flatMap((feed) => {
    const categoryId = categoryOf(feed.folder ?? imported)
    if (categoryId !== undefined) return [{ id: uuidv7(), feed, categoryId }]
    reject(feed, full)
    return []
  })
  const added = await insert(tx, rows, now)
  // Another client added some of them in the same moment.
  const late = rows.filter(({ feed }) => !added.has(feed.key)).map(({ feed }) => feed)
  if (late.length > 0) for (const [key, id] of await idsOf(tx, late)) existing.set(key, id)
  return { added, existing }
}

/** The ids of those that are there, by their keys. */
async function idsOf(tx: Sql.TransactionClient, feeds: ListedFeed[]): Promise<Map<string, string>> {
  if (feeds.length === 0) return new Map()
  const rows = await tx.$queryRaw<{ key: string; id: string }[]>`
    SELECT url_key::text AS key, id::text FROM feed WHERE url_key = ANY(${feeds.map(({ key }) => key)}::uuid[])`
  return new Map(rows.map(({ key, id }) => [key, id]))
}

async function categoriesFor(tx: Sql.TransactionClient, folders: Set<Folder>, now: Date): Promise<(folder: Folder) => string | undefined> {
  if (folders.size === 0) return () => undefined
  // Locked, so that none of them is removed before its feeds are there.
  const there = await tx.$queryRaw<{ id: string; name: string }[]>`SELECT id, name FROM category ORDER BY id FOR KEY SHARE`
  const { idOf, made } = sortFolders([...folders], there, mostCategories - there.length)
  const data = made.map((category) => ({ ...category, createdAt: now })).toSorted((a, b) => (a.id < b.id ? -1 : 1))
  if (data.length > 0) await tx.category.createMany({ data, skipDuplicates: true })
  return idOf
}

/** @returns the ids of those that were not there, by their keys */
async function insert(tx: Sql.TransactionClient, rows: { id: string; feed: ListedFeed; categoryId: string }[], now: Date): Promise<Map<string, string>> {
  if (rows.length === 0) return new Map()
  const column = <T>(value: (row: (typeof rows)[number]) => T) => rows.map(value)
  // In the order of their keys: two imports at once that lock the same keys in different orders would wait for each other.
  const inserted = await tx.$queryRaw<{ key: string; id: string }[]>`
    INSERT INTO feed (id, url, url_key, title, title_given, category_id, headers, next_check_at, created_at)
    SELECT id, url, url_key, title, title_given, category_id, headers::jsonb, ${now}::timestamptz, ${now}::timestamptz
    FROM unnest(
      ${column(({ id }) => id)}::uuid[], ${column(({ feed }) => feed.url)}::text[], ${column(({ feed }) => feed.key)}::uuid[],
      ${column(({ feed }) => feed.title ?? feed.host)}::text[], ${column(({ feed }) => feed.title !== null)}::boolean[],
      ${column(({ categoryId }) => categoryId)}::text[], ${column(({ feed }) => JSON.stringify(feed.headers))}::text[]
    ) AS n(id, url, url_key, title, title_given, category_id, headers)
    ORDER BY url_key
    ON CONFLICT (url_key) DO NOTHING
    RETURNING url_key::text AS key, id::text`
  return new Map(inserted.map(({ key, id }) => [key, id]))
}
