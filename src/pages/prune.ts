import type { HtmlDocument, HtmlElement, HtmlNode } from './read-html.ts'

const kept = new Set(['html', 'head', 'body', 'main', 'article'])
const chrome = new Set(['nav', 'form', 'button', 'dialog', 'footer', 'aside', 'menu'])
const roles = new Set(['navigation', 'complementary', 'contentinfo', 'search', 'banner', 'dialog', 'alert', 'menu', 'menubar', 'toolbar'])

/** What boxes beside an article are called, as words of a class or an id. */
const names = [
  'share sharing sharedaddy social follow-?us addthis\\w*',
  'related\\w* recommend\\w* read-?more more-?stories most-?read most-?popular trending outbrain taboola next-?prev',
  'newsletter\\w* subscri\\w* signup sign-up donat\\w* upsell cta',
  'promo\\w* sponsor\\w* advert\\w*',
  'comments? disqus respond',
  'author-?bio about-?author author-?box',
  'breadcrumbs? sidebar widgets? footer navbar navigation pagination pager tag-?list copyright',
  'cookie\\w* consent gdpr popup modal skip-?link screen-reader-text sr-only visually-hidden print-?only',
]
const boxName = new RegExp(String.raw`(?:^|[\s_-])(?:${names.join(' ').replaceAll(' ', '|')})(?:$|[\s_-])`, 'i')

/** A box that holds a larger share of the page's paragraphs is where the article itself stands, whatever it is called. */
const largestShare = 0.2

/**
 * Takes out of a page what its elements, roles, classes and ids say is no part of the article: navigation, sharing, related
 * stories, newsletters, comments.
 */
export function prune(document: HtmlDocument): void {
  const sizes = new Map<HtmlNode, number>()
  const most = document.children.reduce((sum, node) => sum + measure(node, false, sizes), 0) * largestShare
  const visit = (parent: HtmlDocument | HtmlElement) => {
    parent.children = parent.children.filter((node) => {
      if (!('attribs' in node)) return true
      if (isBox(node) && (sizes.get(node) ?? 0) <= most) return false
      visit(node)
      return true
    })
  }
  visit(document)
}

/** Characters in the paragraphs and list items of each element. */
function measure(node: HtmlNode, inParagraph: boolean, sizes: Map<HtmlNode, number>): number {
  if (node.type === 'text') return inParagraph ? node.data.trim().length : 0
  if (!('attribs' in node) || node.type === 'script') return 0
  const inside = inParagraph || node.name === 'p' || node.name === 'li'
  const size = node.children.reduce((sum, child) => sum + measure(child, inside, sizes), 0)
  sizes.set(node, size)
  return size
}

function isBox({ name, attribs }: HtmlElement): boolean {
  return !kept.has(name) && (chrome.has(name) || roles.has(attribs['role'] ?? '') || boxName.test(`${attribs['class'] ?? ''} ${attribs['id'] ?? ''}`))
}
