import type pg from 'pg'

/**
 * What a connection begins with: Prisma's adapter reads a time without its offset, and would take that of another zone, which
 * a server, a database or a role may have as its default, for UTC.
 */
export async function beginSession(client: pg.ClientBase): Promise<void> {
  await client.query(`SET TIME ZONE 'UTC'`)
}
