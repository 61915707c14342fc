// Stands in for the real module in the extractor's thread: a page tells it how to go wrong.

/** @param {string} html @param {string} url */
export function extractPage(html, url) {
  if (html === 'for ever') for (;;);
  // In small pieces: where one large piece is refused to a thread, Node may end with it.
  if (html === 'too much') for (let all = {}; ;) all = { all }
  if (html === 'throw') throw new Error('thrown')
  if (html === 'exit') process.exit(1)
  return { content: html, url }
}
