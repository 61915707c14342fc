// Processes of a benchmark, asked by the one that started them: each file that answers is a process of its own.
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { root } from '../test/helpers/child.ts'

// oxlint-disable-next-line typescript/no-explicit-any -- what a call takes is its handler's own
export type Handlers = Record<string, (argument: any) => unknown>
type Calls<H extends Handlers> = { [K in keyof H]: (...argument: Parameters<H[K]>) => Promise<Awaited<ReturnType<H[K]>>> }
export type Helper<H extends Handlers> = { pid: number; ask: Calls<H>; end: () => Promise<void> }

type Asked = { call: number; name: string; argument: unknown }
type Answered = { call: number; value?: unknown; error?: string }

/** Answers the process that started this one, and ends with it. */
export function answer(handlers: Handlers): void {
  const told = async ({ call, name, argument }: Asked): Promise<Answered> => {
    try {
      return { call, value: await handlers[name]!(argument) }
    } catch (error) {
      return { call, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
    }
  }
  process.on('message', (asked: Asked) => void told(asked).then((answered) => process.send!(answered)))
  process.on('disconnect', () => process.exit())
}

/** Starts a file of bench/ as TypeScript. @param env in place of this process' own */
export function startHelper<H extends Handlers>(file: string, env: Record<string, string> = {}): Helper<H> {
  const { PATH = '', HOME = '' } = process.env
  const child = fork(file, { cwd: root, execArgv: ['--import', 'tsx'], env: { PATH, HOME, ...env } })
  let calls = 0
  let over: string | undefined
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  child.on('message', ({ call, value, error }: Answered) => {
    const waits = waiting.get(call)
    waiting.delete(call)
    if (error === undefined) waits?.resolve(value)
    else waits?.reject(new Error(`${file}: ${error}`))
  })
  child.on('exit', (code, signal) => {
    over = `${file} ended with ${code ?? signal}`
    for (const { reject } of waiting.values()) reject(new Error(over))
  })
  const ask = new Proxy({} as Calls<H>, {
    get: (_calls, name: string) => (argument: unknown) =>
      new Promise((resolve, reject) => {
        if (over !== undefined) return reject(new Error(over))
        waiting.set(++calls, { resolve, reject })
        child.send({ call: calls, name, argument } satisfies Asked)
      }),
  })
  return { pid: child.pid!, ask, end: () => endProcess(child, 'SIGKILL') }
}

/** Ends a process of ours, and waits until it has. */
export async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}

/** Milliseconds of the machine's monotonic clock: comparable between processes. */
export function now(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1_000 + nanoseconds / 1_000_000
}
