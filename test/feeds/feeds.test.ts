// Feeds: what is told of them, and what becomes of one that is down, gone, back, edited or removed.
import { type ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { addCategory, addFeed, refreshFeed, startApp, useApp, type App } from '../helpers/app.ts'
import { createDatabase } from '../helpers/database.ts'
import { rss, startFeedServer, type FeedServer, type Served } from '../helpers/feed-server.ts'
import { refused, strangeTexts } from '../helpers/refused.ts'
import { until } from '../helpers/until.ts'

const env = { ALLOW_PRIVATE_NETWORKS: 'true' }
let app: App
let site: FeedServer
beforeAll(async () => {
  site = await startFeedServer()
  app = await startApp({ env })
  await addCategory(app)
  await addCategory(app, 'sport')
})
afterAll(async () => {
  await app?.close()
  await site?.close()
})

let counter = 0
/** A feed of this test's own on the feed server. */
async function newFeed(served: Served = {}, fields: Record<string, unknown> = {}) {
  const path = `/feeds/${++counter}`
  const item = { title: 'Story', link: `https://example.com/feeds/${counter}` }
  site.serve(path, { body: rss([item]), ...served })
  return { id: await addFeed(app, `${site.url}${path}`, fields), path, item, url: `${site.url}${path}` }
}

const add =
  'mutation ($input: AddFeedInput!) { addFeed(input: $input) { feed { id url siteUrl title format fullText enabled category { id } mapping { items url title guid } health { state lastCheckedAt nextCheckAt consecutiveFailures lastError httpStatus recentFetches { outcome } } } } }'
const update =
  'mutation ($input: UpdateFeedInput!) { updateFeed(input: $input) { feed { id url title fullText enabled category { id } mapping { items } health { state nextCheckAt } } } }'
const remove = 'mutation ($id: ID!) { removeFeed(id: $id) { id } }'
const refresh = 'mutation ($id: ID!) { refreshFeed(id: $id) { fetch { startedAt outcome } feed { id } } }'
const preview =
  'query ($url: URL!, $mapping: JsonMappingInput) { previewFeed(url: $url, mapping: $mapping) { title format articles { url title content guid publishedAt wordCount } rejected { reason } repaired } }'
const feedById = async (id: string) =>
  (
    await app.gql(
      'query ($id: ID!) { feed(id: $id) { id url title category { id } articles { totalCount } health { state lastCheckedAt lastChangedAt nextCheckAt consecutiveFailures lastError httpStatus recentFetches { outcome httpStatus ingested duplicates error durationMs } } } }',
      { id },
    )
  ).feed

describe('adding', () => {
  it('fetches nothing: the feed is new, and named after its host', async () => {
    const asked = site.requests.length
    const { feed } = (await app.gql(add, { input: { url: `${site.url}/never#part`, categoryId: 'sport' } })).addFeed
    expect(feed).toEqual({
      id: expect.any(String),
      url: `${site.url}/never`,
      siteUrl: null,
      title: new URL(site.url).host,
      format: null,
      fullText: 'AUTO',
      enabled: true,
      category: { id: 'sport' },
      mapping: null,
      health: {
        state: 'NEW',
        lastCheckedAt: null,
        nextCheckAt: expect.any(String),
        consecutiveFailures: 0,
        lastError: null,
        httpStatus: null,
        recentFetches: [],
      },
    })
    expect(site.requests).toHaveLength(asked)
    expect((await app.gql('query ($id: ID!) { node(id: $id) { __typename id } }', { id: feed.id })).node).toEqual({ __typename: 'Feed', id: feed.id })
  })

  it('keeps a given title, and takes the own one otherwise', async () => {
    const given = await newFeed({ body: rss([], 'Its own') }, { title: '  Given ' })
    const own = await newFeed({ body: rss([], 'Its own') })
    expect((await refreshFeed(app, given.id)).feed.title).toBe('Given')
    expect((await refreshFeed(app, own.id)).feed.title).toBe('Its own')
  })

  it.each([
    'HTTPS://Twice.Example.com:443/feed',
    'http://twice.example.com/feed/',
    'https://user:pass@twice.example.com/feed?utm_source=x',
    'https://twice.example.com/f%65ed#top',
  ])('refuses what is there already, spelled %s', async (url) => {
    await app.ask(add, { input: { url: 'https://twice.example.com/feed', categoryId: 'world' } })
    expect(await refused(app, add, { input: { url, categoryId: 'world' } })).toEqual({ code: 'CONFLICT', field: 'input.url' })
  })

  it('takes one of several that add it at once', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => app.ask(add, { input: { url: 'https://race.example.com/feed', categoryId: 'world' } })))
    expect(answers.filter(({ data }) => data)).toHaveLength(1)
    expect(answers.flatMap(({ errors }) => errors?.[0]?.extensions.code ?? [])).toEqual(Array.from({ length: 4 }, () => 'CONFLICT'))
  })

  const mapping = { items: 'items', url: 'link', title: 'title' }
  it.each<[fields: Record<string, unknown>, code: string, field: string]>([
    [{ url: 'no url' }, 'BAD_USER_INPUT', 'input.url'],
    [{ url: 'file:///etc/passwd' }, 'BAD_USER_INPUT', 'input.url'],
    [{ url: `https://example.com/${'x'.repeat(9000)}` }, 'BAD_USER_INPUT', 'input.url'],
    [{ title: '' }, 'BAD_USER_INPUT', 'input.title'],
    [{ title: '\0' }, 'BAD_USER_INPUT', 'input.title'],
    [{ title: 'x'.repeat(501) }, 'BAD_USER_INPUT', 'input.title'],
    [{ headers: [{ name: 'a b', value: 'x' }] }, 'BAD_USER_INPUT', 'input.headers'],
    [{ headers: [{ name: 'host', value: 'x' }] }, 'BAD_USER_INPUT', 'input.headers'],
    [{ headers: [{ name: 'x', value: 'a\r\nb: c' }] }, 'BAD_USER_INPUT', 'input.headers'],
    [{ headers: [{ name: 'x', value: 'nul\0' }] }, 'BAD_USER_INPUT', 'input.headers'],
    [{ headers: [{ name: 'x', value: '\ud800' }] }, 'BAD_USER_INPUT', 'input.headers'],
    [{ headers: Array.from({ length: 21 }, (_, n) => ({ name: `x-${n}`, value: 'x' })) }, 'BAD_USER_INPUT', 'input.headers'],
    [{ mapping: { ...mapping, items: 'x'.repeat(201) } }, 'BAD_USER_INPUT', 'input.mapping.items'],
    [{ mapping: { ...mapping, guid: 'nul\0' } }, 'BAD_USER_INPUT', 'input.mapping.guid'],
    [{ mapping: { ...mapping, title: '\ud800' } }, 'BAD_USER_INPUT', 'input.mapping.title'],
    [{ fullText: 'SOMETIMES' }, 'BAD_USER_INPUT', 'input.fullText'],
    [{ categoryId: 'nowhere' }, 'NOT_FOUND', 'input.categoryId'],
    ...strangeTexts.map((categoryId): [Record<string, unknown>, string, string] => [{ categoryId }, 'NOT_FOUND', 'input.categoryId']),
  ])('refuses %j', async (fields, code, field) => {
    expect(await refused(app, add, { input: { url: 'https://wrong.example.com/feed', categoryId: 'world', ...fields } })).toEqual({ code, field })
    if ('url' in fields) return
    const { id } = (await app.gql('{ feeds { nodes { id } } }')).feeds.nodes[0]
    expect(await refused(app, update, { input: { id, ...fields } })).toEqual({ code, field })
  })

  it.each(['user:pa%20ss@', 'only-user@', 'a%zz:%@', '%00:%ff@'])('sends the credentials of a URL, and shows them nowhere: %s', async (credentials) => {
    const path = `/secret/${++counter}`
    const secret = `sesame-${counter}`
    site.serve(path, { body: rss([]) })
    const url = `${site.url.replace('//', `//${credentials}`)}${path}`
    const { feed } = (await app.gql(add, { input: { url, categoryId: 'world', headers: [{ name: 'x-secret', value: secret }] } })).addFeed
    await refreshFeed(app, feed.id)
    const sent = site.requests.findLast((request) => request.path === path)!.headers
    expect(sent).toMatchObject({ authorization: expect.stringMatching(/^Basic ./), 'x-secret': secret })
    site.serve(path, { status: 401 })
    await refreshFeed(app, feed.id)
    const everything = JSON.stringify([
      feed,
      await feedById(feed.id),
      await app.gql('{ feeds(first: 100) { nodes { url title health { lastError recentFetches { error } } } } }'),
      await app.ask(add, { input: { url, categoryId: 'world' } }),
    ])
    expect(feed.url).toBe(`${site.url}${path}`)
    expect(everything).not.toContain(credentials)
    expect(everything).not.toContain(secret)
    expect(everything).not.toContain(sent.authorization!.slice(6))
  })
})

