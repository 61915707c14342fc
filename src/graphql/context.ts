import type { Logger } from 'pino'
import type { Prisma } from '../db/connect.ts'

/** What resolvers work with, one for each operation. Features add their own parts by declaration merging. */
export interface Context {
  prisma: Prisma
  logger: Logger
  clock: () => Date
  /** How the operation came: an HTTP method, or WS. */
  method: string
  /** What the asker may see; what is made for one of them is given to others of the same rights alone. */
  rights: string
}
