/**
 * The URL that a text means, to its base where it is relative; undefined where it means none.
 * Not through URL.canParse: once V8 has optimised its caller, Node 20 and 22 take the Latin-1 of the text for UTF-8 there, and
 * refuse a host such as münchen.example.
 */
export function readUrl(text: string, base?: string | URL): URL | undefined {
  try {
    return new URL(text, base)
  } catch {
    return undefined
  }
}
