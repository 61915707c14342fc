// Categories: ids that stay, names that change, and where their articles go when one is removed.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { addCategory, addFeed, draft, ingest, startApp, type App } from '../helpers/app.ts'
import { refused, strangeTexts } from '../helpers/refused.ts'
import { subscribe } from '../helpers/subscriber.ts'

let app: App
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app?.close())

const add =
  'mutation ($input: AddCategoryInput!) { addCategory(input: $input) { category { id name description articles { totalCount } statistics { articleCount } } } }'
const update = 'mutation ($input: UpdateCategoryInput!) { updateCategory(input: $input) { category { id name description } } }'
const remove = 'mutation ($id: ID!, $moveTo: ID) { removeCategory(id: $id, moveTo: $moveTo) { id } }'
const byId = async (id: string) => (await app.gql('query ($id: ID!) { category(id: $id) { id name description } }', { id })).category

it('are added, found, renamed and described', async () => {
  const { category } = (await app.gql(add, { input: { id: 'tech', name: '  Technology ', description: 'Machines' } })).addCategory
  expect(category).toEqual({ id: 'tech', name: 'Technology', description: 'Machines', articles: { totalCount: 0 }, statistics: { articleCount: 0 } })
  expect(await byId('tech')).toEqual({ id: 'tech', name: 'Technology', description: 'Machines' })
  expect((await app.gql('{ node(id: "tech") { __typename id ... on Category { name } } }')).node).toEqual({
    __typename: 'Category',
    id: 'tech',
    name: 'Technology',
  })

  expect((await app.gql(update, { input: { id: 'tech', name: 'Tech' } })).updateCategory.category).toEqual({
    id: 'tech',
    name: 'Tech',
    description: 'Machines',
  })
  expect((await app.gql(update, { input: { id: 'tech' } })).updateCategory.category.name).toBe('Tech')
  expect((await app.gql(update, { input: { id: 'tech', name: null, description: null } })).updateCategory.category).toEqual({
    id: 'tech',
    name: 'Tech',
    description: null,
  })
})

it('are listed by name', async () => {
  for (const [id, name] of [
    ['c1', 'Zebra'],
    ['c2', 'Apple'],
    ['c3', 'Apple'],
  ] as const)
    await addCategory(app, id, name)
  const names = (await app.gql('{ categories { id name } }')).categories as { id: string; name: string }[]
  expect(names.filter(({ id }) => /^c\d/.test(id))).toEqual([
    { id: 'c2', name: 'Apple' },
    { id: 'c3', name: 'Apple' },
    { id: 'c1', name: 'Zebra' },
  ])
})

it.each(['a', '0', 'a-b_c', '-'.padStart(64, 'x'), '123', 'x'.repeat(64)])('may have the id %s', async (id) => {
  await addCategory(app, id)
  expect(await byId(id)).toMatchObject({ id })
})

const uuid = '01a20dbf-b373-7158-a5ce-838933d341d4'
it.each([...strangeTexts.filter((id) => !/^9+$/.test(id)), 'A', 'Tech', '-a', '_a', 'a b', 'ä', 'a\n', 'x'.repeat(65), uuid, uuid.toUpperCase()])(
  'may not have the id %j',
  async (id) => {
    expect(await refused(app, add, { input: { id, name: 'Name' } })).toEqual({ code: 'BAD_USER_INPUT', field: 'input.id' })
    expect(await byId(id)).toBeNull()
    expect((await app.gql('query ($id: ID!) { node(id: $id) { id } }', { id })).node).toBeNull()
    expect(await refused(app, update, { input: { id, name: 'Name' } })).toEqual({ code: 'NOT_FOUND', field: 'input.id' })
    expect(await refused(app, remove, { id })).toEqual({ code: 'NOT_FOUND', field: 'id' })
    expect(await refused(app, remove, { id: 'tech', moveTo: id })).toEqual({ code: 'NOT_FOUND', field: 'moveTo' })
  },
)

it.each([
  [{ name: '' }, 'input.name'],
  [{ name: ' \n ' }, 'input.name'],
  [{ name: '\0' }, 'input.name'],
  [{ name: 'x'.repeat(201) }, 'input.name'],
  [{ description: 'x'.repeat(2001) }, 'input.description'],
  [{ name: { a: 1 } }, 'input.name'],
  [{ retention: { maxAgeDays: 0 } }, 'input.retention.maxAgeDays'],
  [{ retention: { maxAgeDays: -1 } }, 'input.retention.maxAgeDays'],
  [{ retention: { maxAgeDays: 36_501 } }, 'input.retention.maxAgeDays'],
  [{ retention: { maxAgeDays: 1.5 } }, 'input.retention.maxAgeDays'],
  [{ retention: { maxArticles: 0 } }, 'input.retention.maxArticles'],
  [{ retention: { maxAgeDays: 1, maxArticles: 10_000_001 } }, 'input.retention.maxArticles'],
  [{ retention: { maxArticles: 2 ** 31 } }, 'input.retention.maxArticles'],
])('refuse %j', async (fields, field) => {
  expect(await refused(app, add, { input: { id: 'wrong', name: 'Name', ...fields } })).toEqual({ code: 'BAD_USER_INPUT', field })
  expect(await refused(app, update, { input: { id: 'tech', ...fields } })).toEqual({ code: 'BAD_USER_INPUT', field })
})