describe('updating', () => {
  it('changes what is given, and leaves the rest', async () => {
    const { id, url } = await newFeed()
    const input = { id, title: 'New title', categoryId: 'sport', enabled: false, fullText: 'NEVER', mapping: { items: 'a', url: 'b', title: 'c' } }
    const changed = {
      id,
      url,
      title: 'New title',
      fullText: 'NEVER',
      enabled: false,
      category: { id: 'sport' },
      mapping: { items: 'a' },
      health: { state: 'DISABLED', nextCheckAt: null },
    }
    expect((await app.gql(update, { input })).updateFeed.feed).toEqual(changed)
    expect((await app.gql(update, { input: { id } })).updateFeed.feed).toEqual(changed)
    expect((await app.gql(update, { input: { id, title: null, categoryId: null, enabled: null, fullText: null, headers: null } })).updateFeed.feed).toEqual(
      changed,
    )
    expect((await app.gql(update, { input: { id, mapping: null, enabled: true } })).updateFeed.feed).toMatchObject({
      mapping: null,
      enabled: true,
      health: { state: 'NEW' },
    })
  })

  it('is a new category for what comes, not for what is there', async () => {
    const { id, path, item } = await newFeed()
    await refreshFeed(app, id)
    await app.gql(update, { input: { id, categoryId: 'sport' } })
    site.serve(path, { body: rss([item, { title: 'Later', link: `${item.link}/later` }]) })
    await refreshFeed(app, id)
    const { nodes } = (await app.gql('query ($id: ID!) { feed(id: $id) { articles { nodes { title category { id } } } } }', { id })).feed.articles
    expect(nodes.toSorted((a: any, b: any) => a.title.localeCompare(b.title))).toEqual([
      { title: 'Later', category: { id: 'sport' } },
      { title: 'Story', category: { id: 'world' } },
    ])
  })

  it.each(strangeTexts)('finds no feed under %j', async (id) => {
    const none = { code: 'NOT_FOUND', field: 'id' }
    expect(await refused(app, update, { input: { id, title: 'x' } })).toEqual({ code: 'NOT_FOUND', field: 'input.id' })
    expect(await refused(app, remove, { id })).toEqual(none)
    expect(await refused(app, refresh, { id })).toEqual(none)
    expect(await feedById(id)).toBeNull()
  })
})

