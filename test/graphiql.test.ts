// What GraphiQL opens on; and GraphiQL in a real browser, with no way out: a query, a subscription, and an article that appears in it.
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium, type Browser, type Locator, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exampleTabs } from '../src/server/graphiql.ts'
import { addCategory, draft, ingest, startApp, useApp, type App } from './helpers/app.ts'

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const required = process.env['REQUIRE_BROWSER'] === 'true'
const missing = !required && !existsSync(executablePath)
if (missing) console.warn(`skipped: no browser at ${executablePath}; install Debian's package chromium, or name one in CHROMIUM`)

it('opens on operations that work on an empty server, one after the other, and that show what it does', async () => {
  const { gql } = await useApp()
  const answers: Record<string, any> = {}
  for (const { query } of exampleTabs) {
    const [, kind, name] = /^(query|mutation|subscription) (\w+)/m.exec(query)!
    if (kind !== 'subscription') answers[name!] = await gql(query)
  }
  expect(answers['Search'].search.edges).toEqual([
    {
      score: expect.any(Number),
      highlight: expect.any(String),
      node: { title: 'Hello from GraphiQL', summary: null, language: 'en', similar: [] },
    },
  ])
  expect(answers['Search'].articles.totalCount).toBe(1)
  for (const { query } of exampleTabs) for (const line of query.split('\n')) expect(line.length).toBeLessThan(60)
})

describe.skipIf(missing)('GraphiQL', () => {
  let app: App
  let browser: Browser
  let page: Page
  const hosts = new Set<string>()

  beforeAll(async () => {
    app = await startApp()
    await addCategory(app, 'general', 'General')
    browser = await chromium.launch({
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    })
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } })
    const note = (url: string) => void hosts.add(new URL(url.replace(/^blob:/, '')).host)
    page.on('request', (request) => note(request.url()))
    page.on('websocket', (socket) => note(socket.url()))
    await page.goto(app.url)
  })

  afterAll(async () => {
    await browser?.close()
    await app?.close()
  })

  const answer = () => page.locator('.graphiql-response')
  const appears = (locator: Locator) =>
    locator.waitFor({ timeout: 1_000 }).then(
      () => true,
      () => false,
    )
  const picture = async (name: string) => {
    const folder = process.env['SCREENSHOTS']
    if (!folder) return
    await mkdir(folder, { recursive: true })
    await page.screenshot({ path: join(folder, `${name}.png`) })
  }

  it('opens on useful operations, of which the first runs', async () => {
    await ingest(app, [draft(1, { categoryId: 'general', title: 'There-before' })])
    await page.getByRole('button', { name: /Execute query/ }).click()
    await answer().getByText('There-before').waitFor()
    await picture('query')
    expect(await page.locator('.graphiql-tab-button').allTextContents()).toEqual([
      'Latest',
      'Live',
      'AddCategory',
      'Ingest',
      'AddFeed',
      'Search',
      'Feeds',
      'Statistics',
    ])
  })

  it('shows an article in a subscription as it comes in', async () => {
    await page.locator('.graphiql-tab-button', { hasText: 'Live' }).click()
    await page.locator('.graphiql-query-editor').getByText('Live').waitFor()
    // GraphiQL learns a moment after the text what operation it holds: until then it runs the one of the tab before, in vain.
    const stop = page.getByRole('button', { name: /Stop query/ })
    do await page.getByRole('button', { name: /Execute query/ }).click()
    while (!(await appears(stop)))
    // Without a cursor it follows from when the server took it: articles come until one of them is seen.
    let n = 0
    do await ingest(app, [draft(`live-${++n}`, { categoryId: 'general', title: `Comes-in-${n}` })])
    while (!(await appears(answer().getByText('Comes-in').first())))
    await picture('subscription')
    await stop.click()
  })

  it('asks nobody but the server', () => {
    expect([...hosts]).toEqual([new URL(app.url).host])
  })
})