it('keep what their retention says, each limit by itself', async () => {
  const keeps = 'category { retention { maxAgeDays maxArticles } }'
  const adding = async (retention?: object | null) =>
    (
      await app.gql(`mutation ($input: AddCategoryInput!) { addCategory(input: $input) { ${keeps} } }`, {
        input: { id: `keep-${++added}`, name: 'N', retention },
      })
    ).addCategory.category.retention
  let added = 0
  expect(await adding()).toBeNull()
  expect(await adding(null)).toBeNull()
  expect(await adding({})).toBeNull()
  expect(await adding({ maxAgeDays: 36_500 })).toEqual({ maxAgeDays: 36_500, maxArticles: null })
  expect(await adding({ maxAgeDays: 1, maxArticles: 10_000_000 })).toEqual({ maxAgeDays: 1, maxArticles: 10_000_000 })
  const changing = async (fields: object) =>
    (await app.gql(`mutation ($input: UpdateCategoryInput!) { updateCategory(input: $input) { ${keeps} } }`, { input: { id: 'keep-1', ...fields } }))
      .updateCategory.category.retention
  expect(await changing({ retention: { maxArticles: 1 } })).toEqual({ maxAgeDays: null, maxArticles: 1 })
  expect(await changing({ retention: { maxAgeDays: 7 } })).toEqual({ maxAgeDays: 7, maxArticles: 1 })
  expect(await changing({ name: 'Other', retention: {} })).toEqual({ maxAgeDays: 7, maxArticles: 1 })
  expect(await changing({ name: 'Another' })).toEqual({ maxAgeDays: 7, maxArticles: 1 })
  expect(await changing({ retention: { maxArticles: null } })).toEqual({ maxAgeDays: 7, maxArticles: null })
  expect(await changing({ retention: null })).toBeNull()
})

it('keep what PostgreSQL takes of a name', async () => {
  const { category } = (await app.gql(add, { input: { id: 'odd', name: 'nul\0 and half \ud800', description: '\0\udfff' } })).addCategory
  expect(category).toMatchObject({ name: 'nul and half \ufffd', description: '\ufffd' })
})

it('are there once: the same id is a conflict, also when several add it at once', async () => {
  expect(await refused(app, add, { input: { id: 'tech', name: 'Other' } })).toEqual({ code: 'CONFLICT', field: 'input.id' })
  const answers = await Promise.all(Array.from({ length: 6 }, () => app.ask(add, { input: { id: 'race', name: 'Race' } })))
  expect(answers.filter(({ data }) => data)).toHaveLength(1)
  expect(answers.flatMap(({ errors }) => errors?.[0]?.extensions.code ?? [])).toEqual(Array.from({ length: 5 }, () => 'CONFLICT'))
})

it('are removed when they hold nothing', async () => {
  await addCategory(app, 'empty')
  expect((await app.gql(remove, { id: 'empty' })).removeCategory).toEqual({ id: 'empty' })
  expect(await byId('empty')).toBeNull()
  expect(await refused(app, remove, { id: 'empty' })).toEqual({ code: 'NOT_FOUND', field: 'id' })
})

it('move their articles and feeds when they are removed, each as an edit on the stream', async () => {
  await addCategory(app, 'from')
  await addCategory(app, 'to')
  await ingest(
    app,
    Array.from({ length: 201 }, (_, n) => draft(`move/${n}`, { categoryId: 'from' })),
  )
  const feed = await addFeed(app, 'https://example.com/feed', { categoryId: 'from' })
  expect(await refused(app, remove, { id: 'from' })).toEqual({ code: 'CONFLICT', field: 'moveTo' })
  expect(await refused(app, remove, { id: 'from', moveTo: 'from' })).toEqual({ code: 'BAD_USER_INPUT', field: 'moveTo' })
  expect(await refused(app, remove, { id: 'from', moveTo: 'nowhere' })).toEqual({ code: 'NOT_FOUND', field: 'moveTo' })
  expect(await refused(app, remove, { id: 'nowhere', moveTo: 'to' })).toEqual({ code: 'NOT_FOUND', field: 'id' })
  expect((await app.gql('{ category(id: "from") { articles { totalCount } feeds { totalCount } } }')).category).toEqual({
    articles: { totalCount: 201 },
    feeds: { totalCount: 1 },
  })

  const { streamCursor } = await app.gql('{ streamCursor }')
  const change =
    'subscription ($after: String, $category: ID!) { articleChanged(after: $after, filter: { categoryIds: [$category] }) { kind articleId article { categoryId } } }'
  await app.gql(remove, { id: 'from', moveTo: 'to' })
  // Delivered to those who follow the one category and to those who follow the other.
  for (const category of ['from', 'to']) {
    const changes = subscribe(app.url, change, { after: streamCursor, category })
    const events = await changes.first(201)
    expect(new Set(events.map((event) => event.articleId)).size).toBe(201)
    expect(events.every((event) => event.kind === 'UPDATED' && event.article.categoryId === 'to')).toBe(true)
    await changes.stop()
  }
  expect(await byId('from')).toBeNull()
  const { category } = await app.gql('{ category(id: "to") { articles { totalCount } feeds { nodes { id category { id } } } statistics { articleCount } } }')
  expect(category).toEqual({ articles: { totalCount: 201 }, feeds: { nodes: [{ id: feed, category: { id: 'to' } }] }, statistics: { articleCount: 201 } })
})