describe('removing', () => {
  it('leaves the articles, whose sightings name no feed any more', async () => {
    const { id, item, url } = await newFeed()
    await refreshFeed(app, id)
    expect((await app.gql(remove, { id })).removeFeed).toEqual({ id })
    expect(await feedById(id)).toBeNull()
    const { articleByUrl } = await app.gql('query ($url: URL!) { articleByUrl(url: $url) { title sightings { url feed { id } } } }', { url: item.link })
    expect(articleByUrl).toEqual({ title: 'Story', sightings: [{ url: item.link, feed: null }] })
    // It may be added again, and brings nothing twice.
    const again = await addFeed(app, url)
    expect((await refreshFeed(app, again)).fetch).toMatchObject({ ingested: 0, duplicates: 1 })
  })

  it('during a pass lets whoever waits for the pass know', async () => {
    const held: ServerResponse[] = []
    const { id } = await newFeed({ answer: (res) => void held.push(res) })
    const waiting = app.ask(refresh, { id })
    await until(() => held.length === 1)
    await app.gql(remove, { id })
    held[0]!.writeHead(200, { 'content-type': 'application/xml' }).end(rss([{ title: 'Late', link: `https://example.com/late/${id}` }]))
    expect((await waiting).errors?.[0]?.extensions).toEqual({ code: 'NOT_FOUND', field: 'id' })
  })
})

