// Fails a test file that leaves a server, a connection or a database thread open.
import { afterAll } from 'vitest'
import { closeLentDatabases } from './lent-database.ts'

const watched = new Set(['TCPServerWrap', 'TCPSocketWrap', 'MessagePort', 'Worker'])
const open = () => process.getActiveResourcesInfo().filter((name) => watched.has(name))
const before = open().length

afterAll(async () => {
  await closeLentDatabases()
  // What was closed a moment ago takes some turns of the event loop to go; so it is looked for, not waited for by the clock.
  const until = Date.now() + 5_000
  while (open().length > before && Date.now() < until) await new Promise((resolve) => setImmediate(resolve))
  const left = open()
  if (left.length > before) throw new Error(`left open: ${left.join(', ')}`)
})
