/** Sentences enough for an article, each with the word in it so that no paragraph repeats another. */
export const paragraph = (word: string) =>
  `<p>The council of ${word} met on Monday, and it decided, after a long debate, to repair the old bridge over the river. ` +
  `Residents of ${word} had asked for it since the spring, when the flood took away the railing on the northern side.</p>`

const words = ['Marrowfield', 'Ravensby', 'Lindholm', 'Dunmore', 'Oststadt', 'Ellery']

/** A news page: navigation, an article, and boxes beside it. */
export function articlePage({ head = '', article = words.map(paragraph).join('\n'), beside = '' } = {}): string {
  return `<!doctype html><html lang="en-gb"><head><meta charset="utf-8">${head}</head><body>
<header><nav><ul><li><a href="/">Home page</a></li><li><a href="/world">World news</a></li></ul></nav></header>
<main><article><h1>Old bridge is repaired</h1>${article}</article>${beside}</main>
<footer><p>Imprint and privacy</p></footer></body></html>`
}
