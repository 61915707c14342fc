// The server as it is installed: compiled into dist/, and run by node alone, in a process of its own.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { root } from '../test/helpers/child.ts'
import { endProcess } from './calls.ts'

export type BuiltServer = {
  pid: number
  url: string
  /** In bytes; with what is garbage, unless that is collected first. */
  heapUsed: (collect?: boolean) => Promise<number>
  end: () => Promise<void>
}

/** Makes dist/, as an installation does. */
export function build(): void {
  execFileSync('npm', ['run', '--silent', 'prepare'], { cwd: root, stdio: 'pipe' })
}

/** Tells its heap when asked, and ends with whoever started it. Loaded before the server, which knows nothing of it. */
const hook = `data:text/javascript,${encodeURIComponent(`
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
process.on('message', (collect) => {
  if (collect) {
    setFlagsFromString('--expose-gc')
    runInNewContext('gc')()
  }
  process.send(process.memoryUsage().heapUsed)
})
process.on('disconnect', () => process.kill(process.pid))
process.channel.unref()
`)}`

/** Starts dist/main.js on a free port. How much it logged, and the first of it, is told at its end. */
export async function startBuilt(env: Record<string, string>): Promise<BuiltServer> {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, ['--import', hook, 'dist/main.js'], {
    cwd: root,
    env: { PATH, HOME, PORT: '0', LOG_LEVEL: 'error', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let logged = ''
  let lines = 0
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    if (logged.length < 1_000) logged += text
    lines += text.split('\n').length - 1
  })
  const url = await new Promise<string>((resolve, reject) => {
    let output = ''
    child.stdout!.on('data', (chunk: Buffer) => {
      const [, found] = /GraphQL\s+(http:\S+)/.exec((output += chunk.toString())) ?? []
      if (found !== undefined) resolve(found)
    })
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${logged}`)))
  })
  const heapUsed = async (collect = false) => {
    const told = once(child, 'message')
    child.send(collect)
    return (await told)[0] as number
  }
  const end = async () => {
    await endProcess(child, 'SIGTERM')
    if (lines > 0) console.log(`the server logged ${lines} lines, the first: ${logged.slice(0, 500)}`)
  }
  return { pid: child.pid!, url, heapUsed, end }
}

/** Resident memory of a process, in bytes. */
export async function rssOf(pid: number): Promise<number> {
  return Number((await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ')[1]) * 4_096
}

/** Processor time that a process has used, in milliseconds. */
export async function cpuOf(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}
