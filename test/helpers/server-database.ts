import { randomBytes } from 'node:crypto'
import pg from 'pg'

/** The URL of another database on the same server. */
export function withName(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

/** Makes a database on a server, as a copy of another one where it is given. @returns its name */
export async function createOnServer(server: string, template?: string): Promise<string> {
  const name = `newswire_test_${randomBytes(6).toString('hex')}`
  await asAdmin(server, `CREATE DATABASE ${name}${template ? ` TEMPLATE ${template}` : ''}`)
  return name
}

export async function dropOnServer(server: string, name: string): Promise<void> {
  await asAdmin(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
}

async function asAdmin(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  try {
    // Two copies of one template at the same time refuse each other.
    await client.query(`SELECT pg_advisory_lock(hashtext('newswire tests'))`)
    await client.query(statement)
  } finally {
    await client.end()
  }
}
