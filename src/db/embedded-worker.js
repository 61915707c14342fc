// The embedded database, on a thread of its own so that no query holds up the event loop. JavaScript, since a worker
// thread starts without the loader that lets the main thread run TypeScript in development.
import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'

if (!parentPort) throw new Error('embedded-worker.js runs in a worker thread')
const port = parentPort
const { folder, socket } = /** @type {{ folder: string, socket: string }} */ (workerData)

const database = await PGlite.create(folder)
// More than the pool's one connection: a replaced connection may still be closing when its successor arrives.
const server = new PGLiteSocketServer({ db: database, path: socket, maxConnections: 4 })
await server.start()

port.once('message', async () => {
  await server.stop()
  await database.close()
  port.close()
})
port.postMessage('ready')
