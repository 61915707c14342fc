import { Refused, unreachable, wrongUsage } from './problems.ts'

/**
 * Runs one operation on the server.
 * @throws Refused with the server's errors; Problem when no API answers there
 */
export type Api = <T>(query: string, variables?: Record<string, unknown>) => Promise<T>

/** What the commands that are clients of a server get: its address, whether somebody named that, and a way to ask it. */
export type Client = { url: string; named: boolean; api: Api }

/**
 * The address of the API, of the address of a server: http://127.0.0.1:4000 becomes http://127.0.0.1:4000/graphql.
 * @throws Problem when it is no http(s) URL
 */
export function apiUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) throw wrongUsage(`--url ${text}: give an http or https URL, such as http://127.0.0.1:4000`)
  if (url.username || url.password) throw wrongUsage('--url: credentials in the URL are not taken')
  if (!url.pathname.endsWith('/graphql')) url.pathname = `${url.pathname.replace(/\/+$/, '')}/graphql`
  return url.href
}

/** @param request what sends a request and returns its answer */
export function createApi(url: string, request: (url: string, init: RequestInit) => Promise<Response> = fetch): Api {
  return async <T>(query: string, variables: Record<string, unknown> = {}) => {
    let text: string
    try {
      const response = await request(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({ query, variables }),
      })
      text = await response.text()
    } catch (error) {
      throw unreachable(`no server answers at ${url} (${reasonOf(error)}): start one with "newswire serve", or name another with --url`)
    }
    const answer = parseAnswer(text)
    if (!answer) throw unreachable(`what answers at ${url} is no Newswire API`)
    if (answer.errors?.length) {
      throw new Refused(
        answer.errors.map(({ message, extensions }) => ({
          code: extensions?.code ?? 'INTERNAL_SERVER_ERROR',
          message: message.replace(/^Variable .* at "[^"]*"; /s, ''), // the field says it
          field: extensions?.field ?? undefined,
        })),
      )
    }
    return answer.data as T
  }
}

type Answer = { data?: unknown; errors?: { message: string; extensions?: { code?: string; field?: string } }[] }

function parseAnswer(text: string): Answer | undefined {
  try {
    const answer = JSON.parse(text) as Answer | null
    return answer && typeof answer === 'object' && ('data' in answer || Array.isArray(answer.errors)) ? answer : undefined
  } catch {
    return undefined
  }
}

/** fetch says only that it failed; its cause says why. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as { cause?: { code?: string; message?: string }; message: string }
  return cause?.code ?? cause?.message ?? message
}
