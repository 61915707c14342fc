import type { Command } from 'commander'
import { printJson } from './output.ts'
import { exitCodes, Problem, wrongUsage } from './problems.ts'
import type { Env } from '../config.ts'

/** @param pageUrl what --url says: to this command, the page's address */
export function addExtractCommand(program: Command, env: Env, pageUrl: () => string | undefined): void {
  program
    .command('extract')
    .description('print the article of a web page as JSON; needs no server')
    .argument('<source>', 'the URL of a page, or a file with its HTML')
    .addHelpText(
      'after',
      `
--url names where the page of a file is from: what its links are relative to. ALLOW_PRIVATE_NETWORKS is as for serve.

Examples:
  newswire extract https://www.example.com/2024/article | jq -r .content
  newswire extract page.html --url https://www.example.com/2024/article
`,
    )
    .action(async (source: string) => {
      const url = pageUrl()
      if (url !== undefined && !URL.canParse(url)) throw wrongUsage(`--url ${url}: give the URL of the page`)
      if (/^https?:/i.test(source) && !isWebAddress(source)) throw wrongUsage(`${source} is no URL`)
      const { extractOnce } = await import('../extract-once.ts')
      const { page, url: from } = await extractOnce(source, url, env).catch((error: unknown) => {
        const { code, message } = error as NodeJS.ErrnoException
        if (code !== undefined && /^E[A-Z]+$/.test(code)) throw wrongUsage(`${source}: ${message}`)
        throw new Problem(exitCodes.refused, `${source}: ${message}`)
      })
      const { title = null, byline = null, language = null, publishedAt = null, content = null } = page ?? {}
      await printJson({ url: from, title, byline, language, publishedAt, content })
    })
}

const isWebAddress = (text: string) => /^https?:\/\//i.test(text) && URL.canParse(text)
