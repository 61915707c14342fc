import { readFile } from 'node:fs/promises'
import { parseConfig, type Env } from './config.ts'
import { aPage } from './feeds/ask.ts'
import { createFetcher } from './feeds/fetch.ts'
import { decodeHtml } from './pages/decode-html.ts'
import type { ExtractedPage } from './pages/extract.ts'
import { createExtractor } from './pages/extractor.ts'

/**
 * Extracts the article of one page without a server: of an http(s) URL, fetched as feeds are, or of a file.
 * @param pageUrl where the page is from, when it is not where it is read from; what its links are relative to
 * @returns the page's URL (after redirects; null for a file of nowhere), and the article, undefined when there is none
 * @throws FetchFailed, ExtractionFailed, ConfigError, what reading the file throws
 */
export async function extractOnce(source: string, pageUrl: string | undefined, env: Env): Promise<{ url: string | null; page: ExtractedPage | undefined }> {
  const read = await (/^https?:\/\//i.test(source) ? fetchPage(source, env) : readPage(source))
  const url = pageUrl ?? read.url
  const extractor = createExtractor()
  try {
    // A file of nowhere: its relative links lead nowhere too.
    return { url, page: await extractor.extract(decodeHtml(read.body, read.contentType), url ?? 'about:blank') }
  } finally {
    await extractor.close()
  }
}

type Page = { body: Uint8Array; contentType: string | null; url: string | null }

async function fetchPage(url: string, env: Env): Promise<Page> {
  const { allowPrivateNetworks, hostSpacingMs } = parseConfig(env)
  const fetcher = createFetcher({ allowPrivateNetworks, hostSpacingMs })
  try {
    const { body, contentType, finalUrl } = await fetcher.fetch({ url, headers: [], etag: null, lastModified: null }, new AbortController().signal, {
      wanted: aPage,
    })
    return { body, contentType, url: finalUrl }
  } finally {
    await fetcher.close()
  }
}

async function readPage(file: string): Promise<Page> {
  return { body: await readFile(file), contentType: null, url: null }
}
