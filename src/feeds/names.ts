/** How Atom texts are marked that are written in base64. */
export const base64Type = 'application/octet-stream'

/**
 * Names that RSS feeds write for what the library knows by another one: RSS itself in a namespace, whole texts as
 * <xhtml:body>, <body> or <fullitem>, dc:author, and items that stand in no channel. Nothing is renamed where the known name
 * is there too.
 */
export function withKnownRssNames(text: string): string {
  const prefix = /<(?:([\w-]+):)?rss[\s>]/i.exec(text)?.[1]
  let known = prefix === undefined ? text : text.replace(new RegExp(`<(/?)${prefix}:`, 'g'), '<$1')
  if (!/<content:encoded[\s>]/i.test(known)) known = known.replace(/<(\/?)(?:[\w-]+:)?(?:body|fullitem)(?=[\s/>])/gi, '<$1content:encoded')
  if (!/<dc:creator[\s>]/i.test(known)) known = known.replace(/<(\/?)dc:author(?=[\s/>])/gi, '<$1dc:creator')
  // A channel that holds nothing is none to the library.
  if (!/<(?:[\w-]+:)?channel[\s/>]/i.test(known)) known = known.replace(/<rss(?:\s[^<>]*)?>/i, '$&<channel><title></title></channel>')
  return known
}

/** Atom 0.3 says with a mode that a text is in base64, which the library does not tell. */
export function withKnownAtomNames(text: string): string {
  if (!/\smode\s*=\s*["']base64["']/i.test(text)) return text
  return text.replace(/<([\w:-]+)(\s[^<>]*[^<>/])>/g, (tag, name: string, attributes: string) =>
    /\smode\s*=\s*["']base64["']/i.test(attributes) ? `<${name}${attributes.replace(/\stype\s*=\s*(?:"[^"]*"|'[^']*')/i, '')} type="${base64Type}">` : tag,
  )
}
