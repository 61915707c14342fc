/**
 * Finds `wanted` in `text` at or after a position; Infinity when there is none. It remembers its last answer, so that asking
 * along the text costs one pass over it altogether, however often it is asked and however far away the answer is.
 */
export function finder(text: string, wanted: string): (from: number) => number {
  let since = 0
  let found = -1
  return (from) => {
    if (from < since || from > found) {
      const at = text.indexOf(wanted, from)
      since = from
      found = at === -1 ? Infinity : at
    }
    return found
  }
}
