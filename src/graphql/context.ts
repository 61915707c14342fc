import type { Logger } from 'pino'
import type { Prisma } from '../db/connect.ts'
import type { Position } from '../stream/cursor.ts'
import type { Wake } from '../stream/wake.ts'

/** What resolvers work with, one for each operation. Features add their own parts by declaration merging. */
export interface Context {
  prisma: Prisma
  wake: Wake
  logger: Logger
  clock: () => Date
  /** How the operation came: an HTTP method, or WS. */
  method: string
  /** Aborts when the server stops. */
  stopping: AbortSignal
  /** The stream's head, read before any field of the operation when it asks for streamCursor. */
  head?: Promise<Position>
}
