import { createHash } from 'node:crypto'

/** More stay unnamed, since a connection keeps every named one. */
const most = 500
const names = new Map<string, string>()

/** The name of a statement, so that the server plans it once for a connection; empty for those seen after the first 500. */
export function nameOf(sql: string): string {
  let name = names.get(sql)
  if (name === undefined) {
    name = names.size < most ? createHash('sha1').update(sql).digest('base64url') : ''
    if (name !== '') names.set(sql, name)
  }
  return name
}
