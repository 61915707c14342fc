import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))

/** A process of our own code, run from the root of the project. */
export type Child = {
  process: ChildProcess
  /** All that it wrote so far. */
  output: { stdout: string; stderr: string }
  /** Its exit code, or the signal that ended it. */
  ended: Promise<number | string>
  /** Resolves with the match once its standard output has it; rejects when it ends before. */
  said: (pattern: RegExp) => Promise<RegExpExecArray>
}

/** Runs TypeScript. */
export const runChild = (args: string[], env: Record<string, string> = {}): Child => runNode(['--import', 'tsx', ...args], env)

/** Runs JavaScript: compiled code starts with a fraction of the work. */
export function runNode(args: string[], env: Record<string, string> = {}): Child {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, args, { cwd: root, env: { PATH, HOME, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()))
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string)
  const said = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(output.stdout)
        if (match) resolve(match)
      }
      child.stdout.on('data', look)
      look()
      void ended.then((how) => reject(new Error(`ended with ${how}: ${output.stdout}${output.stderr}`)))
    })
  return { process: child, output, ended, said }
}

/** The server as `npm start` runs it, on a free port. */
export async function runServer(env: Record<string, string>): Promise<Child & { url: string }> {
  const child = runChild(['src/main.ts'], { PORT: '0', LOG_LEVEL: 'warn', ...env })
  const [, url] = await child.said(/GraphQL\s+(http:\S+)/)
  return { ...child, url: url! }
}
