import { Worker } from 'node:worker_threads'
import type { ExtractedPage } from './extract.ts'

export type Extractor = {
  /**
   * Extracts the article of a page on a thread of its own, one page at a time; see extractPage.
   * @throws ExtractionFailed; the signal's reason when it breaks the wait off
   */
  extract: (html: string, url: string, signal?: AbortSignal) => Promise<ExtractedPage | undefined>
  /** Ends the thread; pages that wait are refused. */
  close: () => Promise<void>
}

/** A page that could not be read: it took too long or too much memory, too many wait already, or the extractor is closed. */
export class ExtractionFailed extends Error {}

type Job = { html: string; url: string; resolve: (page: ExtractedPage | undefined) => void; reject: (reason: unknown) => void }
type Limits = { pageMs: number; waiting: number; heapMb: number }

/** What a thread is given to start, in milliseconds: it loads the libraries. */
const startMs = 30_000
/** The slowest page that was met took 0.3 s, the most hostile one that was made 2 s. */
const defaults: Limits = { pageMs: 10_000, waiting: 100, heapMb: 256 }

/**
 * The thread starts with the first page, and anew after one that took too long or too much.
 * @param limits milliseconds for a page, pages that may wait, megabytes of the thread's heap
 * @param entry the module whose extractPage the thread calls; another one in tests
 */
export function createExtractor(
  limits: Partial<Limits> = {},
  entry = new URL(import.meta.url.endsWith('.ts') ? './extract.ts' : './extract.js', import.meta.url),
): Extractor {
  const { pageMs, waiting, heapMb } = { ...defaults, ...limits }
  const queue: Job[] = []
  const ending = new Set<Promise<unknown>>()
  let worker: Worker | undefined
  let current: { job: Job; timer: NodeJS.Timeout } | undefined
  let ready = false
  let closed = false

  const finish = (settle: (job: Job) => void) => {
    if (!current) return
    const { job, timer } = current
    current = undefined
    clearTimeout(timer)
    worker?.unref() // an idle thread keeps no process
    settle(job)
    next()
  }
  const end = (reason: string) => {
    const ended = worker?.terminate()
    worker = undefined
    if (ended) ending.add(ended.finally(() => ending.delete(ended)))
    finish((job) => job.reject(new ExtractionFailed(reason)))
  }
  const patience = () => {
    const ms = ready ? pageMs : startMs
    return setTimeout(() => end(`The page could not be read within ${ms / 1000} s.`), ms)
  }
  const start = (): Worker => {
    const started = new Worker(new URL('./extractor-worker.js', import.meta.url), {
      workerData: { entry: entry.href },
      resourceLimits: { maxOldGenerationSizeMb: heapMb },
      // The libraries tell the console of every style sheet that they cannot read.
      stdout: true,
      stderr: true,
    })
    started.stdout.resume()
    started.stderr.resume()
    started.on('message', (message: { ready: true } | { page: ExtractedPage | undefined }) => {
      if (started !== worker) return
      if ('page' in message) finish((job) => job.resolve(message.page))
      else {
        ready = true
        if (!current) return
        clearTimeout(current.timer)
        current.timer = patience()
      }
    })
    started.on('error', (error: Error) => started === worker && end(`The page could not be read (${error.message}).`))
    started.on('exit', () => started === worker && end('The page could not be read.'))
    return started
  }
  const next = () => {
    const job = closed || current ? undefined : queue.shift()
    if (!job) return
    if (!worker) {
      worker = start()
      ready = false
    }
    worker.ref()
    current = { job, timer: patience() }
    worker.postMessage({ html: job.html, url: job.url })
  }

  const extract: Extractor['extract'] = async (html, url, signal) => {
    signal?.throwIfAborted()
    if (closed) throw new ExtractionFailed('The extractor is closed.')
    if (queue.length >= waiting) throw new ExtractionFailed('Too many pages wait already.')
    let stop = () => {}
    try {
      return await new Promise<ExtractedPage | undefined>((resolve, reject) => {
        const job = { html, url, resolve, reject }
        stop = () => {
          const index = queue.indexOf(job)
          if (index >= 0) queue.splice(index, 1)
          reject(signal?.reason) // one that is being read goes on: to end the thread would cost more than its result
        }
        signal?.addEventListener('abort', stop)
        queue.push(job)
        next()
      })
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }
  const close = async () => {
    closed = true
    for (const job of queue.splice(0)) job.reject(new ExtractionFailed('The extractor is closed.'))
    end('The extractor is closed.')
    await Promise.all(ending)
  }
  return { extract, close }
}
