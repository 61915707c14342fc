// Lists of feeds: what comes in, what is rejected and why, what it costs, and that an export brings back what it was made of.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addCategory, addFeed, startApp, useApp, type App } from '../helpers/app.ts'
import { refused } from '../helpers/refused.ts'

let app: App
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app?.close())

const importing =
  'mutation ($opml: String!) { importOpml(opml: $opml) { added { url title category { id name } } existing { url title category { id } } rejected { title url reason } } }'
const bring = async (opml: string, to: Pick<App, 'gql'> = app) => (await to.gql(importing, { opml })).importOpml
const list = (outlines: string) => `<?xml version="1.0"?><opml version="2.0"><head><title>A list</title></head><body>${outlines}</body></opml>`
const exported = async (from: Pick<App, 'gql'> = app): Promise<string> => (await from.gql('{ exportOpml }')).exportOpml
/** A list of many, each with an address of its own under the host. */
const many = (host: string, count: number) => list(Array.from({ length: count }, (_, n) => `<outline xmlUrl="https://${host}/${n}"/>`).join(''))

describe('an import', () => {
  it('adds feeds, which are due at once, and makes categories of their innermost folders', async () => {
    const { added, existing, rejected } = await bring(
      list(`
        <outline text="Science"><outline text="Space &amp; Time">
          <outline type="rss" text="Stars" title="Other" xmlUrl="https://space.example/feed?a=1&amp;b=2"/>
          <outline TYPE="RSS" title="Only a title" xmlurl=" feed://space.example/2 "/>
        </outline></outline>
        <outline text="nowhere.example" xmlUrl="https://nowhere.example/feed"/>
        <outline text="science"><outline text="https://science.example/1" xmlUrl="feed:https://science.example/1#top"/></outline>
        <outline text="" title=""><outline type="rss" url="https://old.example/1"/></outline>`),
    )
    expect(rejected).toEqual([])
    expect(existing).toEqual([])
    expect(added).toEqual([
      { url: 'https://space.example/feed?a=1&b=2', title: 'Stars', category: { id: 'space-time', name: 'Space & Time' } },
      { url: 'http://space.example/2', title: 'Only a title', category: { id: 'space-time', name: 'Space & Time' } },
      { url: 'https://nowhere.example/feed', title: 'nowhere.example', category: { id: 'imported', name: 'Imported' } },
      { url: 'https://science.example/1', title: 'science.example', category: { id: 'science', name: 'Science' } },
      { url: 'https://old.example/1', title: 'old.example', category: { id: 'imported', name: 'Imported' } },
    ])
    const due = '{ feeds(first: 100) { nodes { url health { state nextCheckAt } } } }'
    const { nodes } = (await app.gql(due)).feeds
    expect(nodes.map(({ url }: { url: string }) => url)).toEqual(added.map(({ url }: { url: string }) => url))
    for (const { health } of nodes) expect(health).toEqual({ state: 'NEW', nextCheckAt: expect.any(String) })
  })

  it('leaves what is there as it is, in whatever spelling', async () => {
    await addCategory(app, 'kept')
    await addFeed(app, 'https://kept.example/feed', { categoryId: 'kept', title: 'Mine' })
    const again = list('<outline text="New folder"><outline text="Theirs" xmlUrl="http://user:word@KEPT.example:80/feed/?utm_source=x"/></outline>')
    const there = { url: 'https://kept.example/feed', title: 'Mine', category: { id: 'kept' } }
    expect(await bring(again)).toEqual({ added: [], existing: [there], rejected: [] })
    expect((await app.gql('{ category(id: "new-folder") { id } }')).category).toBeNull()
  })

  it('finds the category of a folder by its id, else by its name, else by its slug', async () => {
    await addCategory(app, 'found-1', 'Found')
    await addCategory(app, 'found-2', 'Found')
    await addCategory(app, 'by-slug', 'Something else')
    const folder = (attributes: string, n: number) => `<outline ${attributes}><outline xmlUrl="https://found.example/${n}"/></outline>`
    const { added } = await bring(
      list(
        [
          'text="Renamed" category="/found-2"',
          'text="FOUND"',
          'text="By Slug!"',
          'text="Found" category="/found-3"',
          'text="Found" category="/Food,/Drink"',
          'text="Found-3"',
        ]
          .map(folder)
          .join(''),
      ),
    )
    expect(added.map(({ category }: any) => category.id)).toEqual(['found-2', 'found-1', 'by-slug', 'found-1', 'found-1', 'found-3'])
  })

  it.each([
    ['Übermut & Größe', /^ubermut-gro-e$/],
    ['Новости', /^category-[0-9a-f]{8}$/],
    ['ニュース 24', /^category-[0-9a-f]{8}$/],
    ['🚀', /^category-[0-9a-f]{8}$/],
    ['2024', /^2024$/],
    ['01234567-89ab-cdef-0123-456789abcdef', /^category-01234567-89ab-cdef-0123-456789abcdef$/],
    ['x'.repeat(500), /^x{60}$/],
  ])('makes an id that may be one of %.50s', async (name, id) => {
    const opml = list(`<outline text="${name.replace('&', '&amp;')}"><outline xmlUrl="https://${Math.random()}.example/"/></outline>`)
    const [{ category }] = (await bring(opml)).added
    expect(category).toEqual({ id: expect.stringMatching(id), name: name.slice(0, 200) })
  })

  it('rejects each bad outline with its reason, and loses no other', async () => {
    const { added, rejected } = await bring(
      list(`
        <outline text="No address"/>
        <outline text="A link" type="link" url="https://bad.example/list.opml"/>
        <outline text="Wrong" xmlUrl="javascript:alert(1)"/>
        <outline text="Relative" xmlUrl="/feed"/>
        <outline text="Long" xmlUrl="https://bad.example/${'x'.repeat(9000)}"/>
        <outline text="Secrets" xmlUrl="https://a:${'x'.repeat(4000)}@bad.example/"/>
        <outline text="Out" isComment="true" xmlUrl="https://bad.example/comment"><outline xmlUrl="https://bad.example/within"/></outline>
        <outline text="Good &#0;&#xD800;\u0001" xmlUrl="https://bad.example/good"/>
        <outline text="Twice" xmlUrl="http://bad.example/good/"/>`),
    )
    expect(added).toMatchObject([{ url: 'https://bad.example/good', title: expect.stringMatching(/^Good/) }])
    expect(rejected).toEqual([
      { title: 'No address', url: null, reason: 'It has no xmlUrl.' },
      { title: 'A link', url: 'https://bad.example/list.opml', reason: 'It is a link, and has no xmlUrl.' },
      { title: 'Wrong', url: 'javascript:alert(1)', reason: 'Its xmlUrl is no absolute http(s) URL.' },
      { title: 'Relative', url: '/feed', reason: 'Its xmlUrl is no absolute http(s) URL.' },
      { title: 'Long', url: expect.stringMatching(/^.{500}$/), reason: 'Its xmlUrl is longer than 8192 characters.' },
      { title: 'Secrets', url: expect.any(String), reason: 'The credentials in its xmlUrl are too long.' },
      { title: 'Out', url: 'https://bad.example/comment', reason: 'It is commented out.' },
      { title: 'Twice', url: 'http://bad.example/good/', reason: 'It stands in this list twice: the first one holds.' },
    ])
  })

  it('is refused once in a document more than once', async () => {
    const twice = 'mutation ($opml: String!) { a: importOpml(opml: $opml) { rejected { reason } } b: importOpml(opml: $opml) { rejected { reason } } }'
    expect(await refused(app, twice, { opml: list('') })).toEqual({ code: 'TOO_COMPLEX', field: 'importOpml' })
  })

  it('takes a list of nothing', async () => {
    for (const opml of [list(''), '<opml/>', '\ufeff<OPML version="1.0"><BODY/></OPML>'])
      expect(await bring(opml)).toEqual({ added: [], existing: [], rejected: [] })
  })

  it('makes one feed of what several import at once', async () => {
    const outlines = Array.from({ length: 50 }, (_, n) => `<outline xmlUrl="https://race.example/${n}"/>`)
    const payloads = await Promise.all([outlines, outlines.toReversed(), outlines, outlines.toReversed()].map((all) => bring(list(all.join('')))))
    expect(payloads.flatMap(({ added }) => added)).toHaveLength(50)
    expect(payloads.flatMap(({ existing }) => existing)).toHaveLength(150)
  })
})