describe('a pass', () => {
  it('that is under way is waited for by whoever asks for another', async () => {
    const held: ServerResponse[] = []
    const { id } = await newFeed({ answer: (res) => void held.push(res) })
    const first = app.gql(refresh, { id })
    await until(() => held.length === 1)
    const others = [app.gql(refresh, { id }), app.gql(refresh, { id: id.toUpperCase() })]
    // Both have reached the server once it has answered something that was asked after them.
    await app.gql('{ streamCursor }')
    held[0]!.writeHead(200, { 'content-type': 'application/xml' }).end(rss([]))
    const answers = await Promise.all([first, ...others])
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(held).toHaveLength(1)
    expect((await feedById(id)).health.recentFetches).toHaveLength(1)
  })

  it('of another server is waited for too', async () => {
    if (app.database.embedded) return // one server at a time
    const database = await createDatabase()
    onTestFinished(() => database.drop())
    const [one, two] = [await useApp({ env, database }), await useApp({ env, database })]
    await addCategory(one)
    const held: ServerResponse[] = []
    site.serve('/shared', { answer: (res) => void held.push(res) })
    const id = await addFeed(one, `${site.url}/shared`)
    const waiting = one.gql(refresh, { id })
    await until(() => held.length === 1)
    let tried = false
    const prisma = two.services.database.prisma as unknown as { $on: (event: 'query', listener: (event: { query: string }) => void) => void }
    prisma.$on('query', ({ query }) => (tried ||= /UPDATE feed SET claim_id/.test(query)))
    const other = two.gql(refresh, { id })
    await until(() => tried)
    held[0]!.writeHead(200, { 'content-type': 'application/xml' }).end(rss([]))
    expect(await other).toEqual(await waiting)
    expect(held).toHaveLength(1)
  })

  it('that a stop of the server breaks off may be begun anew at once', async () => {
    const database = await createDatabase()
    onTestFinished(() => database.drop())
    const one = await startApp({ env, database })
    await addCategory(one)
    const held: ServerResponse[] = []
    site.serve('/broken-off', { answer: (res) => void held.push(res) })
    const id = await addFeed(one, `${site.url}/broken-off`)
    const waiting = one.services.feeds.refresh(id).catch(() => 'broken off')
    await until(() => held.length === 1)
    await one.close()
    expect(await waiting).toBe('broken off')
    site.serve('/broken-off', { body: rss([]) })
    const two = await useApp({ env, database })
    expect((await refreshFeed(two, id)).fetch).toMatchObject({ outcome: 'CHANGED' })
  })

  it('whose category was removed meanwhile brings its entries the next time', async () => {
    await addCategory(app, 'short-lived')
    const held: ServerResponse[] = []
    const { id, path, item } = await newFeed({ answer: (res) => void held.push(res) }, { categoryId: 'short-lived' })
    const waiting = refreshFeed(app, id)
    await until(() => held.length === 1)
    await app.gql('mutation { removeCategory(id: "short-lived", moveTo: "world") { id } }')
    held[0]!.writeHead(200, { 'content-type': 'application/xml', etag: '"1"' }).end(rss([item]))
    expect((await waiting).fetch).toMatchObject({ ingested: 0, rejected: [{ title: 'Story' }] })
    site.serve(path, { body: rss([item]), headers: { etag: '"1"' } })
    expect((await refreshFeed(app, id)).fetch).toMatchObject({ outcome: 'CHANGED', ingested: 1 })
  })

  it.each<[name: string, served: Served, httpStatus: number | null, state: string]>([
    ['has a problem', { status: 500 }, 500, 'FAILING'],
    ['is not there', { status: 404 }, 404, 'FAILING'],
    ['refuses it', { status: 403 }, 403, 'FAILING'],
    ['gives out what is no feed', { body: '<html><body>Hello</body></html>', headers: { 'content-type': 'text/html' } }, 200, 'FAILING'],
    ['gives out nothing', { body: '' }, 200, 'FAILING'],
    ['breaks the connection off', { answer: (res) => res.destroy() }, null, 'FAILING'],
    ['says that it is gone', { status: 410 }, 410, 'GONE'],
  ])('whose server %s keeps its articles, says why, and recovers', async (_name, served, httpStatus, state) => {
    const { id, path, item } = await newFeed()
    await refreshFeed(app, id)
    const healthy = await feedById(id)
    expect(healthy).toMatchObject({ articles: { totalCount: 1 }, health: { state: 'HEALTHY', consecutiveFailures: 0, lastError: null, httpStatus: 200 } })

    site.serve(path, served)
    for (const failures of [1, 2, 3]) {
      expect((await refreshFeed(app, id)).fetch).toMatchObject({ outcome: 'FAILED', httpStatus, ingested: 0, error: expect.stringMatching(/\.$/) })
      const { articles, health } = await feedById(id)
      expect(articles).toEqual({ totalCount: 1 })
      expect(health).toMatchObject({
        state,
        httpStatus,
        consecutiveFailures: failures,
        lastError: health.recentFetches[0].error,
        lastChangedAt: healthy.health.lastChangedAt,
      })
      expect(Date.parse(health.lastCheckedAt)).toBeGreaterThanOrEqual(Date.parse(healthy.health.lastCheckedAt))
      if (state === 'GONE') expect(health.nextCheckAt).toBeNull()
      else expect(Date.parse(health.nextCheckAt)).toBeGreaterThan(Date.parse(health.lastCheckedAt))
    }

    site.serve(path, { body: rss([item, { title: 'Back', link: `${item.link}/back` }]) })
    expect((await refreshFeed(app, id)).fetch).toMatchObject({ outcome: 'CHANGED', ingested: 1, duplicates: 1 })
    const back = await feedById(id)
    expect(back).toMatchObject({
      articles: { totalCount: 2 },
      health: { state: 'HEALTHY', consecutiveFailures: 0, lastError: null, httpStatus: 200, nextCheckAt: expect.any(String) },
    })
    expect(back.health.recentFetches.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['CHANGED', 'FAILED', 'FAILED', 'FAILED', 'CHANGED'])
  })

  it('of a server that takes no connection fails in words', async () => {
    const down = await startFeedServer()
    await down.close()
    const id = await addFeed(app, `${down.url}/feed`)
    expect((await refreshFeed(app, id)).fetch).toMatchObject({ outcome: 'FAILED', httpStatus: null, error: 'Its server takes no connection.' })
    expect((await feedById(id)).health).toMatchObject({ state: 'FAILING', consecutiveFailures: 1 })
  })

  it('waits longer the more often it failed', async () => {
    const { id } = await newFeed({ status: 500 })
    const waits: number[] = []
    for (let n = 0; n < 5; n++) {
      await refreshFeed(app, id)
      const { lastCheckedAt, nextCheckAt } = (await feedById(id)).health
      waits.push((Date.parse(nextCheckAt) - Date.parse(lastCheckedAt)) / 60_000)
    }
    const expected = [30, 30, 60, 120, 240]
    waits.forEach((wait, n) => expect(Math.abs(wait - expected[n]!)).toBeLessThanOrEqual(expected[n]! * 0.1 + 0.1))
  })

  it('is told of with the newest first, as many as are asked for', async () => {
    const { id } = await newFeed()
    for (let n = 0; n < 3; n++) await refreshFeed(app, id)
    const query = 'query ($id: ID!, $first: Int!) { feed(id: $id) { health { recentFetches(first: $first) { outcome startedAt } } } }'
    const passes = (await app.gql(query, { id, first: 2 })).feed.health.recentFetches
    expect(passes.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['NOT_MODIFIED', 'NOT_MODIFIED'])
    expect(Date.parse(passes[0].startedAt)).toBeGreaterThanOrEqual(Date.parse(passes[1].startedAt))
    for (const first of [0, 101, -1]) expect(await refused(app, query, { id, first })).toEqual({ code: 'BAD_USER_INPUT', field: 'first' })
  })
})

