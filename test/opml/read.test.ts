import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ClientError } from '../../src/errors.ts'
import { readOpml } from '../../src/opml/read.ts'

const pieces = fc.constantFrom(
  '<outline ',
  '</outline>',
  '/>',
  '>',
  '<',
  '"',
  "'",
  'text="a"',
  ' xmlUrl="https://a.example/"',
  ' xmlUrl=',
  ' category="/a" ',
  '<!-- ',
  '-->',
  '<![CDATA[',
  ']]>',
  '<?a ?>',
  '<!DOCTYPE a>',
  '&amp;',
  '&#0;',
  '&#x110000;',
  '&a;',
  '\0',
  '\ud800',
  ' __proto__="1"',
  ' constructor="1"',
  '<__proto__>',
  '<body>',
  '</body>',
  '<opml>',
)

test('whatever the text, it is a list or refused', () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), fc.boolean(), (parts, within) => {
      const text = within ? `<opml><body>${parts.join('')}</body></opml>` : parts.join('')
      try {
        const { feeds } = readOpml(text)
        expect(feeds.every(({ url }) => URL.canParse(url))).toBe(true)
      } catch (error) {
        expect(error).toBeInstanceOf(ClientError)
        expect((error as ClientError).extensions).toEqual({ code: 'BAD_USER_INPUT', field: 'opml' })
      }
    }),
    { numRuns: 1000 },
  )
})

const name = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 10 }).filter((text) => /[a-z]/i.test(text))
const tree = fc.letrec((tie) => ({
  node: fc.oneof({ maxDepth: 4 }, fc.constant('feed'), fc.record({ name, members: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) })),
})).node as fc.Arbitrary<Node>
type Node = 'feed' | { name: string; members: Node[] }

test('each feed is in its innermost folder, in the order of the list', () => {
  fc.assert(
    fc.property(fc.array(tree, { maxLength: 4 }), (nodes) => {
      const expected: (string | undefined)[] = []
      const xml = (text: string) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
      const write = (node: Node, folder?: string): string => {
        if (node !== 'feed') return `<outline text="${xml(node.name)}">${node.members.map((member) => write(member, node.name)).join('')}</outline>`
        expected.push(folder?.replace(/\s+/g, ' ').trim().toLowerCase())
        return `<outline xmlUrl="https://feed.example/${expected.length}"/>`
      }
      const { feeds, rejected } = readOpml(`<opml><body>${nodes.map((node) => write(node)).join('')}</body></opml>`)
      expect(rejected).toEqual([])
      expect(feeds.map(({ folder }) => folder?.name.toLowerCase())).toEqual(expected)
      expect(feeds.map(({ url }) => url)).toEqual(expected.map((_, n) => `https://feed.example/${n + 1}`))
    }),
  )
})
