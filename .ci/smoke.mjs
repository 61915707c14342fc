// Clones the commit that is checked out, installs it with an empty home, and starts it twice, as the README says.
// Prints how long /graphql took to answer; fails when it does not answer, or does not stop cleanly.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const folder = mkdtempSync(join(tmpdir(), 'newswire-smoke-'))
const clone = join(folder, 'newswire')
const port = '4711'
const env = { PATH: process.env.PATH, HOME: join(folder, 'home'), PORT: port, LOG_LEVEL: 'warn' }

/** Starts the server, waits for an answer, stops it by SIGTERM to npm. @returns seconds until the answer */
async function startAndStop() {
  const begun = performance.now()
  const server = spawn('npm', ['start'], { cwd: clone, env, stdio: ['ignore', 'inherit', 'inherit'] })
  const ended = once(server, 'exit')
  let answered
  while (answered === undefined && server.exitCode === null && performance.now() - begun < 120_000) {
    const answer = await ask().catch(() => undefined)
    if (answer?.data?.__typename === 'Query') answered = (performance.now() - begun) / 1000
    else await sleep(50)
  }
  server.kill('SIGTERM')
  const [code] = await ended
  if (answered === undefined) throw new Error(`the server did not answer (it ended with ${code})`)
  if (code !== 0) throw new Error(`the server ended with ${code} after SIGTERM`)
  return answered
}

async function ask() {
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"{ __typename }"}',
  })
  return response.json()
}

try {
  execFileSync('git', ['clone', '--quiet', process.cwd(), clone], { stdio: 'inherit' })
  execFileSync('npm', ['ci', '--no-progress', '--loglevel=error'], { cwd: clone, env, stdio: ['ignore', 'ignore', 'inherit'] })
  const first = await startAndStop()
  const second = await startAndStop()
  console.log(`/graphql answered ${first.toFixed(1)} s after the first start, ${second.toFixed(1)} s after the second`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
