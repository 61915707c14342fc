import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { defaultUrl, parseConfig, type Env } from '../config.ts'
import { startServer, type runUntilSignal } from '../serve.ts'
import { createApi, type Api } from './api.ts'
import { startDemoFeed, type DemoFeed } from './demo-feed.ts'
import { note } from './output.ts'
import { Refused } from './problems.ts'

const category = { id: 'demo', name: 'Demo', description: 'Invented stories that show how news moves through the server.' }

/** A demo that runs: a server, and a little feed that publishes a story every `everyMs`, read through the server's own API. */
export async function startDemo(env: Env, everyMs: number): ReturnType<Parameters<typeof runUntilSignal>[0]> {
  const release: (() => Promise<unknown>)[] = []
  const close = async () => {
    let problem: { error: unknown } | undefined
    for (const one of release.splice(0).reverse()) await one().catch((error: unknown) => (problem ??= { error })) // the folder goes all the same
    if (problem) throw problem.error
  }
  try {
    const folder = env['DATA_DIR'] ? undefined : await mkdtemp(join(tmpdir(), 'newswire-demo-'))
    if (folder !== undefined) release.push(() => rm(folder, { recursive: true, force: true }))
    const config = parseConfig({
      ...env,
      DATABASE_URL: '',
      DATA_DIR: folder ?? env['DATA_DIR'],
      ALLOW_PRIVATE_NETWORKS: 'true', // for the demo's feed is on loopback
      LOG_LEVEL: env['LOG_LEVEL'] || 'warn',
    })
    process.stdout.write('Starting a demo; the first start takes some seconds.\n')
    const feed = await startDemoFeed()
    release.push(feed.close)
    const server = await startServer(config)
    release.push(server.close)
    const api = createApi(server.url)
    const feedId = await addDemoFeed(api, feed.url)
    release.push(() => api('mutation RemoveFeed($id: ID!) { removeFeed(id: $id) { id } }', { id: feedId }))
    process.stdout.write(welcome(server.url, everyMs))
    const stopping = new AbortController()
    const publishing = publish({ api, feed, feedId, everyMs, signal: stopping.signal })
    release.push(() => {
      stopping.abort()
      return publishing
    })
    return { logger: server.services.logger, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** @returns the feed's id */
async function addDemoFeed(api: Api, url: string): Promise<string> {
  await api('mutation AddCategory($input: AddCategoryInput!) { addCategory(input: $input) { category { id } } }', { input: category }).catch(
    (error: unknown) => {
      // A folder that was used before has it.
      if (!(error instanceof Refused && error.errors[0]?.code === 'CONFLICT')) throw error
    },
  )
  const added = await api<{ addFeed: { feed: { id: string } } }>('mutation AddFeed($input: AddFeedInput!) { addFeed(input: $input) { feed { id } } }', {
    input: { url, categoryId: category.id },
  })
  const { id } = added.addFeed.feed
  await refresh(api, id)
  return id
}

async function publish({
  api,
  feed,
  feedId,
  everyMs,
  signal,
}: {
  api: Api
  feed: DemoFeed
  feedId: string
  everyMs: number
  signal: AbortSignal
}): Promise<void> {
  for (;;) {
    await sleep(everyMs, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
    await publishNext(api, feed, feedId).catch((error: Error) => note(error.message))
  }
}

/** Publishes a story, and has it read. Told once more it takes the place of its article: else a search would find the same words again and again. */
export async function publishNext(api: Api, feed: DemoFeed, feedId: string): Promise<void> {
  const { title, before } = feed.publish()
  process.stdout.write(`published: ${title}\n`)
  if (before !== undefined) await remove(api, before)
  await refresh(api, feedId)
}

async function remove(api: Api, url: string): Promise<void> {
  const { articleByUrl } = await api<{ articleByUrl: { id: string } | null }>('query Told($url: URL!) { articleByUrl(url: $url) { id } }', { url })
  if (articleByUrl) await api('mutation RemoveArticle($id: ID!) { deleteArticle(id: $id) { id } }', { id: articleByUrl.id })
}

const refresh = (api: Api, id: string) => api('mutation RefreshFeed($id: ID!) { refreshFeed(id: $id) { fetch { outcome } } }', { id })

function welcome(url: string, everyMs: number): string {
  return `
Newswire is running with invented stories; a new one comes every ${everyMs / 1_000} s.
  GraphiQL  ${url}
            open it in a browser, and run the subscription in the tab Live
In a second terminal:
  npm run --silent newswire -- follow${url === defaultUrl ? '' : ` --url ${url}`}
Ctrl+C stops it.

`
}