describe('listing', () => {
  it('filters by every state and by category, in the order in which they were added', async () => {
    const own = await useApp({ env })
    await addCategory(own)
    await addCategory(own, 'sport')
    const serve = (name: string, served: Served, categoryId = 'world') => {
      site.serve(`/states/${name}`, served)
      return addFeed(own, `${site.url}/states/${name}`, { categoryId })
    }
    const ids = {
      HEALTHY: await serve('healthy', { body: rss([]) }),
      NEW: await serve('new', {}, 'sport'),
      FAILING: await serve('failing', { status: 500 }),
      GONE: await serve('gone', { status: 410 }, 'sport'),
      DISABLED: await serve('disabled', {}),
    }
    for (const id of [ids.HEALTHY, ids.FAILING, ids.GONE]) await refreshFeed(own, id)
    await own.gql(update, { input: { id: ids.DISABLED, enabled: false } })

    const query =
      'query ($filter: FeedFilter, $first: Int, $after: String, $last: Int, $before: String) { feeds(filter: $filter, first: $first, after: $after, last: $last, before: $before) { totalCount nodes { id health { state } } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }'
    const list = async (variables: object) => (await own.gql(query, variables as Record<string, unknown>)).feeds
    const idsOf = async (filter: object) => (await list({ filter })).nodes.map(({ id }: { id: string }) => id)
    for (const [state, id] of Object.entries(ids)) {
      expect(await list({ filter: { states: [state] } })).toMatchObject({ totalCount: 1, nodes: [{ id, health: { state } }] })
    }
    const all = Object.values(ids)
    expect(await idsOf({})).toEqual(all)
    expect(await idsOf({ states: null, categoryIds: null })).toEqual(all)
    expect(await idsOf({ states: ['GONE', 'HEALTHY'] })).toEqual([ids.HEALTHY, ids.GONE])
    expect(await idsOf({ states: [] })).toEqual([])
    expect(await idsOf({ categoryIds: [] })).toEqual([])
    expect(await idsOf({ categoryIds: ['sport'] })).toEqual([ids.NEW, ids.GONE])
    expect(await idsOf({ categoryIds: ['sport'], states: ['NEW', 'FAILING'] })).toEqual([ids.NEW])
    expect(await idsOf({ categoryIds: strangeTexts })).toEqual([])

    const first = await list({ first: 2 })
    expect(first).toMatchObject({ totalCount: 5, pageInfo: { hasNextPage: true, hasPreviousPage: false } })
    const rest = await list({ first: 3, after: first.pageInfo.endCursor })
    expect(rest.nodes.map(({ id }: { id: string }) => id)).toEqual(all.slice(2))
    expect(rest.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true })
    expect((await list({ last: 2, before: first.pageInfo.endCursor })).nodes).toMatchObject([{ id: all[0] }])
    const invalid = { code: 'CURSOR_INVALID', field: 'after' }
    expect(await refused(own, query, { after: first.pageInfo.endCursor, filter: { states: ['NEW'] } })).toEqual(invalid)
    for (const after of [
      ...strangeTexts,
      Buffer.from(JSON.stringify([JSON.parse(Buffer.from(first.pageInfo.endCursor, 'base64url').toString())[0], 'x'])).toString('base64url'),
    ]) {
      expect(await refused(own, query, { after })).toEqual(invalid)
    }
    expect(await refused(own, query, { first: 101 })).toEqual({ code: 'BAD_USER_INPUT', field: 'first' })
    const inCategory = await own.gql('{ category(id: "sport") { feeds(first: 1) { totalCount nodes { id } pageInfo { hasNextPage } } } }')
    expect(inCategory.category.feeds).toEqual({ totalCount: 2, nodes: [{ id: ids.NEW }], pageInfo: { hasNextPage: true } })
    // The feeds of many categories at once are those of each.
    for (const args of ['first: 1', 'last: 1', 'first: 100']) {
      const feeds = `feeds(${args}) { totalCount edges { cursor node { id title } } pageInfo { hasNextPage hasPreviousPage endCursor } }`
      const { categories } = await own.gql(`{ categories { id ${feeds} } }`)
      expect(categories).toHaveLength(2)
      for (const category of categories) expect(category.feeds).toEqual((await own.gql(`{ category(id: "${category.id}") { ${feeds} } }`)).category.feeds)
    }
  })
})

