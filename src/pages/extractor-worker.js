// Extraction on a thread of its own, so that no page holds up the event loop. JavaScript, since a worker thread starts
// without the loader that lets the main thread run TypeScript in development.
import { parentPort, workerData } from 'node:worker_threads'

if (!parentPort) throw new Error('extractor-worker.js runs in a worker thread')
const port = parentPort
const { entry } = /** @type {{ entry: string }} */ (workerData)

if (entry.endsWith('.ts')) {
  const { register } = await import('tsx/esm/api')
  register()
}
/** @type {typeof import('./extract.ts')} */
const { extractPage } = await import(entry)
port.postMessage({ ready: true })

port.on('message', (/** @type {{ html: string, url: string }} */ { html, url }) => port.postMessage({ page: extractPage(html, url) }))
