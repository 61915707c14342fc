import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))

/**
 * Compiles src/ to dist/, as `npm ci` does, so that processes of it start in a fraction of the time that TypeScript takes.
 * Whether its types are right is not asked here.
 * @throws when nothing was written
 */
export async function compile(): Promise<void> {
  const { ended, output } = runNode(['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'])
  const code = await ended
  const writtenWithTypeErrors = 2
  if (code !== 0 && code !== writtenWithTypeErrors) throw new Error(`tsc ended with ${code}: ${output.stdout}`)
}

/** A process of our own code. */
export type Child = {
  process: ChildProcess
  /** All that it wrote so far. */
  output: { stdout: string; stderr: string }
  /** Its exit code, or the signal that ended it. */
  ended: Promise<number | string>
  /** Resolves with the match once its standard output has it; rejects when it ends before. */
  said: (pattern: RegExp) => Promise<RegExpExecArray>
}

/** Runs a file of the project, from its root: TypeScript, or what is compiled. */
export function runChild([file = '', ...args]: string[], env: Record<string, string> = {}): Child {
  return runNode([...(file.endsWith('ts') ? ['--import', 'tsx'] : []), file, ...args], env)
}

function runNode(args: string[], env: Record<string, string> = {}): Child {
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
  const child = runChild(['dist/main.js'], { PORT: '0', LOG_LEVEL: 'warn', ...env })
  const [, url] = await child.said(/GraphQL\s+(http:\S+)/)
  return { ...child, url: url! }
}