it('what had to be repaired is told of a pass, and of a preview', async () => {
  const body = Buffer.from(rss([{ title: 'Caf\xe9', link: 'https://example.com/repaired' }]), 'latin1')
  const { id, url } = await newFeed({ body })
  const repaired = ['Its encoding was declared as UTF-8, and read as windows-1252.']
  expect((await app.gql(preview, { url })).previewFeed).toMatchObject({ articles: [{ title: 'Café' }], repaired })
  await refreshFeed(app, id)
  const { feed } = await app.gql('query ($id: ID!) { feed(id: $id) { articles { nodes { title } } health { recentFetches { repaired } } } }', { id })
  expect(feed).toEqual({ articles: { nodes: [{ title: 'Café' }] }, health: { recentFetches: [{ repaired }] } })
})

describe('a preview', () => {
  it('shows what would come, in the order of the feed, and stores nothing', async () => {
    const items = [
      { title: 'Second', link: 'https://example.com/p/2?utm_source=x', guid: 'g2', description: '<p>Two words.</p>', pubDate: 'Fri, 02 Jan 2026 00:00:00 GMT' },
      { title: 'First', link: 'https://example.com/p/1' },
      { title: 'No link' },
    ]
    site.serve('/preview', { body: rss(items, 'Previewed') })
    const before = await app.gql('{ streamCursor feeds { totalCount } articles { totalCount } }')
    const answer = (await app.gql(preview, { url: `${site.url}/preview` })).previewFeed
    expect(answer).toMatchObject({ title: 'Previewed', format: 'RSS', rejected: [{ reason: expect.any(String) }], repaired: [] })
    expect(answer.articles).toEqual([
      { url: 'https://example.com/p/2', title: 'Second', content: 'Two words.', guid: 'g2', publishedAt: '2026-01-02T00:00:00.000Z', wordCount: 2 },
      { url: 'https://example.com/p/1', title: 'First', content: '', guid: null, publishedAt: expect.any(String), wordCount: 0 },
    ])
    expect(await app.gql('{ streamCursor feeds { totalCount } articles { totalCount } }')).toEqual(before)
  })

  it.each<[Served, string]>([
    [{ status: 404 }, 'FEED_UNREACHABLE'],
    [{ status: 500 }, 'FEED_UNREACHABLE'],
    [{ answer: (res) => res.destroy() }, 'FEED_UNREACHABLE'],
    [{ body: 'no feed' }, 'FEED_INVALID'],
    [{ body: '<html></html>' }, 'FEED_INVALID'],
  ])('of %j is refused', async (served, code) => {
    site.serve('/preview/wrong', served)
    expect(await refused(app, preview, { url: `${site.url}/preview/wrong` })).toEqual({ code, field: 'url' })
  })

  it('takes POST alone', async () => {
    const response = await fetch(`${app.url}?query=${encodeURIComponent(`{ previewFeed(url: "${site.url}/preview") { title } }`)}`, {
      headers: { accept: 'application/graphql-response+json' },
    })
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] })
  })

  it('is one of a bounded number at the same time', async () => {
    const own = await useApp({ env: { ...env, FEED_CONCURRENCY: '1' } })
    const held: ServerResponse[] = []
    site.serve('/preview/held', { answer: (res) => void held.push(res) })
    const waiting = own.ask(preview, { url: `${site.url}/preview/held` })
    await until(() => held.length === 1)
    expect(await refused(own, preview, { url: `${site.url}/preview/held` })).toMatchObject({ code: 'RATE_LIMITED' })
    held[0]!.writeHead(200, { 'content-type': 'application/xml' }).end(rss([]))
    expect((await waiting).errors).toBeUndefined()
  })
})

describe('the poller', () => {
  it('checks what is due by itself, once, and neither disabled nor gone feeds', async () => {
    const own = await useApp({ env, poll: true })
    await addCategory(own)
    const asked = (path: string) => site.requests.filter((request) => request.path === path).length
    site.serve('/poll/disabled', { body: rss([]) })
    const disabled = await addFeed(own, `${site.url}/poll/disabled`)
    await own.gql(update, { input: { id: disabled, enabled: false } })
    const before = asked('/poll/disabled')
    site.serve('/poll/1', { body: rss([{ title: 'Polled', link: 'https://example.com/polled' }]) })
    await addFeed(own, `${site.url}/poll/1`)
    await until(() => asked('/poll/1') === 1)
    // Another feed, added later, is checked at a later look of the poller: the first was not due again there.
    site.serve('/poll/2', { body: rss([]) })
    await addFeed(own, `${site.url}/poll/2`)
    await until(() => asked('/poll/2') === 1)
    expect(asked('/poll/1')).toBe(1)
    expect(asked('/poll/disabled')).toBe(before)
    expect((await own.gql('{ articles { nodes { title } } }')).articles.nodes).toEqual([{ title: 'Polled' }])
  })
})