describe('what is no OPML, or without bounds', () => {
  it.each([
    ['empty', '', 'This is no OPML.'],
    ['text', 'https://example.com/feed', 'This is no OPML.'],
    ['a page', '<!doctype html><html><body></body></html>', 'This is no OPML: it begins with <html>.'],
    ['a feed', '<?xml version="1.0"?><rss version="2.0"><channel/></rss>', 'This is no OPML: it begins with <rss>.'],
    ['cut off in a tag', '<opml>\n<body>\n<outline text="a"', 'A tag or comment does not end, or is longer than 65536 characters (line 3).'],
    ['cut off between tags', '<opml><body><outline text="a">', 'It ends before </outline>.'],
    ['crossed', '<opml><body></opml></body>', '</opml> closes what is not open (line 1).'],
    ['two roots', '<opml></opml><opml></opml>', 'There is more after </opml> (line 1).'],
    ['entities of its own', '<!DOCTYPE opml [<!ENTITY a "aaaa">]><opml/>', 'A document type with declarations of its own is not read (line 1).'],
    ['deep', list('<outline>'.repeat(100_000) + '</outline>'.repeat(100_000)), 'It is more than 50 levels deep (line 1).'],
    ['a tag of 300,000 attributes', list(`<outline ${Array.from({ length: 300_000 }, (_, n) => `a${n}=""`).join(' ')}/>`), /^A tag or comment does not end/],
    ['quotes that hide attributes', list(`<outline ">" ${'a=">" '.repeat(100_000)}/>`), /^A tag or comment does not end/],
    ['many tags', list('<a/>'.repeat(200_000)), 'It has more than 50000 tags.'],
    ['many attributes in many tags', list(`<a ${'b="" '.repeat(100)}/>`.repeat(3_000)), 'It has more than 200000 attributes.'],
    ['5 MiB and more', list(`<outline text="${'é'.repeat(2.5 * 1024 * 1024)}"/>`), 'OPML of at most 5 MiB is taken.'],
  ])('is refused: %s', async (_what, opml, message) => {
    const { data, errors } = await app.ask(importing, { opml })
    expect(data?.importOpml ?? null).toBeNull()
    expect(errors).toMatchObject([
      { message: typeof message === 'string' ? message : expect.stringMatching(message), extensions: { code: 'BAD_USER_INPUT', field: 'opml' } },
    ])
  })

  it('is told of outlines past the 5,000th; those before are taken', async () => {
    const other = await useApp()
    const { importOpml } = await other.gql('mutation ($opml: String!) { importOpml(opml: $opml) { added { id } rejected { title reason } } }', {
      opml: many('many.example', 5_003),
    })
    expect(importOpml.added).toHaveLength(5_000)
    expect(importOpml.rejected).toEqual([{ title: null, reason: expect.stringContaining('the 3 after them were left out') }])
  })

  it('takes what is nearly 5 MiB', async () => {
    const { added } = await bring(list(`<!-- ${'"'.repeat(5 * 1024 * 1024 - 200)} --><outline text="L" xmlUrl="https://large.example/"/>`))
    expect(added).toMatchObject([{ title: 'L' }])
  })
})

