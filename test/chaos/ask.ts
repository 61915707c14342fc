import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from './random.ts'
import type { Server } from './servers.ts'

/** What the server answered in place of data. */
export class Refused extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(`${code}: ${message}`)
    this.code = code
  }
}

/** Answers that should not come, but that a client may ask again after; by their code, with how often they came. */
export type Excuses = Map<string, number>

const excused = ['INTERNAL_SERVER_ERROR', 'RATE_LIMITED', 'SLOW_CONSUMER']

/** Notes an error that passes. @throws Refused for one that does not */
export function excuse(excuses: Excuses, { message, extensions }: { message: string; extensions?: { code?: string } }): void {
  const code = extensions?.code ?? 'no code'
  if (!excused.includes(code)) throw new Refused(code, message)
  excuses.set(code, (excuses.get(code) ?? 0) + 1)
}

/** So long no server answers anything: the run has failed. */
const patienceMs = 120_000

/** Asks one server after the other until one answers: a lost answer may be one that was given. @throws Refused, or when none answers for long */
export async function ask(servers: Server[], random: Random, excuses: Excuses, query: string, variables: object = {}): Promise<any> {
  for (const from = Date.now(); Date.now() - from < patienceMs;) {
    const answer = await post(random.pick(servers).url, query, variables).catch(() => undefined)
    if (answer?.data) return answer.data
    if (answer?.errors) excuse(excuses, answer.errors[0])
    await sleep(random.int(30, 300))
  }
  throw new Error(`no answer for ${patienceMs / 1_000} s to ${query}`)
}

/** Asks one server once. @throws when no answer comes: it may be one that was given */
export async function post(url: string, query: string, variables: object): Promise<any> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query, variables }) })
  return response.json()
}
