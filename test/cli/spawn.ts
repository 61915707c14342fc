import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

export type Cli = {
  child: ChildProcessWithoutNullStreams
  stdout: () => string
  stderr: () => string
  /** Resolves with what was told, once it holds; rejects when the process ends before. */
  until: (holds: (told: { stdout: string; stderr: string }) => boolean) => Promise<void>
  /** The exit code, once all of the output is there. */
  ended: Promise<number | null>
}

/** The command line, as it was compiled for the tests, as a process of its own, killed when the test ends. */
export function startCli(args: readonly string[], env: Record<string, string> = {}): Cli {
  const child = spawn(process.execPath, ['dist/cli.js', ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'], ...env } as NodeJS.ProcessEnv,
  })
  let stdout = ''
  let stderr = ''
  const checks = new Set<() => void>()
  const check = () => checks.forEach((one) => one())
  child.stdout.setEncoding('utf8').on('data', (text: string) => ((stdout += text), check()))
  child.stderr.setEncoding('utf8').on('data', (text: string) => ((stderr += text), check()))
  child.stdin.on('error', () => undefined) // it may end before it has read everything
  const ended = once(child, 'close').then(([code]) => code as number | null)
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const until: Cli['until'] = (holds) =>
    new Promise((resolve, reject) => {
      const one = () => {
        if (!holds({ stdout, stderr })) return
        checks.delete(one)
        resolve()
      }
      checks.add(one)
      one()
      void ended.then((code) => reject(new Error(`ended with ${code}: ${stdout}${stderr}`)))
    })
  return { child, stdout: () => stdout, stderr: () => stderr, until, ended }
}

/** Runs a command to its end. */
export async function cli(args: readonly string[], { env, input = '' }: { env?: Record<string, string>; input?: string } = {}) {
  const running = startCli(args, env)
  running.child.stdin.end(input)
  const code = await running.ended
  return { code, stdout: running.stdout(), stderr: running.stderr() }
}

export const jsonLines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, any>)
