import { InvalidArgumentError } from 'commander'

type Header = { name: string; value: string }

/** Adds a header, written as in HTTP, to those given before it. */
export function readHeader(text: string, before: readonly Header[] = []): Header[] {
  const colon = text.indexOf(':')
  if (colon < 1) throw new InvalidArgumentError("Write it as 'Name: value'.")
  return [...before, { name: text.slice(0, colon).trim(), value: text.slice(colon + 1).trim() }]
}

/** Reads a JsonMappingInput; which of its fields are right is the server's to say. */
export function readMapping(text: string): object {
  try {
    const mapping: unknown = JSON.parse(text)
    if (mapping !== null && typeof mapping === 'object' && !Array.isArray(mapping)) return mapping
  } catch {
    // told below
  }
  throw new InvalidArgumentError('Write it as a JSON object, such as {"items": "data", "url": "link", "title": "headline"}.')
}
