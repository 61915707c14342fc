// Stands in for the real module in the extractor's thread: a page tells it how to go wrong.

/** @param {string} html @param {string} url */
export function extractPage(html, url) {
  if (html === 'for ever') for (;;);
  if (html === 'too much') for (const all = []; ;) all.push(Array.from({ length: 100_000 }, () => ({})))
  if (html === 'throw') throw new Error('thrown')
  if (html === 'exit') process.exit(1)
  return { content: html, url }
}
