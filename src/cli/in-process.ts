import type { Env } from '../config.ts'
import { createApi, type Api, type Client } from './api.ts'
import { note } from './output.ts'
import { exitCodes, Problem } from './problems.ts'

/**
 * Runs a command on a server, or where none runs at the usual address and none is named, on the environment's database itself.
 * @param opening as openDatabase takes it
 * @throws Problem when neither can be reached
 */
export async function withDatabase(
  { url, named, api }: Client,
  env: Env,
  opening: { made: boolean; enriches?: boolean },
  run: (api: Api) => Promise<void>,
): Promise<void> {
  if (named || !(await refusesConnections(url))) return run(api)
  // Loaded here alone: a client starts in a fraction of the server's time.
  const [{ openDatabase }, { startProblem }] = await Promise.all([import('../open-database.ts'), import('../serve.ts')])
  const opened = await openDatabase(env, opening).catch((error: unknown) => {
    throw new Problem(exitCodes.unreachable, `${startProblem(error)}. Where a server runs at another address, name it with --url`)
  })
  note(`no server runs at ${url}: ${opened.where} is opened without one`)
  try {
    await run(createApi(url, opened.fetch))
  } finally {
    await opened.close()
  }
}

async function refusesConnections(url: string): Promise<boolean> {
  try {
    await fetch(url, { method: 'HEAD' })
    return false
  } catch (error) {
    return (error as { cause?: { code?: string } }).cause?.code === 'ECONNREFUSED'
  }
}