describe('an export', () => {
  it('brings the same feeds and categories to an empty database', async () => {
    const [from, to] = [await useApp(), await useApp()]
    await addCategory(from, 'news', 'News')
    await addCategory(from, 'news-2', 'News')
    await addCategory(from, 'empty', 'Nothing in it')
    await from.gql('mutation ($input: AddCategoryInput!) { addCategory(input: $input) { category { id } } }', {
      input: { id: 'odd', name: '<"Ünïcode"> & \'日本\' 🚀', description: 'Two\nlines, a\ttab & a <tag>' },
    })
    await addFeed(from, 'https://one.example/feed?a=1&b=%22', { categoryId: 'news', title: 'A "title" <b>&amp;</b> \u0001日本 🚀' })
    await addFeed(from, 'https://user:sesame@two.example/feed', { categoryId: 'news-2', headers: [{ name: 'x-key', value: 'sesame' }] })
    await addFeed(from, 'https://xn--bcher-kva.example/%E2%9C%93', { categoryId: 'odd' })
    await addFeed(from, 'https://three.example/', { categoryId: 'news' })

    const opml = await exported(from)
    expect(opml).not.toContain('sesame')
    expect(opml).not.toContain('\u0001')
    const { rejected, existing } = await bring(opml, to)
    expect({ rejected, existing }).toEqual({ rejected: [], existing: [] })
    const everything = '{ categories { id name description feeds { nodes { url title } } } }'
    const same = JSON.stringify(await from.gql(everything)).replace('\\u0001', '')
    expect(JSON.parse(same)).toEqual(await to.gql(everything))
    const undated = (text: string) => text.replace(/<dateCreated>.*<\/dateCreated>/, '')
    expect(undated(await exported(to))).toBe(undated(opml))
    expect(await bring(opml, to)).toMatchObject({ added: [], rejected: [], existing: { length: 4 } })
  })

  it('of nothing is a list of nothing', async () => {
    const empty = await useApp()
    expect(await bring(await exported(empty), empty)).toEqual({ added: [], existing: [], rejected: [] })
  })
})

it('costs a few statements, however many feeds it brings', async () => {
  const write = 'mutation ($opml: String!) { importOpml(opml: $opml) { rejected { reason } } }'
  const cost = async (count: number) => (await app.statements(() => app.gql(write, { opml: many(`cost-${count}.example`, count) }))).length
  await cost(2) // makes the category
  expect([await cost(1), await cost(2_000)]).toEqual([4, 4])
  const again = await app.statements(() => app.gql(write, { opml: many('cost-2000.example', 2_000) }))
  expect(again).toHaveLength(1)
  expect(await app.statements(() => exported())).toHaveLength(2)
})
