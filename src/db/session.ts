import type pg from 'pg'

/**
 * What a connection begins with. Prisma's adapter reads a time without its offset, and would take that of another zone, which
 * a server, a database or a role may have as its default, for UTC. And statements of milliseconds are not compiled: that takes
 * a second where the planner expects more rows than there are, as of deltas that nobody has folded yet. And a scan of a large table begins at
 * its beginning, not where another one is: pages of a search, whose candidates are the first so many, would not fit together.
 */
export async function beginSession(client: pg.ClientBase): Promise<void> {
  await client.query(`SET TIME ZONE 'UTC'; SET jit = off; SET synchronize_seqscans = off`)
}
